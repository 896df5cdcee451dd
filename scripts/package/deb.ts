/**
 * The Debian package: `deb(5)`, written here so that every machine that builds makes the same bytes.
 *
 * @module
 */
import { concatBytes, textBytes } from "../../lib/crypto/bytes.ts";
import { digest } from "../../lib/crypto/digest.ts";
import { toHex } from "../../lib/crypto/hex.ts";
import { packageVersion } from "./package_version.ts";
import { gzip, tarBytes, type TarEntry, withParents } from "./tar.ts";

/** What a package consists of. */
export interface DebParts {
  readonly version: string;
  /** `amd64` or `arm64`. */
  readonly architecture: string;
  /** The files below `/`, with absolute paths. */
  readonly items: readonly TarEntry[];
  /** Scripts of the maintainer by name: `postinst`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** A sentence at the end of the description; for artefacts that must not be given out. */
  readonly warning?: string | undefined;
  /** Seconds since 1970 UTC, for every file. */
  readonly time: number;
}

/** The name by which apt and dpkg keep such files. */
export function debName(
  { version, architecture }: Pick<DebParts, "version" | "architecture">,
): string {
  return `fwknop_${packageVersion(version)}_${architecture}.deb`;
}

/** The bytes of the package. */
export function debBytes(parts: DebParts): Uint8Array<ArrayBuffer> {
  const { time } = parts;
  const relative = withParents(parts.items.map((item) => ({ ...item, path: `.${item.path}` })));
  const data = gzip(
    tarBytes([{ kind: "folder", path: ".", mode: 0o755 }, ...relative], time),
  );
  const sums = relative.flatMap((item) =>
    item.kind === "file" ? [`${toHex(digest("md5", item.content))}  ${item.path.slice(2)}\n`] : []
  );
  const control = gzip(tarBytes([
    { kind: "folder", path: ".", mode: 0o755 },
    text("./control", controlText(parts)),
    text("./md5sums", sums.join("")),
    ...Object.entries(parts.scripts).map(([name, script]) => text(`./${name}`, script, 0o755)),
  ], time));
  return arBytes([
    ["debian-binary", textBytes("2.0\n")],
    ["control.tar.gz", control],
    ["data.tar.gz", data],
  ], time);
}

/** The fields of the package (deb-control(5)). */
export function controlText({ version, architecture, items, warning }: DebParts): string {
  const bytes = items.reduce(
    (sum, item) => sum + (item.kind === "file" ? item.content.length : 0),
    0,
  );
  return [
    "Package: fwknop",
    `Version: ${packageVersion(version)}`,
    `Architecture: ${architecture}`,
    "Maintainer: the fwknop on Deno authors <maintainers@fwknop.invalid>",
    `Installed-Size: ${Math.ceil(bytes / 1024)}`,
    "Section: net",
    "Priority: optional",
    "Depends: libc6 (>= 2.27), libgcc-s1 | libgcc1",
    "Recommends: libpcap0.8t64 | libpcap0.8, nftables | iptables",
    "Suggests: gnupg",
    // The client and the daemon of the C project use the same command names and files.
    "Provides: fwknop-client, fwknop-server",
    "Conflicts: fwknop-client, fwknop-server",
    "Replaces: fwknop-client, fwknop-server",
    "Description: keeps ports closed until one encrypted packet proves who is asking",
    " Single Packet Authorization: the client sends one encrypted, authenticated UDP",
    " packet; the daemon sniffs it, checks who sent it, and opens one port for one",
    " address for thirty seconds. No service answers, so there is nothing to scan.",
    " .",
    " This package has both ends. It reads the files of the C tools, fwknop-client",
    " and fwknop-server, and takes their place.",
    ...(warning === undefined ? [] : [" .", ` ${warning}`]),
    "",
  ].join("\n");
}

/** The format `ar` (ar(5)). */
function arBytes(
  members: readonly (readonly [name: string, content: Uint8Array])[],
  time: number,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [textBytes("!<arch>\n")];
  for (const [name, content] of members) {
    const fields = [
      name.padEnd(16),
      String(time).padEnd(12),
      "0".padEnd(6),
      "0".padEnd(6),
      "100644".padEnd(8),
      String(content.length).padEnd(10),
    ];
    parts.push(textBytes(`${fields.join("")}\`\n`), content);
    if (content.length % 2 === 1) parts.push(textBytes("\n"));
  }
  return new Uint8Array(concatBytes(...parts));
}

function text(path: string, content: string, mode = 0o644): TarEntry {
  return { kind: "file", path, mode, content: textBytes(content) };
}
