/**
 * The order of versions (Semantic Versioning 2.0.0, section 11).
 *
 * @module
 */

const NUMBER = "(?:0|[1-9][0-9]{0,8})";
const WORD = `(?:${NUMBER}|[0-9]*[A-Za-z][0-9A-Za-z]*)`;
/** No build metadata, and no hyphen in a pre-release: a file name has one between version and platform. */
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${WORD}(?:\\.${WORD})*))?$`,
);

/** Whether a text is a version of this program, such as `1.0.0` or `1.0.0-rc.1`. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/**
 * Negative if the first version comes before the second, positive if after, 0 for the same.
 *
 * @throws {TypeError} for a text that is not a version.
 */
export function compareVersions(one: string, two: string): number {
  const [a, b] = [read(one), read(two)];
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePreReleases(a.words, b.words);
}

function read(text: string): { numbers: number[]; words: string[] } {
  const match = VERSION.exec(text);
  if (match === null) throw new TypeError(`Not a version: "${text}"`);
  const [, major, minor, patch, words] = match;
  return { numbers: [major, minor, patch].map(Number), words: words?.split(".") ?? [] };
}

/** A pre-release comes before its release. Numbers come before words, and fewer words before more. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, word] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (word === other) continue;
    const [isNumber, isOtherNumber] = [word, other].map((it) => /^[0-9]+$/.test(it));
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    if (isNumber) return Number(word) - Number(other);
    return word < other ? -1 : 1;
  }
  return a.length - b.length;
}
