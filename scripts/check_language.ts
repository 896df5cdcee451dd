/**
 * Checks that the tree is in plain technical English: no word of the list below, one word for each concept.
 *
 * The list holds what readers stumbled over. It cannot find every bad sentence; it keeps the known ones out.
 *
 * @module
 */
import { ROOT } from "./process.ts";
import { sourceFiles } from "./source_files.ts";

/** A pattern that is not written here, and what to write in its place. */
interface Avoided {
  readonly pattern: RegExp;
  readonly write: string;
}

/** A name in camel case holds words as well: `mendRules`, `Workplace`. */
const AVOIDED: readonly Avoided[] = [
  {
    // `mbegin mend` are variables of zsh.
    pattern:
      /(?<!["']|mbegin )\bmend(?:s|ed|ing)?\b(?!\??:|["'])|Mend(?:s|ed|ing)?(?![a-z])|\bmend(?=[A-Z])/,
    write: "fix, repair",
  },
  { pattern: /\bfates?\b|Fates?(?![a-z])|\bfate(?=[A-Z])/, write: "outcome, verdict" },
  {
    pattern: /\bhurdles?\b|\bobstacles?\b|Obstacles?(?![a-z])|\bobstacle(?=[A-Z])/,
    write: "blocker",
  },
  { pattern: /\bways? in\b(?! which)/, write: "listener, source" },
  { pattern: /dismantl/i, write: "tear down" },
  { pattern: /surroundings/i, write: "environment" },
  { pattern: /\bvoices?\b|Voice(?![a-z])|\bvoice(?=[A-Z])/, write: "dialect" },
  { pattern: /\bkept[- ]open\b|keptOpen|KeptOpen/, write: "helper process" },
  { pattern: /\bpretend(?:s|ed|ing)?\b|pretence/i, write: "dry run, no-op" },
  { pattern: /\bwhoever\b|\bwhomever\b/i, write: "the actor: the client, the daemon, an attacker" },
  {
    // In quotes it is the name of a user.
    pattern: /(?<!["']|_USER |_GROUP |output: )\b(?:somebody|someone|nobody)\b(?!["']|\\\/)/i,
    write: "the actor: another user, another process, no one",
  },
  { pattern: /\b(?:told|tells?|telling) of\b/i, write: "report, log" },
  { pattern: /\btold from\b/i, write: '"looks like", "differs from"' },
  { pattern: /rehears/i, write: "test mode, dry run" },
  { pattern: /\bin vain\b/i, write: '"without result"' },
  { pattern: /\bfor good\b/i, write: "permanently" },
  { pattern: /\bis none of\b|\bis none\b|\bare none\b/i, write: '"is not a", "has no"' },
  { pattern: /\bas (?:it|they) should be\b/i, write: '"expected"' },
  { pattern: /\ball the same\b/i, write: '"still", "anyway"' },
  { pattern: /\blet(?:s|ting)? go of\b/i, write: "release" },
  { pattern: /\bshall\b/i, write: '"must", or the present tense' },
  { pattern: /\bworkplace\b/i, write: "context" },
  { pattern: /\b(?:acting|deciding) side\b/i, write: "enforcer, policy" },
  {
    pattern: /\b(?:one|oneself|himself|herself)'?s? (?:likes|pleases|wishes)\b/i,
    write: "the actor",
  },
  { pattern: /\bof one's own\b/i, write: '"own", "separate"' },
  {
    pattern: /\b(?:thereof|therein|thereby|whereby|wherein|hitherto|henceforth)\b/i,
    write: "a plain sentence",
  },
  {
    pattern:
      /(?:^|[.!?:] |\* |\/\/ )What (?:is|was|are|were|has been|must be|may be) \w+(?:ed|t|n) (?:is|are|goes|go|stays|must)\b/,
    write: 'subject, verb, object ("Rules that were added are recorded")',
  },
];

/** Files whose words are not ours to choose, or that name the words. */
const EXCEPT: ReadonlySet<string> = new Set([
  "scripts/check_language.ts",
  "test/scripts/check_language_test.ts",
]);

/** One sentence for each line with such a word: `file:line`, the word, and what to write. */
export function languageProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    for (const { pattern, write } of AVOIDED) {
      const found = pattern.exec(line)?.[0];
      if (found !== undefined) {
        problems.push(`${path}:${index + 1}: "${found.trim()}" is not written here: ${write}`);
      }
    }
  }
  return problems;
}

/** Reads the sources and documents and checks them. */
export function checkLanguage(): string[] {
  return sourceFiles(ROOT)
    .filter((path) => /\.(?:ts|md)$/.test(path) && !EXCEPT.has(path))
    .flatMap((path) => languageProblems(path, Deno.readTextFileSync(ROOT + path)));
}

if (import.meta.main) {
  const [prefix = ""] = Deno.args;
  const problems = checkLanguage().filter((problem) => problem.startsWith(prefix));
  for (const problem of problems) console.log(problem);
  console.log(`${problems.length} places`);
}
