/**
 * Puts into a bundle what the program must know of its build (`lib/release/build_facts.ts`).
 *
 * @module
 */
import type { EmbeddedFacts } from "../lib/release/build_facts.ts";
import { parsePublicKey } from "../lib/release/minisign.ts";
import { ROOT } from "./process.ts";

/** The text in the source, with the quotes that a bundler may write. */
const PLACE = /(["'`])@fwknop-build-facts@\1/g;

/** The public keys of `release/keys`, by the name of the file. Throws an {@link Error} for a file that is no key. */
export function releaseKeys(folder: string = `${ROOT}release/keys`): string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".pub")).toSorted().map((name) => {
    const text = Deno.readTextFileSync(`${folder}/${name}`);
    if (parsePublicKey(text) !== undefined) return text;
    throw new Error(`release/keys/${name} is not a public key of minisign`);
  });
}

/** Replaces the text in the files of a bundle. Throws an {@link Error} if none has it. */
export function embedFacts(folder: string, facts: EmbeddedFacts): void {
  // JSON of JSON: a string literal.
  const literal = JSON.stringify(JSON.stringify(facts));
  let count = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const text = Deno.readTextFileSync(path);
    const embedded = text.replace(PLACE, () => literal);
    if (embedded === text) continue;
    count++;
    Deno.writeTextFileSync(path, embedded);
    // The compiled binary holds the file times.
    Deno.utimeSync(path, 0, 0);
  }
  if (count === 0) throw new Error("The bundle has no place for the facts of its build");
}
