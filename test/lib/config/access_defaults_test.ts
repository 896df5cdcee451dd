import { accessDefault, hasDefault } from "../../../lib/config/access_defaults.ts";
import { ACCESS_ROWS } from "../../../lib/config/access_variables.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("every default of a stanza is a value that the parser accepts", () => {
  for (const row of ACCESS_ROWS) if (hasDefault(row)) accessDefault(row.name);
  assertEquals([accessDefault("MAX_FW_TIMEOUT"), accessDefault("DESTINATION")], [300, "any"]);
});
