import { quotedFacts } from "../../../lib/report/quoted_facts.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("texts among the facts become one line each, all else stays", () => {
  assertEquals(quotedFacts({ reason: "a\nb", port: 22, list: ["a\nb"] }), {
    reason: "a\\nb",
    port: 22,
    list: ["a\nb"],
  });
});
