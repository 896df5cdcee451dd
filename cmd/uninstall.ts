/**
 * `fwknop uninstall`.
 *
 * @module
 */
import { HintedError } from "../lib/errors/hinted_error.ts";
import { SETTINGS_FOLDER } from "../lib/install/contents.ts";
import { readManifest } from "../lib/install/manifest.ts";
import { activeUnits, enabledUnits, reloadUnits } from "../lib/install/systemd.ts";
import { isSystemdRunning } from "../lib/daemon/service_manager.ts";
import { carryOutRemoval, type KeepReason, planRemoval } from "../lib/install/uninstall.ts";
import { ifThere } from "../lib/files/if_there.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./context.ts";
import { INSTALLATION_OPTIONS, readPlace, requireRoot } from "./install.ts";

const WHY: Readonly<Record<KeepReason, string>> = {
  changed: "it was changed since it was installed",
  before: "it was there before the installation",
};

/** Removes what `fwknop install` installed. */
export const uninstall: Command = {
  description: `
Removes what \`fwknop install\` installed, by the list that it left, and nothing else. A file that was changed since then stays,
and so does a folder with something in it. /etc/fwknop stays with the configuration and the keys.`,
  options: INSTALLATION_OPTIONS,
  async run(options, _words, context) {
    const place = readPlace(options);
    const { root, prefix } = place;
    const isDry = options.has("dry-run");
    if (!isDry) requireRoot(place, "uninstall");
    const manifest = readManifest(root, prefix);
    if (manifest === undefined) {
      throw new HintedError(`fwknop install has installed nothing below "${root}${prefix}"`, {
        hint: "Name the folder with --prefix; a package is removed with apt-get or dnf",
      });
    }
    const usesSystemd = root === "" && isSystemdRunning();
    if (usesSystemd && !isDry) await refuseUsedService();
    const steps = await planRemoval(root, prefix, manifest);
    const folders = isDry ? [] : carryOutRemoval(root, steps, manifest);
    for (const step of steps) {
      const path = root + step.path;
      if (step.action === "remove") context.out(`removed   ${path}\n`);
      else context.out(`kept      ${path}  (${WHY[step.why]})\n`);
    }
    for (const path of folders) context.out(`kept      ${root}${path}  (it is not empty)\n`);
    if (isDry) context.out("This was a dry run: nothing was changed.\n");
    else if (usesSystemd) await reloadUnits();
    if (ifThere(() => Deno.lstatSync(root + SETTINGS_FOLDER)) !== undefined) {
      context.out(`${root}${SETTINGS_FOLDER} stays: it is for configuration and keys\n`);
    }
    return ExitCode.ok;
  },
};

/** Throws a {@link HintedError} while a service needs the program. */
async function refuseUsedService(): Promise<void> {
  const [unit] = new Set([...await activeUnits(), ...await enabledUnits()]);
  if (unit === undefined) return;
  throw new HintedError(`The service ${unit} runs or starts at boot, and needs the program`, {
    hint: `systemctl disable --now ${unit}`,
  });
}
