/**
 * `fwknop upgrade`.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { equalBytes } from "../lib/crypto/equal.ts";
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import { runProgram } from "../lib/exec/run.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { programPath } from "../lib/install/contents.ts";
import type { FileChanges } from "../lib/install/file_changes.ts";
import { previousProgramPath } from "../lib/install/install.ts";
import { readManifest } from "../lib/install/manifest.ts";
import { packageFiles } from "../lib/install/package_owner.ts";
import { activeUnits, restartUnit } from "../lib/install/systemd.ts";
import { isSystemdRunning } from "../lib/daemon/service_manager.ts";
import { replaceProgram, tryProgram } from "../lib/install/upgrade.ts";
import { ownPlatform } from "../lib/release/artefact_name.ts";
import { type BuildFacts, buildFacts } from "../lib/release/build_facts.ts";
import { type VerifiedProgram, verifyProgram } from "../lib/release/verify.ts";
import { compareVersions } from "../lib/release/version_order.ts";
import { VERSION } from "../lib/version.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { INSTALLATION_OPTIONS, type Place, readPlace, requireRoot } from "./install.ts";

/** Where a daemon that systemd did not start has its number by default. */
const PID_FILE = "/run/fwknop/fwknopd.pid";

/** Replaces the installed program by a signed file of a release. */
export const upgrade: Command = {
  description: `
Takes a file of a release: the binary fwknop-VERSION-PLATFORM, or the archive of that name with .tar.gz. SHA256SUMS and
SHA256SUMS.minisig of the same release stand beside it. The signature must be by a key that this program has from its build.
\`fwknop version --json\` prints the ids of these keys.

The file is read once. Signature, version, platform and SHA-256 are verified over the bytes in memory, and these bytes are
installed. The new program must start and say the version of its name. The old program is kept in
PREFIX/lib/fwknop/fwknop.old. A service of this program that runs is restarted; if it does not become ready, the old program is
put back and the service is restarted with it. Then the new program renews manual pages, services and completion
(\`fwknop install\`). A changed service file counts from the next restart.

A daemon that systemd did not start is not restarted, and a program of a package is not replaced.`,
  words: { placeholder: "FILE", brief: "Binary or archive of the release" },
  options: [
    ...INSTALLATION_OPTIONS,
    { name: "sums", argument: "FILE", brief: "The sums; default: SHA256SUMS beside the file" },
    {
      name: "signature",
      argument: "FILE",
      brief: "The signature of the sums; default: the sums' name with .minisig",
    },
    { name: "downgrade", brief: "Take an older version too" },
  ],
  async run(options, words, context) {
    const [file, ...more] = words;
    if (file === undefined || more.length > 0) {
      context.err("fwknop: upgrade needs one file of a release\n  try fwknop upgrade --help\n");
      return ExitCode.usage;
    }
    const facts = requireKeys(buildFacts());
    const place = readPlace(options);
    await refusePackage(place, options);
    const isDry = options.has("dry-run");
    if (!isDry) requireRoot(place, "upgrade");
    const installed = installedVersion(place);
    const verified = await verifyFiles(file, options, facts);
    context.out(
      `fwknop ${verified.version} for ${ownPlatform()}: signed by the key ${verified.keyId}\n`,
    );
    refuseOlder(verified, installed, options.has("downgrade"));
    if (isDry) {
      context.out(
        `It would replace fwknop ${installed}. This was a dry run: nothing was changed.\n`,
      );
      return ExitCode.ok;
    }
    if (isInstalled(verified, place)) {
      context.out(`fwknop ${verified.version} is installed already.\n`);
      return ExitCode.ok;
    }
    return await switchTo(verified, installed, place, context);
  },
};

/** Whether the program in place has the same bytes. */
function isInstalled({ program }: VerifiedProgram, { root, prefix }: Place): boolean {
  return equalBytes(Deno.readFileSync(root + programPath(prefix)), program);
}

/** Throws a {@link HintedError} for a program that has no key to verify a release with. */
export function requireKeys(facts: BuildFacts): BuildFacts {
  if (facts.keys.length > 0) return facts;
  const why = facts.kind === "source"
    ? "The running program is Deno, not fwknop: only a built fwknop has the public keys of the releases"
    : "This fwknop was built without a public key, so it cannot verify a release";
  throw new HintedError(why, {
    hint:
      "Verify the file with minisign (docs/verifying.md), then run the new program: sudo ./fwknop install --replace",
  });
}

async function refusePackage(place: Place, options: GivenOptions): Promise<void> {
  if (place.root !== "") return;
  const paths = [
    programPath(place.prefix),
    ...(options.has("prefix") ? [] : [Deno.execPath()]),
  ];
  const [first] = await packageFiles(paths);
  if (first === undefined) return;
  throw new HintedError(`"${first.path}" belongs to the package ${first.package}`, {
    hint: `Download the package of the release and install it: ${first.upgrade}`,
  });
}

