/**
 * Suggests the known word that a misspelt one was meant to be.
 *
 * @module
 */

/**
 * Returns the known word that is nearest to the written one, in any case; `undefined` if no word is near. A word is not
 * near if more than a third of the letters would have to change, in the whole or in one part of a name such as
 * `ENABLE_IPT_SNAT`.
 */
export function nearestWord(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = mostChanges(written) + 1;
  for (const word of known) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance && partsAreNear(written, word)) {
      [best, bestDistance] = [word, distance];
    }
  }
  return best;
}

/** Returns the known words that begin with the written one; if there is no such word, the nearest one. */
export function likelyWords(written: string, known: readonly string[]): string[] {
  const longer = written === "" ? [] : known.filter((word) => word.startsWith(written));
  if (longer.length > 0) return longer;
  const nearest = nearestWord(written, known);
  return nearest === undefined ? [] : [nearest];
}

function mostChanges(written: string): number {
  return Math.max(1, Math.floor(written.length / 3));
}

/** A different word in place of one part makes a different name. */
function partsAreNear(written: string, word: string): boolean {
  const [parts, others] = [written, word].map((name) => name.toLowerCase().split(/[_-]/));
  if (parts?.length !== others?.length) return true;
  return parts?.every((part, index) =>
    editDistance(part, others?.[index] ?? "") <= mostChanges(part)
  ) ?? true;
}

/** Number of letters to insert, remove, replace or swap with a neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
