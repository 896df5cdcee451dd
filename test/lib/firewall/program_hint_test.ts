import { hintFor } from "../../../lib/firewall/program_hint.ts";
import { assertEquals, assertMatch } from "../../assert.ts";

function outcome(code: number, notStarted?: "missing" | "exhausted") {
  const base = { words: ["nft", "list", "ruleset"], code, stdout: "", stderr: "" };
  return (notStarted === undefined ? base : { ...base, notStarted }) as Parameters<
    typeof hintFor
  >[0][number];
}

Deno.test("what was not started is advised on before what failed, and root before that", () => {
  assertMatch(hintFor([outcome(1, "exhausted")], true), /LimitNOFILE/);
  assertMatch(hintFor([outcome(1, "missing")], false), /FIREWALL_EXE/);
  assertMatch(hintFor([outcome(1)], false), /^Start as root/);
  assertEquals(hintFor([outcome(0), outcome(1)], true), "Try by hand: nft list ruleset");
  assertMatch(hintFor([outcome(0)], true), /-v -v/);
});
