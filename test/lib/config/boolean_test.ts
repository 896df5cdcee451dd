import { parseBoolean } from "../../../lib/config/boolean.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the first letter decides between yes and no", () => {
  for (const text of ["Y", "y", "yes", "Yep"]) assertEquals(parseBoolean(text), true, text);
  for (const text of ["N", "n", "no", "None"]) assertEquals(parseBoolean(text), false, text);
});

Deno.test("other words for no mean no, as in the C daemon", () => {
  for (const text of ["0", "off", "FALSE", "disabled"]) {
    assertEquals(parseBoolean(text), false, text);
  }
});

Deno.test("other words for yes, which mean no in the C daemon, are refused", () => {
  for (const text of ["1", "on", "true", "enabled", "", "#", "offer"]) {
    assertEquals(parseBoolean(text), undefined, text);
  }
});
