import { LOG_FORMAT_PAGE, logFormatPage } from "../../scripts/refusal_table.ts";
import { assertEquals } from "../assert.ts";

Deno.test("docs/log-format.md lists the refusals of the table", async () => {
  const page = await Deno.readTextFile(LOG_FORMAT_PAGE);
  assertEquals(page, await logFormatPage(page), "run: deno task docs");
});
