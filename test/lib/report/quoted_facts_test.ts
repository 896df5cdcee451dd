import { quotedFacts } from "../../../lib/report/quoted_facts.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("quotedFacts makes each text one line and keeps other values", () => {
  assertEquals(quotedFacts({ reason: "a\nb", port: 22, list: ["a\nb"] }), {
    reason: "a\\nb",
    port: 22,
    list: ["a\nb"],
  });
});
