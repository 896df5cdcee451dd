import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import { CONFIG_OPTIONS, SERVER_OPTIONS } from "../../../lib/config/server_options.ts";
import { assert, assertEquals } from "../../assert.ts";

Deno.test("no two options share a name or a letter", () => {
  const names = SERVER_OPTIONS.map(({ name }) => name);
  const letters = SERVER_OPTIONS.flatMap(({ short }) => short === undefined ? [] : [short]);
  assertEquals(new Set(names).size, names.length);
  assertEquals(new Set(letters).size, letters.length);
});

Deno.test("the letters are those of the C daemon", () => {
  const letters = SERVER_OPTIONS.flatMap(({ short }) => short ?? []).toSorted().join("");
  assertEquals(letters, "ACDKOPRSUVacdfhilnprtv");
});

Deno.test("every variable an option stands for exists", () => {
  const names: string[] = FWKNOPD_ROWS.map(({ name }) => name);
  for (const { variable } of SERVER_OPTIONS) {
    assert(variable === undefined || names.includes(variable), variable);
  }
});

Deno.test("commands that only read the configuration take no option that starts or stops the daemon", () => {
  const names = CONFIG_OPTIONS.map(({ name }) => name);
  assert(names.includes("config-file") && names.includes("override-config"));
  for (const name of ["foreground", "kill", "packet-limit"]) assert(!names.includes(name));
});
