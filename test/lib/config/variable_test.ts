import { parseFwknopdValue } from "../../../lib/config/fwknopd_value.ts";
import { FWKNOPD_ROWS, RETIRED_FWKNOPD_NAMES } from "../../../lib/config/fwknopd_variables.ts";
import { ACCESS_ROWS, KEY_FILE_NAMES } from "../../../lib/config/access_variables.ts";
import { retirementAdvice } from "../../../lib/config/variable.ts";
import { assert, assertEquals } from "../../assert.ts";

Deno.test("every variable has one row, with one line that describes it", () => {
  for (const rows of [FWKNOPD_ROWS, ACCESS_ROWS]) {
    const names = rows.map(({ name }) => name);
    assertEquals(new Set(names).size, names.length);
    for (const { name, doc } of rows) {
      assert(/^\S.*[^.\s]$/.test(doc) && !doc.includes("\n"), `${name}: ${doc}`);
      assertEquals(retirementAdvice(RETIRED_FWKNOPD_NAMES, name), undefined, name);
    }
  }
});

Deno.test("every default is a value that the parser accepts", () => {
  for (const row of FWKNOPD_ROWS) {
    if (row.default === undefined || row.default.startsWith("$")) continue;
    assertEquals(parseFwknopdValue(row, row.default).error, undefined, row.name);
  }
});

Deno.test("no two variables of a stanza are the same member", () => {
  const members = ACCESS_ROWS.flatMap(({ member }) => member ?? []);
  assertEquals(new Set(members).size, members.length);
});

Deno.test("the rows without effect are exactly those that say so", () => {
  for (const { name, doc, honoured } of FWKNOPD_ROWS) {
    assertEquals(/^No effect|no effect inside/.test(doc), honoured === "inert", name);
  }
});

Deno.test("every integer has a range", () => {
  for (const row of [...FWKNOPD_ROWS, ...ACCESS_ROWS]) {
    if (row.kind === "integer") assert(row.range !== undefined, row.name);
  }
});

Deno.test("a key file may set keys and GnuPG's settings only", () => {
  for (const name of KEY_FILE_NAMES) assert(/KEY|GPG/.test(name), name);
  assert(!KEY_FILE_NAMES.includes("GPG_EXE") && !KEY_FILE_NAMES.includes("GPG_HOME_DIR"));
});
