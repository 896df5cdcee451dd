/**
 * Checks that each file of `lib/` with a branch has its own test, `test/lib/…/X_test.ts` for `lib/…/X.ts`, or is in a
 * list with the test that runs it. And that a test is skipped in one way only, which says why.
 *
 * @module
 */
import { ROOT } from "./process.ts";
import { sourceFiles } from "./source_files.ts";
import { type SharedTest, TESTED_ELSEWHERE } from "./tested_elsewhere.ts";

/**
 * Comments, texts in quotes, and prose that begins on the line below its backtick. They hold words that look like
 * branches.
 */
const NO_CODE =
  /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|(?<== )`\n(?:[^`\\$]|\$(?!\{)|\\.)*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gm;

/** The formatter puts blanks around the question mark of `a ? b : c`, and none before that of `member?: Type`. */
const BRANCH = /\b(?:if|switch|catch)\b|\?\?|&&|\|\||\s\?\s/;

/**
 * Whether the text of a file has a branch: `if`, `switch`, `catch`, `? :`, `&&`, `||` or `??`. Text that only looks
 * like a branch counts too: the check then asks for one test too many.
 */
export function hasBranch(text: string): boolean {
  return BRANCH.test(text.replaceAll(NO_CODE, ""));
}

/** The one file that may skip a test: it adds the reason to the name, which the gate shows. */
const NEEDS = "test/support/needs.ts";

/** One sentence for each test file that skips a test without a reason. */
export function silentSkips(files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .filter(([path, text]) =>
      path.startsWith("test/") && path !== NEEDS &&
      /\bignore\s*[:,}]|\.(?:ignore|skip)\(/.test(text.replaceAll(NO_CODE, ""))
    )
    .map(([path]) => `${path} skips a test without a reason: use testWhere of ${NEEDS}`);
}

/**
 * One sentence for each file without a test, and for each entry of the list that is stale.
 *
 * @param files texts by path, those of `lib/` and `test/`.
 */
export function testProblems(
  files: ReadonlyMap<string, string>,
  elsewhere: readonly SharedTest[],
): string[] {
  const problems: string[] = [];
  const stale = (text: string) => problems.push(`scripts/tested_elsewhere.ts: ${text}`);
  const listed = new Set(elsewhere.flatMap((shared) => shared.files.map((file) => `lib/${file}`)));
  for (const [path, text] of files) {
    if (!path.startsWith("lib/") || !hasBranch(text)) continue;
    const own = ownTest(path);
    if (!files.has(own) && !listed.has(path)) {
      problems.push(`${path} has a branch and no test of its own: write ${own}`);
    } else if (files.has(own) && listed.has(path)) stale(`${path} has a test of its own`);
  }
  for (const path of listed) {
    const text = files.get(path);
    if (text === undefined) stale(`there is no ${path}`);
    else if (!hasBranch(text)) stale(`${path} has no branch`);
  }
  for (const { test } of elsewhere) {
    if (!files.has(`test/${test}`)) stale(`there is no test/${test}`);
  }
  return problems;
}

function ownTest(path: string): string {
  return `test/${path.replace(/\.ts$/, "_test.ts")}`;
}

/** Reads the tree and checks it. */
export function checkTests(): string[] {
  const paths = sourceFiles(ROOT).filter((path) => /^(lib|test)\/.*\.ts$/.test(path));
  const files = new Map(paths.map((path) => [path, Deno.readTextFileSync(ROOT + path)]));
  return [...testProblems(files, TESTED_ELSEWHERE), ...silentSkips(files)];
}
