import assert from "node:assert/strict";
import fc from "property-testing";
import { parseListing, splitListedWords } from "../../../../lib/firewall/iptables/listing.ts";

const LISTING = `-P INPUT ACCEPT
-P FORWARD ACCEPT
-N FWKNOP_INPUT
-A INPUT -j FWKNOP_INPUT
-A FWKNOP_INPUT -s 10.77.0.2/32 -p tcp -m tcp --dport 22 -m comment --comment _exp_1795297645 -j ACCEPT
-A FWKNOP_INPUT -m comment --comment "two words, a \\"quote\\" and a \\\\" -j DROP
`;

Deno.test("a listing is parsed into chains with rules in order", () => {
  const chains = parseListing(LISTING);
  assert.deepEqual([...chains.keys()], ["INPUT", "FORWARD", "FWKNOP_INPUT"]);
  assert.deepEqual(chains.get("INPUT")?.map(({ words }) => words), [["-j", "FWKNOP_INPUT"]]);
  const second = chains.get("FWKNOP_INPUT")?.[1];
  assert.deepEqual(second?.words.slice(0, 4), [
    "-m",
    "comment",
    "--comment",
    'two words, a "quote" and a \\',
  ]);
});

Deno.test("a line break in a comment neither adds nor hides a chain or a rule", () => {
  const chains = parseListing(`-P INPUT ACCEPT
-A INPUT -m comment --comment "first
-A FWKNOP_INPUT -m comment --comment _exp_1 -j ACCEPT
second" -j DROP
`);
  assert.deepEqual([...chains.keys()], ["INPUT"]);
  assert.deepEqual(chains.get("INPUT")?.map(({ words }) => words.slice(-2)), [["-j", "DROP"]]);
});

Deno.test("a text that is not a listing has no chains", () => {
  for (const text of ["", "hello\n", "\u0000\u0001", "-A INPUT -j ACCEPT\n", "[{}]"]) {
    assert.equal(parseListing(text).size, 0, text);
  }
});

Deno.test("words in the quoting of iptables are read back", () => {
  const quote = (word: string) => `"${word.replace(/(["\\])/g, "\\$1")}"`;
  fc.assert(fc.property(fc.array(fc.string()), (words) => {
    assert.deepEqual(splitListedWords(words.map(quote).join(" ")), words);
  }));
});

Deno.test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    parseListing(text);
    splitListedWords(text);
  }));
});
