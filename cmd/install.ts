/**
 * `fwknop install`.
 *
 * @module
 */
import { HintedError } from "../lib/errors/hinted_error.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import type { OptionRow } from "../lib/config/option.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import {
  installedItems,
  type InstallLayout,
  readPrefix,
  unitFolder,
} from "../lib/install/contents.ts";
import {
  carryOut,
  type InstallPlan,
  type InstallStep,
  planInstallation,
} from "../lib/install/install.ts";
import { packageFiles } from "../lib/install/package_owner.ts";
import { reloadUnits } from "../lib/install/systemd.ts";
import { isSystemdRunning } from "../lib/daemon/service_manager.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { ownUid } from "../lib/own_uid.ts";
import { type Command, type CommandTable, describeAll } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";

/** Options that `install`, `uninstall` and `upgrade` share. */
export const INSTALLATION_OPTIONS: readonly OptionRow[] = [
  {
    name: "prefix",
    argument: "FOLDER",
    brief: "Folder that holds bin, sbin, lib and share; default: /usr/local",
  },
  {
    name: "root",
    argument: "FOLDER",
    brief: "Take this folder for / and ask nothing of this host: for packagers and images",
  },
  { name: "dry-run", brief: "Print what would happen, and change nothing" },
];

/** Where an installation is. */
export interface Place {
  readonly root: string;
  readonly prefix: string;
}

/** Reads `--root` and `--prefix`. Throws a {@link HintedError} for a path that cannot be one. */
export function readPlace(options: GivenOptions): Place {
  const root = options.value("root");
  const isFolder = root === undefined || ifThere(() => Deno.statSync(root))?.isDirectory === true;
  if (!isFolder) {
    throw new HintedError(`--root "${root}" must be a folder`, { hint: `mkdir -p ${root}` });
  }
  return {
    root: root === undefined ? "" : Deno.realPathSync(root).replace(/\/$/, ""),
    prefix: readPrefix(options.value("prefix") ?? "/usr/local"),
  };
}

/** Refuses a user who may not change the host. With `--root` the file system decides. */
export function requireRoot(place: Place, command: string): void {
  if (place.root !== "" || ownUid() === 0) return;
  const prefix = place.prefix === "/usr/local" ? "" : ` --prefix ${place.prefix}`;
  throw new HintedError(`fwknop ${command} changes files of root: it must run as root`, {
    hint: `sudo ${Deno.execPath()} ${command}${prefix}`,
  });
}

/** The system whose files are installed. Throws a {@link HintedError} on any other. */
function installedOs(): InstallLayout["os"] {
  const { os } = Deno.build;
  if (os === "linux" || os === "darwin") return os;
  throw new HintedError(`fwknop install works on Linux and macOS, not on ${os}`, {
    hint: "Copy the program into a folder of PATH",
  });
}

/** The bytes of the running program. */
async function ownProgram(): Promise<Uint8Array<ArrayBuffer>> {
  if (!Deno.build.standalone) {
    throw new HintedError(
      "The running program is Deno, not fwknop: there is no binary to install",
      {
        hint: "deno task build, then: sudo dist/fwknop install",
      },
    );
  }
  // The kernel's own name of the file works even when another one has taken its path.
  const path = Deno.build.os === "linux" ? "/proc/self/exe" : Deno.execPath();
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new HintedError(`Cannot read the running program: ${systemReasonOf(cause)}`, { cause });
  }
}

/** Installs the running program. `table` is what manual and completion describe. */
export const installFrom = (table: CommandTable): Command => ({
  description: `
Installs the running program with all that belongs to it: the link \`fwknopd\`, two services of systemd, manual pages, completion
for bash, zsh and fish, and the folder /etc/fwknop. Running it again changes nothing, or brings an older installation up to date.
A list below PREFIX/lib/fwknop says what was installed: \`fwknop uninstall\` removes exactly that.

The service \`fwknop\` needs no root; \`fwknop-compatible\` runs as root, for command messages and iptables-legacy. No service is
enabled or started.

A file that it did not put there is not overwritten, and a file of a package never. A file that was changed since it was
installed stays as it is.`,
  options: [
    ...INSTALLATION_OPTIONS,
    {
      name: "replace",
      brief: "Overwrite files that were changed, or that something else put there",
    },
  ],
  async run(options, _words, context) {
    const place = readPlace(options);
    const os = installedOs();
    const program = await ownProgram();
    const isDry = options.has("dry-run");
    if (!isDry) requireRoot(place, "install");
    const layout: InstallLayout = { prefix: place.prefix, os };
    const items = installedItems(layout, program, await describeAll(table));
    const request = { ...place, items, replace: options.has("replace") };
    if (place.root === "") await refusePackageFiles(items.map(({ path }) => path));
    const plan = await planInstallation(request);
    if (!isDry) carryOut(request, plan);
    printPlan(plan, place, isDry, context);
    if (place.root === "" && !isDry && os === "linux") await tellSystemd(layout, context);
    return ExitCode.ok;
  },
});

/** Throws a {@link HintedError} if one of the files belongs to a package. */
async function refusePackageFiles(paths: readonly string[]): Promise<void> {
  const there = paths.filter((path) => ifThere(() => Deno.lstatSync(path))?.isDirectory === false);
  const [first] = there.length === 0 ? [] : await packageFiles(there);
  if (first === undefined) return;
  throw new HintedError(`"${first.path}" belongs to the package ${first.package}`, {
    hint: `Use --prefix /usr/local, or a package: ${first.upgrade}`,
  });
}

const DONE: Readonly<Record<InstallStep["action"], string>> = {
  make: "made     ",
  write: "installed",
  replace: "replaced ",
  remove: "removed  ",
  same: "unchanged",
  keep: "kept     ",
  forget: "kept     ",
};

const KEPT = "kept: it was changed since it was installed; --replace overwrites it";

function printPlan(plan: InstallPlan, { root }: Place, isDry: boolean, context: Context): void {
  const steps = plan.steps.filter(({ action }) => action !== "same");
  for (const { action, path } of steps) {
    const reason = action === "keep" ? `  (${KEPT})` : "";
    context.out(`${DONE[action]} ${root}${path}${reason}\n`);
  }
  const isChange = steps.some(({ action }) => action !== "keep" && action !== "forget");
  if (isDry) context.out("This was a dry run: nothing was changed.\n");
  else if (!isChange) context.out(`fwknop ${plan.manifest.version} is installed already.\n`);
  else context.out(`fwknop ${plan.manifest.version} is installed.\n`);
}

async function tellSystemd(layout: InstallLayout, context: Context): Promise<void> {
  if (!isSystemdRunning()) return;
  await reloadUnits();
  const folder = unitFolder(layout);
  if (layout.prefix !== "/usr" && layout.prefix !== "/usr/local") {
    context.out(
      `systemd does not look into ${folder}: systemctl link ${folder}/fwknop.service\n`,
    );
  }
  context.out(
    "No service was started. With the configuration in place: systemctl enable --now fwknop\n",
  );
}
