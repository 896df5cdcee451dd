/**
 * The files of the source tree, found without git: a machine that runs the tests may not have git.
 *
 * @module
 */

/** Whether a line of `.gitignore` matches a path: `/folder/`, `/file` or a bare name. */
function leftOut(path: string, lines: readonly string[]): boolean {
  return lines.some((line) => {
    const name = line.replace(/^\/|\/$/g, "");
    return line.startsWith("/") ? path === name : path.split("/").at(-1) === name;
  });
}

/** Paths from `root` (with a slash at its end) of every file that `.gitignore` does not leave out, sorted. */
export function sourceFiles(root: string): string[] {
  const lines = Deno.readTextFileSync(`${root}.gitignore`).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(root + folder)) {
      const path = folder + name;
      if (path === ".git" || leftOut(path, lines)) continue;
      if (isDirectory) walk(`${path}/`);
      else if (isFile) found.push(path);
    }
  };
  walk("");
  return found.toSorted();
}
