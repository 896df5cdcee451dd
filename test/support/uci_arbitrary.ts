/**
 * UCI files for property tests.
 *
 * @module
 */
import fc from "property-testing";

/** A section as data: type, name, options. */
export interface PlainSection {
  readonly type: string;
  readonly name: string | undefined;
  readonly options: readonly (readonly [name: string, value: string])[];
}

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,11}$/);
/** Text without control characters; quotes, backslashes, comment signs and letters of any script are likely. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...`ab '"\\#;=.$ü€`) }),
  fc.string({ unit: "grapheme" }).filter((text) => !/[\p{Cc}\ufffd]/u.test(text)),
);

/** Sections with up to five options each. */
export const plainSections: fc.Arbitrary<PlainSection[]> = fc.array(
  fc.record({
    type: word,
    name: fc.option(word, { nil: undefined }),
    options: fc.array(fc.tuple(word, value), { maxLength: 5 }),
  }),
  { maxLength: 4 },
);

/** Quotes a value in one of several ways, chosen by a number. */
export function quoteUci(text: string, way: number): string {
  const single = `'${text.replaceAll("'", `'\\''`)}'`;
  const double = `"${text.replace(/["\\]/g, "\\$&")}"`;
  const bare = text.replace(/[\s'"#;\\]/gu, "\\$&");
  return way === 0 || text === "" ? single : way === 1 ? double : bare;
}
