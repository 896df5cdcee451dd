import { assertEquals } from "../../../../assert.ts";
import { worstOf } from "../../../../../lib/doctor/chain_walk.ts";
import { chainsOfHook, nftOutcomeAt } from "../../../../../lib/firewall/nft/doctor/policy.ts";
import type { Packet } from "../../../../../lib/doctor/packet.ts";
import { type NftRuleset, parseNftRuleset } from "../../../../../lib/firewall/nft/ruleset.ts";
import { namespaceTest } from "../../../../support/namespace.ts";

/**
 * What a chain with that policy and those rules does to strangers at tcp/22. `NAME { … }` is a set or a map before the
 * chain.
 */
const OUTCOMES: readonly (readonly [
  policy: "accept" | "drop",
  rules: string,
  outcome: string,
  before?: string,
])[] = [
  // Statements that match some packets only.
  ["accept", "tcp dport 22 ct count over 10 drop", "unclear"],
  ["accept", "tcp dport 22 quota over 10 mbytes drop", "unclear"],
  [
    "accept",
    "tcp dport 22 update @seen { ip saddr limit rate over 10/minute } drop",
    "unclear",
    "set seen { type ipv4_addr; flags dynamic; timeout 1m; }",
  ],
  ["accept", 'tcp dport 22 counter log prefix "ssh" drop', "dropped"],
  // Elements with more than a value.
  [
    "drop",
    "tcp dport @ports accept",
    "accepted",
    'set ports { type inet_service; elements = { 22 comment "ssh" }; }',
  ],
  ["drop", 'tcp dport { 22 comment "ssh", 80 } accept', "accepted"],
  [
    "drop",
    "tcp dport @ports accept",
    "accepted",
    "set ports { type inet_service; flags interval; counter; elements = { 16-31 }; }",
  ],
  [
    "drop",
    "meta l4proto . th dport @ports accept",
    "accepted",
    'set ports { type inet_proto . inet_service; elements = { tcp . 22 comment "ssh" }; }',
  ],
  [
    "drop",
    "tcp dport vmap @ports",
    "accepted",
    'map ports { type inet_service : verdict; elements = { 22 comment "ssh" : accept }; }',
  ],
  // Values that no other element of a map has.
  ["drop", "tcp dport vmap { 80 : drop, * : accept }", "accepted"],
  ["drop", "tcp dport vmap { 22 : continue, * : accept }", "dropped"],
  ["drop", "ip saddr vmap { 192.0.2.1 : drop, * : accept }", "unclear"],
  // One of several that never matches, and others that may.
  ["drop", "iifname { lo, eth0 } accept", "unclear"],
  ["drop", "iifname lo accept", "dropped"],
  ["drop", "meta mark { 0x5fa, 0x1 } accept", "unclear"],
  ["drop", "meta mark 0x5fa accept", "dropped"],
  ["drop", "ct status dnat,confirmed accept", "unclear"],
  // Negation; a rule about a header does not match packets without that header.
  ["accept", "ct state != { established, related } drop", "dropped"],
  ["accept", "tcp dport != 22 drop", "accepted"],
  ["accept", "tcp dport != { 80, 443 } drop", "dropped"],
  ["accept", "udp dport != 53 drop", "accepted"],
  ["accept", "ip6 saddr != fe80::/10 drop", "accepted"],
  ["accept", 'iifname != "lo" drop', "dropped"],
  ["accept", 'iifname != "eth0" drop', "unclear"],
  ["accept", "meta mark != 0x5fa drop", "dropped"],
  // Addresses that no stranger has.
  ["accept", "ip saddr 127.0.0.2 drop", "accepted"],
  ["accept", "ip saddr { 127.0.0.0/8, 192.0.2.0/24 } drop", "unclear"],
];

/** The outcome of a packet that must pass all chains of the hook input. */
function nftOutcomeOf(ruleset: NftRuleset, packet: Packet): string {
  return worstOf(
    chainsOfHook(ruleset, "input", packet).map((it) => nftOutcomeAt(ruleset, it, packet)),
  );
}

const SSH = { service: { protocol: "tcp", port: 22 }, established: false, family: 4 } as const;

namespaceTest(
  "the outcome for strangers is certain only if the rules of nftables make it certain",
  { programs: ["nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    for (const [policy, rules, outcome, before = ""] of OUTCOMES) {
      const chain = `type filter hook input priority 0; policy ${policy}; ${rules};`;
      for (
        const words of ["flush ruleset", `table inet t { ${before}; chain input { ${chain} }; }`]
      ) {
        await host.must("nft", words);
      }
      const ruleset = parseNftRuleset(await host.must("nft", "-j", "list", "ruleset"));
      assertEquals(nftOutcomeOf(ruleset, SSH), outcome, `policy ${policy}; ${rules}`);
    }
  },
);

Deno.test("a packet that nftables queues for another program is decided by that program", () => {
  // Few kernels have the statement; this is how nft 1.0.6 prints it.
  const place = { family: "inet", table: "t" };
  const base = { type: "filter", hook: "input", prio: 0, policy: "drop" };
  const chain = { ...place, name: "input", ...base };
  const rule = { ...place, chain: "input", expr: [{ queue: { num: 3 } }] };
  const listing = JSON.stringify({ nftables: [{ chain }, { rule }] });
  assertEquals(nftOutcomeOf(parseNftRuleset(listing), SSH), "unclear");
});
