/**
 * Installs packages of Debian or Ubuntu for the tests, the benchmarks and the demonstration.
 *
 * @module
 */
import {
  type HostPackage,
  type HostProbe,
  isDebianLike,
  missingPackages,
} from "./host_packages.ts";
import { findProgram, run } from "./process.ts";

const POLICY_FILE = "/usr/sbin/policy-rc.d";

/** Access to this machine. */
export const HOST: HostProbe = {
  hasProgram: (name) => findProgram(name) !== undefined,
  hasLibrary: (name) => {
    try {
      Deno.dlopen(name, {}).close();
      return true;
    } catch {
      return false;
    }
  },
};

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

async function aptGet(args: readonly string[]): Promise<string | undefined> {
  const { code, stdout, stderr } = await run("apt-get", ["-q", "-y", ...args], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  return code === 0 ? undefined : (stderr.trim() || stdout.trim()).split("\n").slice(-3).join("\n");
}

/** The first name of a package that this distribution has. */
async function packageName({ names }: HostPackage): Promise<string> {
  for (const name of names) {
    if ((await run("apt-cache", ["show", name])).code === 0) return name;
  }
  return names[names.length - 1] as string;
}

/**
 * Installs packages and keeps their services from starting: the C daemon must not listen or change the firewall on a
 * machine that only runs tests.
 */
async function install(missing: readonly HostPackage[]): Promise<void> {
  // Without package lists apt-get installs nothing; with old ones the packages may be gone. A failure shows below.
  const updateError = await aptGet(["update"]);
  const names = await Promise.all(missing.map(packageName));
  const ownPolicy = readText(POLICY_FILE) === undefined;
  const removePolicy = (): void => {
    if (ownPolicy) Deno.removeSync(POLICY_FILE);
  };
  const stop = (): void => {
    removePolicy();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    if (ownPolicy) {
      Deno.writeTextFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    }
    const error = await aptGet(["install", "--no-install-recommends", ...names]);
    if (error !== undefined) console.log(`apt-get: ${updateError ?? error}`);
    else console.log(`Installed ${names.join(", ")}.`);
    // The service must not start at the next boot either.
    if (findProgram("systemctl") !== undefined) {
      for (const { unit } of missing) {
        if (unit !== undefined) await run("systemctl", ["disable", unit]);
      }
    }
  } finally {
    removePolicy();
    Deno.removeSignalListener("SIGINT", stop);
  }
}

/** Whether packages can be installed here: on Debian or a derivative, as root. */
function canInstall(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0 &&
    isDebianLike(readText("/etc/os-release") ?? "") && findProgram("apt-get") !== undefined;
}

/**
 * Installs the missing ones of these packages where that is possible, and prints what it did.
 *
 * @param user who needs them: `the tests`.
 * @returns those that are still missing.
 */
export async function installMissing(
  packages: readonly HostPackage[],
  user: string,
): Promise<HostPackage[]> {
  const missing = missingPackages(packages, HOST);
  if (missing.length === 0 || !canInstall()) return missing;
  console.log(`Installing what ${user} need${user.endsWith("s") ? "" : "s"} ...`);
  await install(missing);
  return missingPackages(packages, HOST);
}
