/** Tests the readers and the writer of settings with every row of the table. */
import fc from "property-testing";
import { levelFromOptions, levelFromRc, rcSettings } from "../../../lib/client/level.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import {
  FWKNOPRC_VARIABLES,
  fwknoprcVariable,
  SETTING_ROWS,
} from "../../../lib/config/client_rows.ts";
import { parseFwknoprc, readStanza } from "../../../lib/config/fwknoprc.ts";
import { longNames } from "../../../lib/config/option.ts";
import { parseCommandLine } from "../../../lib/config/getopt.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { assert, assertEquals } from "../../assert.ts";

/** Sample values: each kind accepts at least one of them. */
const VALUES = ["Y", "7", "sha512", "tcp", "ctr", "192.0.2.7", "/a/b", "d29yZA=="];

/** The first value that the variable accepts, with the level that it sets. */
function sample(name: string) {
  for (const value of VALUES) {
    const { entries } = readStanza(parseFwknoprc(`[s]\n${name}: ${value}\n`, "rc"), "s");
    const { level, diagnostics } = levelFromRc(entries, "native", textBytes);
    if (diagnostics.length === 0) return { value, level };
  }
  throw new Error(`${name} takes no value`);
}

Deno.test("every name is in the table once", () => {
  const variables = FWKNOPRC_VARIABLES.map(({ variable }) => variable);
  assertEquals(new Set(variables).size, variables.length);
  const options = CLIENT_OPTIONS.flatMap(longNames);
  assertEquals(new Set(options).size, options.length);
  const letters = CLIENT_OPTIONS.flatMap(({ short = [] }) => short);
  assertEquals(new Set(letters).size, letters.length);
});

Deno.test("every row has a name, and a row with a range has a kind that needs one", () => {
  for (const { member, variable, kind, range, options = [] } of SETTING_ROWS) {
    const name = variable ?? options[0]?.name ?? "";
    assert(name !== "", `${member} has no name`);
    const isNumber = /^(port|number|seconds|bytes|descriptor|verbosity|wait)$/.test(kind);
    const takes = variable !== undefined || options.some((it) => it.argument !== undefined);
    if (isNumber && takes) assert(range !== undefined, name);
  }
});

Deno.test("the writer writes each variable as a line that sets the same value", () => {
  for (const { variable, member } of FWKNOPRC_VARIABLES) {
    const { level } = sample(variable);
    assert(member !== undefined && level[member] !== undefined, variable);
    const lines = rcSettings(level).map(({ name, value }) => `${name} ${value}\n`).join("");
    const { entries } = readStanza(parseFwknoprc(`[s]\n${lines}`, "rc"), "s");
    assertEquals(levelFromRc(entries, "native", textBytes), { level, diagnostics: [] }, variable);
  }
});

Deno.test("the reader accepts every option of a setting, and the writer writes its variable", () => {
  for (const row of CLIENT_OPTIONS) {
    const takesValue = row.argument !== undefined;
    const levels = (takesValue ? VALUES : [""]).map((value) => {
      const words = [`--${row.name}`, ...(takesValue ? [value] : [])];
      return levelFromOptions(parseCommandLine(words, CLIENT_OPTIONS).options, "native");
    });
    const level = levels.find((it) => !(it instanceof Problem));
    assert(level !== undefined && !(level instanceof Problem), row.name);
    if (row.variable === undefined) continue;
    assert(rcSettings(level).some(({ name }) => name === row.variable), row.name);
  }
});

Deno.test("no stanza and no command line makes the readers throw, and each refusal has an explanation", () => {
  const name = fc.constantFrom(...FWKNOPRC_VARIABLES.map(({ variable }) => variable));
  const value = fc.oneof(fc.string(), fc.constantFrom(...VALUES, "N", "0", "resolve", "-5m"));
  const dialect = fc.constantFrom("native" as const, "c" as const);
  fc.assert(fc.property(fc.array(fc.tuple(name, value)), dialect, (lines, dialect) => {
    const position = { file: "rc", line: 1, column: 1 };
    const entries = lines.map(([name, value]) => ({
      name,
      value,
      position,
      valuePosition: position,
    }));
    const { diagnostics } = levelFromRc(entries, dialect, textBytes);
    for (const { text, hint, severity } of diagnostics) {
      assert(text !== "" && (severity === "warning" || (hint ?? "") !== ""));
    }
    // A message never contains a key.
    const secrets = lines.filter(([name, value]) =>
      fwknoprcVariable(name)?.secret === true && value.length > 12
    );
    for (const [, secret] of secrets) {
      assert(diagnostics.every(({ text }) => !text.includes(secret)));
    }
  }));
});

Deno.test("a level with an address and with resolving is written as the address", () => {
  const { options } = parseCommandLine(["-R", "-a", "192.0.2.7"], CLIENT_OPTIONS);
  const level = levelFromOptions(options, "native");
  assert(!(level instanceof Problem));
  assertEquals(rcSettings(level).map(({ name, value }) => `${name} ${value}`), [
    "ALLOW_IP 192.0.2.7",
    "RESOLVE_IP_HTTPS N",
  ]);
});
