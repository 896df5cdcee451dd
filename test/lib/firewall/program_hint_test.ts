import { hintFor } from "../../../lib/firewall/program_hint.ts";
import { assertEquals, assertMatch } from "../../assert.ts";

function outcome(code: number, notStarted?: "missing" | "exhausted") {
  const base = { words: ["nft", "list", "ruleset"], code, stdout: "", stderr: "" };
  return (notStarted === undefined ? base : { ...base, notStarted }) as Parameters<
    typeof hintFor
  >[0][number];
}

Deno.test("a program that was not started decides the hint before root, and root before a failed command", () => {
  assertMatch(hintFor([outcome(1, "exhausted")], true), /LimitNOFILE/);
  assertMatch(hintFor([outcome(1, "missing")], false), /FIREWALL_EXE/);
  assertMatch(hintFor([outcome(1)], false), /^Start as root/);
  assertEquals(hintFor([outcome(0), outcome(1)], true), "Try by hand: nft list ruleset");
  assertMatch(hintFor([outcome(0)], true), /-v -v/);
});
