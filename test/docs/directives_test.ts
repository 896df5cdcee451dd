import { DIRECTIVES_PAGE, directivesPage } from "../../scripts/directives.ts";
import { assertEquals } from "../assert.ts";

Deno.test("docs/directives.md is the page that the tables make", async () => {
  assertEquals(
    await Deno.readTextFile(DIRECTIVES_PAGE),
    await directivesPage(),
    "run: deno task docs",
  );
});
