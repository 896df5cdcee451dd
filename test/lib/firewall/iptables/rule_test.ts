import assert from "node:assert/strict";
import fc from "property-testing";
import { splitListedWords } from "../../../../lib/firewall/iptables/listing.ts";
import {
  type IptablesRule,
  recogniseRule,
  ruleArguments,
  ruleKey,
} from "../../../../lib/firewall/iptables/rule.ts";

const place = { family: 4, table: "filter", chain: "FWKNOP_INPUT" } as const;
const rule: IptablesRule = {
  ...place,
  protocol: "tcp",
  source: "10.77.0.2",
  destinationPort: 22,
  expires: 1795297645,
  datestop: false,
  target: "ACCEPT",
};

function recognise(text: string) {
  return recogniseRule(place, splitListedWords(text) ?? []);
}

Deno.test("a rule is written with the C daemon's arguments", () => {
  assert.equal(
    ruleArguments(rule).join(" "),
    "-p 6 -s 10.77.0.2 --dport 22 -m comment --comment _exp_1795297645 -j ACCEPT",
  );
  assert.match(
    ruleArguments({ ...rule, datestop: true }).join(" "),
    /-m time --datestop 2026-11-21T21:47:24 -m comment/,
  );
});

Deno.test("the listed form of a rule is recognised as the same rule", () => {
  const plain = recognise(
    "-s 10.77.0.2/32 -p tcp -m tcp --dport 22 -m comment --comment _exp_1795297645 -j ACCEPT",
  );
  const timed = recognise(
    "-s 10.77.0.2/32 -p tcp -m tcp --dport 22 -m time --datestop 2026-11-21T21:47:24 " +
      "-m comment --comment _exp_1795297645 -j ACCEPT",
  );
  for (const found of [plain, timed]) {
    assert.ok(found?.rule);
    assert.equal(ruleKey(found.rule), ruleKey(rule));
  }
});

Deno.test("NAT rules are recognised with their target", () => {
  const found = recogniseRule(
    { family: 4, table: "nat", chain: "FWKNOP_PREROUTING" },
    splitListedWords(
      "-s 192.0.2.44/32 -p tcp -m tcp --dport 33389 -m comment --comment _exp_1593553557 " +
        "-j DNAT --to-destination 192.168.123.31:3389",
    ) ?? [],
  );
  assert.deepEqual(found?.rule?.to, {
    option: "--to-destination",
    value: "192.168.123.31:3389",
  });
});

Deno.test("a rule without the comment is not ours", () => {
  for (
    const text of ["-s 10.0.0.1/32 -j ACCEPT", "-m comment --comment x_exp_1 -j ACCEPT", "-j DROP"]
  ) {
    assert.equal(recognise(text), undefined, text);
  }
});

Deno.test("a foreign form keeps its expiry, and an unreadable expiry makes a rule broken", () => {
  const end = "-m comment --comment _exp_1795297645 -j ACCEPT";
  for (
    const text of [
      `! -s 10.0.0.1/32 ${end}`,
      `-s 10.0.0.0/8 ${end}`,
      `-s 10.0.0.1/32 -i eth0 ${end}`,
      `-s 10.0.0.1/32 -m addrtype --dst-type BROADCAST ${end}`,
      `-p icmp ${end}`,
      `-p tcp -m tcp --dport 22:30 ${end}`,
      `-s fd00::1/128 ${end}`,
    ]
  ) assert.deepEqual(recognise(text), { expires: 1795297645 }, text);
  for (const comment of ["_exp_", "_exp_soon", "_exp_-1", "_exp_123456789012"]) {
    assert.deepEqual(recognise(`-m comment --comment ${comment} -j ACCEPT`), {}, comment);
  }
});

Deno.test("every rule of ours is recognised from its own arguments", () => {
  const host = fc.constantFrom("192.0.2.1", "10.0.0.255", "203.0.113.9");
  const port = fc.integer({ min: 1, max: 65535 });
  const any = fc.record({
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    source: host,
    destination: host,
    sourcePort: port,
    destinationPort: port,
    expires: fc.integer({ min: 1, max: 99999999999 }),
    stanza: fc.integer({ min: 1, max: 999999999 }),
    toThisHost: fc.constant(true),
  }, { requiredKeys: ["expires"] });
  fc.assert(fc.property(any, (parts) => {
    const made: IptablesRule = { ...place, ...parts, datestop: false, target: "ACCEPT" };
    const words = ruleArguments(made).map((word, index, all) =>
      all[index - 1] !== "-p" ? word : word === "6" ? "tcp" : "udp"
    );
    const found = recogniseRule(place, words);
    assert.equal(found?.expires, parts.expires);
    assert.equal(found?.rule?.stanza, parts.stanza);
    assert.equal(found?.rule?.toThisHost, parts.toThisHost);
    // A kernel without the match lists the same rule.
    assert.equal(ruleKey(made), ruleKey({ ...made, toThisHost: false }));
  }));
});
