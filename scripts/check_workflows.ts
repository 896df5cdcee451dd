/**
 * `deno task workflows`: checks the workflows of `.github/workflows`, which run on GitHub only.
 *
 * @module
 */
import { createLinter } from "workflow-linter";
import { ROOT } from "./process.ts";

const FOLDER = ".github/workflows";

/** Names of runners are left out: the list of the linter is older than the runners. */
const LEFT_OUT = "runner-label";

/** A permission that is newer than the linter. */
const NEWER = /^unknown permission scope "attestations"/;

/**
 * What is wrong in the workflows, as `file:line:column: reason`.
 *
 * @param root the folder that holds `.github` and `deno.json`, with a slash at the end.
 */
export async function checkWorkflows(root = ROOT): Promise<string[]> {
  const lint = await createLinter();
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)) as {
    readonly tasks: Readonly<Record<string, unknown>>;
  };
  const problems: string[] = [];
  const files = [...Deno.readDirSync(root + FOLDER)].map(({ name }) => `${FOLDER}/${name}`);
  for (const file of files.toSorted()) {
    const text = Deno.readTextFileSync(root + file);
    for (const { line, column, message, kind } of lint(text, file)) {
      if (kind !== LEFT_OUT && !NEWER.test(message)) {
        problems.push(`${file}:${line}:${column}: ${message}`);
      }
    }
    problems.push(...houseProblems(file, text, new Set(Object.keys(tasks))));
  }
  return problems;
}

/**
 * What the rules of the house find in one workflow: an action is named by its commit, because a tag can be moved, and a
 * task that a step runs is one of deno.json.
 */
export function houseProblems(file: string, text: string, tasks: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*#/.test(line)) continue;
    const at = (match: RegExpExecArray): string => `${file}:${index + 1}:${match.index + 1}`;
    const action = /(?<=uses: )\S+/.exec(line);
    if (action !== null && !/@[0-9a-f]{40}$/.test(action[0])) {
      problems.push(`${at(action)}: "${action[0]}" must be named by its commit, not by a tag`);
    }
    const task = /(?<=deno(?:@\S+)? task )[\w:-]+/.exec(line);
    if (task !== null && !tasks.has(task[0])) {
      problems.push(`${at(task)}: deno.json has no task "${task[0]}"`);
    }
  }
  return problems;
}

if (import.meta.main) {
  const problems = await checkWorkflows();
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
  console.log("The workflows are valid.");
}
