/**
 * Which package of the distribution a file belongs to.
 *
 * @module
 */
import { bytesText } from "../crypto/bytes.ts";
import { runProgram } from "../exec/run.ts";

/** A file of a package. */
export interface PackageFile {
  readonly path: string;
  readonly package: string;
  /** How a newer package is installed: `apt-get install ./FILE.deb`. */
  readonly upgrade: string;
}

const DEB_UPGRADE = "apt-get install ./FILE.deb";
const RPM_UPGRADE = "dnf install ./FILE.rpm";

/** The files among these that belong to a package. A host without dpkg and rpm has none. */
export async function packageFiles(paths: readonly string[]): Promise<PackageFile[]> {
  return [...await debianFiles(paths), ...await rpmFiles(paths)];
}

/** dpkg-query(1), `--search`: a line `PACKAGE[, PACKAGE]: PATH` for each file that it finds. */
async function debianFiles(paths: readonly string[]): Promise<PackageFile[]> {
  // On a merged /usr a package may name its file by the old path: /lib for /usr/lib.
  const spellings = new Map(paths.flatMap((path) => [
    [path, path] as const,
    ...(/^\/usr\/(?:s?bin|lib)\//.test(path) ? [[path.slice("/usr".length), path] as const] : []),
  ]));
  const listing = await ask(["dpkg-query", "--search", "--", ...spellings.keys()]);
  return [...listing.matchAll(/^(?!diversion by )(\S[^:\n]*)(?::\S+)?: (\/.*)$/gm)].flatMap(
    ([, owner = "", spelling = ""]) => {
      const path = spellings.get(spelling);
      return path === undefined ? [] : [{ path, package: owner, upgrade: DEB_UPGRADE }];
    },
  );
}

/** rpm(8), `--query --file`: exit status 0 if a package owns the file. */
async function rpmFiles(paths: readonly string[]): Promise<PackageFile[]> {
  const found: PackageFile[] = [];
  for (const path of paths) {
    const owner = await ask(
      ["rpm", "--query", "--queryformat", "%{NAME}\\n", "--file", path],
      true,
    );
    const [name = ""] = owner.split("\n");
    if (name !== "") found.push({ path, package: name, upgrade: RPM_UPGRADE });
  }
  return found;
}

/** The output of a program; empty if it does not run, or if it must end well and does not. */
async function ask(words: readonly string[], mustEndWell = false): Promise<string> {
  const answer = await runProgram("system", words);
  if (isFailureToRun(answer)) return "";
  if (mustEndWell && answer.code !== 0) return "";
  return bytesText(answer.stdout) ?? "";
}

function isFailureToRun(
  answer: Awaited<ReturnType<typeof runProgram>>,
): answer is Extract<typeof answer, { why: unknown }> {
  return "why" in answer;
}
