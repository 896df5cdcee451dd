/**
 * The container image of the server, in the OCI image layout (image-spec 1.1), written without a container engine: two
 * layers, a configuration and a manifest.
 *
 * @module
 */
import { textBytes } from "../../lib/crypto/bytes.ts";
import { engineDigest } from "../../lib/crypto/engine.ts";
import { toHex } from "../../lib/crypto/hex.ts";
import { mustRun } from "../process.ts";
import { gzip, tarBytes, type TarEntry, withParents } from "./tar.ts";

/** Debian packages of the lower layer: the C library, libpcap, and the firewall programs. */
const BASE_PACKAGES = ["libc6", "libgcc-s1", "libpcap0.8", "nftables", "iptables"] as const;

/** The release of Debian that they come from. */
const SUITE = "bookworm";

/** What an image consists of. */
export interface ImageParts {
  readonly version: string;
  /** `amd64` or `arm64`. */
  readonly architecture: string;
  /** An archive of the lower layer, as {@link makeBase} makes it. */
  readonly base: Uint8Array<ArrayBuffer>;
  /** The binary and the link to it, with absolute paths. */
  readonly items: readonly TarEntry[];
  /** Seconds since 1970 UTC. */
  readonly time: number;
}

const MEDIA = "application/vnd.oci.image";

/**
 * Files of Debian's packages, unpacked into an archive, without running anything of them.
 *
 * @throws {Error} with the output of `mmdebstrap` when that fails.
 */
export async function makeBase(
  architecture: string,
  time: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  await mustRun("mmdebstrap", [
    "--variant=extract",
    "--quiet",
    `--architectures=${architecture}`,
    `--include=${BASE_PACKAGES.join(",")}`,
    // Documents and lists of packages are of no use in an image.
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    SUITE,
    path,
  ], { env: { ...Deno.env.toObject(), SOURCE_DATE_EPOCH: String(time) } });
  return await Deno.readFile(path);
}

/** The image as one archive: `podman load` and `docker load` read it. */
export async function imageBytes(parts: ImageParts): Promise<Uint8Array<ArrayBuffer>> {
  const { time, architecture, version } = parts;
  const program = tarBytes(
    withParents([
      ...parts.items.map((item) => ({ ...item, path: item.path.slice(1) })),
      { kind: "folder", path: "tmp", mode: 0o1777 },
      { kind: "folder", path: "run", mode: 0o755 },
    ]),
    time,
  );
  const layers = [];
  for (const archive of [parts.base, program]) {
    layers.push({
      diff: await sha256(archive),
      blob: await blob(`${MEDIA}.layer.v1.tar+gzip`, gzip(archive)),
    });
  }
  const created = new Date(time * 1000).toISOString();
  const config = await blob(
    `${MEDIA}.config.v1+json`,
    json({
      created,
      architecture,
      os: "linux",
      config: {
        Entrypoint: ["/usr/bin/fwknop"],
        Cmd: ["serve", "-f"],
        Volumes: { "/etc/fwknop": {} },
        Labels: {
          "org.opencontainers.image.title": "fwknop",
          "org.opencontainers.image.version": version,
          "org.opencontainers.image.licenses": "MIT",
        },
      },
      rootfs: { type: "layers", diff_ids: layers.map(({ diff }) => `sha256:${diff}`) },
      history: [
        { created, created_by: `Debian ${SUITE}: ${BASE_PACKAGES.join(" ")}` },
        { created, created_by: `fwknop ${version}` },
      ],
    }),
  );
  const manifest = await blob(
    `${MEDIA}.manifest.v1+json`,
    json({
      schemaVersion: 2,
      mediaType: `${MEDIA}.manifest.v1+json`,
      config: config.descriptor,
      layers: layers.map(({ blob }) => blob.descriptor),
    }),
  );
  const index = json({
    schemaVersion: 2,
    mediaType: `${MEDIA}.index.v1+json`,
    manifests: [{
      ...manifest.descriptor,
      platform: { architecture, os: "linux" },
      annotations: { "org.opencontainers.image.ref.name": `fwknop:${version}` },
    }],
  });
  const blobs = [...layers.map(({ blob }) => blob), config, manifest];
  const file = (path: string, content: Uint8Array): TarEntry => {
    return { kind: "file", path, mode: 0o644, content };
  };
  return tarBytes(
    withParents([
      file("oci-layout", json({ imageLayoutVersion: "1.0.0" })),
      file("index.json", index),
      ...blobs.map(({ descriptor, content }) =>
        file(`blobs/sha256/${descriptor.digest.slice("sha256:".length)}`, content)
      ),
    ]),
    time,
  );
}

/** A part of the image with its descriptor, which names it by its digest. */
async function blob(mediaType: string, content: Uint8Array<ArrayBuffer>) {
  const digest = `sha256:${await sha256(content)}`;
  return { content, descriptor: { mediaType, digest, size: content.length } };
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(textBytes(JSON.stringify(value)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(await engineDigest("sha256", bytes));
}
