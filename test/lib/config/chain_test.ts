import assert from "node:assert/strict";
import { CHAIN_ROLES, DEFAULT_CHAINS, parseChain } from "../../../lib/config/chain.ts";

const input = { target: "ACCEPT", table: "filter", from: "INPUT", jumpPosition: 1 };

Deno.test("six fields make a chain, and blanks do not matter", () => {
  for (const text of [DEFAULT_CHAINS.input, "ACCEPT,filter,INPUT,1,FWKNOP_INPUT,1"]) {
    assert.deepEqual(parseChain(text), { ok: true, value: { ...input, name: "FWKNOP_INPUT" } });
  }
});

Deno.test("the second of the perl server's seven fields is dropped", () => {
  const { value: chain } = parseChain("ACCEPT, src, filter, INPUT, 3, FWKNOP_INPUT, 1");
  assert.deepEqual(chain, { ...input, jumpPosition: 3, name: "FWKNOP_INPUT" });
});

Deno.test("every default is well formed", () => {
  for (const role of CHAIN_ROLES) assert.equal(parseChain(DEFAULT_CHAINS[role]).error, undefined);
});

Deno.test("any other text is refused, and the reason names the value", () => {
  const bad: [string, RegExp][] = [
    ["", /six comma-separated fields, not 1/],
    ["ACCEPT, filter, INPUT, 1, FWKNOP_INPUT", /not 5/],
    ["ACCEPT, up, filter, INPUT, 1, FWKNOP_INPUT, 1", /not "up"/],
    ["ACCEPT, filter, INPUT, 0, FWKNOP_INPUT, 1", /position "0"/],
    ["ACCEPT, filter, INPUT, 65537, FWKNOP_INPUT, 1", /"65537"/],
    ["ACCEPT, filter, INPUT, one, FWKNOP_INPUT, 1", /"one"/],
    ["ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, -1", /"-1"/],
    ["ACCEPT, filter, INPUT, 1, FWKNOP-INPUT, 1", /to_chain "FWKNOP-INPUT"/],
    ["ACCEPT, filter, IN;PUT, 1, FWKNOP_INPUT, 1", /from_chain "IN;PUT"/],
    ["ACCEPT, filter, INPUT, 1, , 1", /to_chain ""/],
    ["ACCEPT, filter, INPUT, 1, F2345678901234567890123456789, 1", /1 to 28/],
    ["ACCEPT, filter, SAME, 1, SAME, 1", /jump to itself/],
  ];
  for (const [text, reason] of bad) assert.match(parseChain(text).error ?? "none", reason, text);
});