/** The version to compare with. Throws a {@link HintedError} where no program is installed. */
function installedVersion(place: Place): string {
  const path = place.root + programPath(place.prefix);
  const real = ifThere(() => Deno.realPathSync(path));
  if (real === undefined || Deno.lstatSync(path).isSymlink) {
    throw new HintedError(
      real === undefined ? `There is no program "${path}" to upgrade` : `"${path}" is a link`,
      { hint: "Name the folder with --prefix, or install with: sudo ./fwknop install" },
    );
  }
  if (place.root === "" && real === Deno.execPath()) return VERSION;
  const { version } = readManifest(place.root, place.prefix) ?? {};
  if (version !== undefined) return version;
  throw new HintedError(`"${path}" was not put there by fwknop install: its version is not known`, {
    hint: `Run the program that is to be replaced: sudo ${path} upgrade FILE`,
  });
}

async function verifyFiles(
  file: string,
  options: GivenOptions,
  { keys }: BuildFacts,
): Promise<VerifiedProgram> {
  const slash = file.lastIndexOf("/");
  const sums = options.value("sums") ?? `${file.slice(0, slash + 1)}SHA256SUMS`;
  const signature = options.value("signature") ?? `${sums}.minisig`;
  return await verifyProgram(
    {
      name: file.slice(slash + 1),
      bytes: await readBytes(file),
      sums: await readBytes(sums),
      signature: await readBytes(signature),
    },
    keys,
    ownPlatform(),
  );
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new HintedError(`Cannot read "${path}": ${systemReasonOf(cause)}`, {
      hint: "The file, SHA256SUMS and SHA256SUMS.minisig of a release belong into one folder",
      cause,
    });
  }
}

function refuseOlder(
  { version }: VerifiedProgram,
  installed: string,
  mayDowngrade: boolean,
): void {
  if (mayDowngrade || compareVersions(version, installed) >= 0) return;
  throw new HintedError(`fwknop ${version} is older than the installed ${installed}`, {
    hint: "An attacker may offer an old release with a known flaw. --downgrade takes it",
  });
}

async function switchTo(
  { version, program }: VerifiedProgram,
  installed: string,
  place: Place,
  context: Context,
): Promise<number> {
  const { root, prefix } = place;
  const target = root + programPath(prefix);
  const fresh = { version, program, platform: ownPlatform() };
  await tryProgram(target.slice(0, target.lastIndexOf("/")), fresh);
  const changes = await replaceProgram(root, prefix, readManifest(root, prefix), fresh);
  context.out(
    `replaced  ${target}  (${installed} is kept as ${root}${previousProgramPath(prefix)})\n`,
  );
  if (root === "" && !await restartServices(changes, installed, context)) return ExitCode.failure;
  changes.keep();
  await renewInstallation(target, place, context);
  if (root === "") sayOldDaemon(context);
  context.out(`fwknop ${version} is installed.\n`);
  return ExitCode.ok;
}

/** Restarts the services that run. If one does not become ready, puts the old program back and returns false. */
async function restartServices(
  changes: FileChanges,
  installed: string,
  context: Context,
): Promise<boolean> {
  if (!isSystemdRunning()) return true;
  for (const unit of await activeUnits()) {
    const problem = await restartUnit(unit);
    if (problem === undefined) {
      context.out(`restarted ${unit}: it is ready\n`);
      continue;
    }
    context.err(`fwknop: ${unit} does not become ready with the new program: ${problem}\n`);
    const failures = changes.undo();
    for (const failure of failures) {
      context.err(`fwknop: Cannot undo a change: ${systemReasonOf(failure)}\n`);
    }
    const again = await restartUnit(unit);
    context.err(
      again === undefined
        ? `  fwknop ${installed} is back and ${unit} is ready; journalctl -u ${unit} says why\n`
        : `  fwknop ${installed} is back and ${unit} is not ready either: ${again}\n`,
    );
    return false;
  }
  return true;
}

/** Lets the new program bring manual pages, services and completion up to date. */
async function renewInstallation(target: string, place: Place, context: Context): Promise<void> {
  if (readManifest(place.root, place.prefix) === undefined) return;
  const words = [target, "install", "--prefix", place.prefix];
  if (place.root !== "") words.push("--root", place.root);
  const ended = await runProgram("system", words);
  const isDone = !("why" in ended) && ended.code === 0;
  if (isDone) return;
  const reason = "why" in ended
    ? ended.reason
    : new TextDecoder().decode(ended.stderr).trim().split("\n")[0] ?? "";
  context.err(
    `fwknop: The program is upgraded, and the files that belong to it are not: ${reason}\n` +
      `  ${words.join(" ")}\n`,
  );
}

/** A daemon that no service runs goes on with the old program. */
function sayOldDaemon(context: Context): void {
  if (isSystemdRunning()) return;
  const pid = runningDaemon(PID_FILE);
  if (pid === undefined) return;
  context.out(
    `The daemon (pid=${pid}) still runs the old program. Restart it as you started it: fwknop stop, then fwknop serve\n`,
  );
}
