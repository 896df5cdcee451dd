import { assert, assertEquals } from "../../assert.ts";
import { queueRulePlan } from "../../../lib/capture/queue_rules.ts";

Deno.test("queue rules are removed by their text, so rules of other programs stay", () => {
  const { add, remove } = queueRulePlan({
    table: "mangle",
    chain: "FWKNOP_NFQ",
    port: 62201,
    queue: 1,
    programs: [["iptables"]],
  });
  assert(add.some((words) => words.includes("-I") && words.includes("FWKNOP_NFQ")));
  const deletions = remove.filter((words) => words.includes("-D"));
  assertEquals(deletions, [["-w", "-t", "mangle", "-D", "INPUT", "-j", "FWKNOP_NFQ"]]);
  for (const words of remove) assert(words.includes("FWKNOP_NFQ"), words.join(" "));
});
