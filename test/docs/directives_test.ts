import { DIRECTIVES_PAGE, directivesPage } from "../../scripts/directives.ts";
import { assertEquals } from "../assert.ts";

Deno.test("docs/directives.md is what the tables say", async () => {
  assertEquals(
    await Deno.readTextFile(DIRECTIVES_PAGE),
    await directivesPage(),
    "run: deno task docs",
  );
});
