/**
 * A home folder for the programs that a test, the demonstration or a benchmark starts. The C client makes
 * `~/.fwknoprc` at its first run, and gpg makes a folder of keys; neither belongs in the user's home.
 *
 * @module
 */
/** Files that these programs read or leave in a home folder. */
const TRACES: readonly string[] = [
  ".fwknoprc",
  ".fwknop.run",
  ".fwknop.last",
  ".gnupg",
  ".nft.history",
  ".ssh/known_hosts",
];

/** Set in every process that already has such a home. */
const MARK = "FWKNOP_OWN_HOME";

/**
 * Gives this process, and the programs it starts, a home folder that is removed when the process ends. Deno and npm
 * still use the caches and settings of the user, so that nothing is downloaded twice. A second call changes nothing.
 *
 * @returns the folder.
 */
export function useOwnHome(): string {
  const known = Deno.env.get(MARK);
  if (known !== undefined) return known;
  const user = Deno.env.get("HOME") ?? "/";
  const home = Deno.makeTempDirSync({ prefix: "fwknop-home-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(home, { recursive: true }));
  const kept = {
    DENO_DIR: cacheOfDeno(),
    npm_config_cache: `${user}/.npm`,
    npm_config_userconfig: `${user}/.npmrc`,
  };
  for (const [name, value] of Object.entries(kept)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
  Deno.env.set("HOME", home);
  Deno.env.set(MARK, home);
  return home;
}

function cacheOfDeno(): string {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(info.stdout)).denoDir;
}

/** The files of {@link TRACES} in a home folder, each with a value that changes when the file is written. */
export function homeTraces(home: string | undefined): ReadonlyMap<string, string> {
  const traces = new Map<string, string>();
  for (const name of home === undefined ? [] : TRACES) {
    try {
      const { ino, size, mtime } = Deno.statSync(`${home}/${name}`);
      traces.set(name, `${ino} ${size} ${mtime?.getTime()}`);
    } catch {
      // It does not exist.
    }
  }
  return traces;
}

/** One sentence for each trace that is new or changed. */
export function homeProblems(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...after].filter(([name, state]) => before.get(name) !== state)
    .map(([name]) => `~/${name} was ${before.has(name) ? "changed" : "made"} by a test`);
}
