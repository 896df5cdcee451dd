import fc from "property-testing";
import { matchesPf, pfWords } from "../../../../../lib/firewall/pf/doctor/condition.ts";
import {
  parsePfRules,
  pathToAnchor,
  pfOutcomeOf,
} from "../../../../../lib/firewall/pf/doctor/policy.ts";
import type { Service } from "../../../../../lib/net/service.ts";
import { assertEquals } from "../../../../assert.ts";

const SSH: Service = { protocol: "tcp", port: 22 };

function outcome(listing: string, service = SSH, family: 4 | 6 = 4): string {
  return pfOutcomeOf(parsePfRules(listing), { service, family }, "fwknop");
}

/** Whether the condition matches a connection to a port. */
function match(condition: string, port = 22, family: 4 | 6 = 4, protocol: "tcp" | "udp" = "tcp") {
  return matchesPf(pfWords(condition), { service: { protocol, port }, family });
}

Deno.test("without a rule pf passes everything, and the last matching rule decides", () => {
  assertEquals(outcome(""), "accepted");
  assertEquals(outcome("block drop all\n"), "dropped");
  assertEquals(outcome("block return all\npass all flags S/SA keep state\n"), "accepted");
  assertEquals(outcome("pass all flags S/SA keep state\nblock drop in log all\n"), "dropped");
  assertEquals(outcome("block drop all\npass out all flags S/SA keep state\n"), "dropped");
  assertEquals(outcome("pass quick all flags S/SA keep state\nblock drop all\n"), "accepted");
});

Deno.test("the policy of a FreeBSD host is understood, in each family", () => {
  const listing = `scrub in all fragment reassemble
block drop in log quick on em0 inet from 10.0.0.0/8 to any
block drop in on ! lo0 inet6 from ::1 to any
block return-icmp(port-unr, port-unr) in log (all) all
anchor "fwknop" all
pass in quick on lo0 all flags S/SA keep state
pass in inet proto icmp all icmp-type echoreq keep state
pass in inet proto tcp from any to any port = http flags S/SA keep state (source-track rule, max-src-conn 100) label "web: pass"
pass in inet6 proto tcp from any to any port = ssh flags S/SA keep state
pass in proto udp from any to any port 60000:62201 keep state
pass out all flags S/SA keep state
`;
  assertEquals(outcome(listing), "dropped");
  assertEquals(outcome(listing, SSH, 6), "accepted");
  assertEquals(outcome(listing, { protocol: "udp", port: 62201 }), "unclear");
  assertEquals(outcome(listing, { protocol: "udp", port: 62201 }, 6), "accepted");
  assertEquals(outcome(listing, { protocol: "udp", port: 62202 }), "dropped");
  assertEquals(outcome(listing.replace(" from 10.0.0.0/8", ""), SSH), "dropped");
});

Deno.test("a condition that is not understood counts both ways", () => {
  const from = "block drop all\npass in quick inet proto tcp from 192.0.2.1 to any port = ssh\n";
  assertEquals(outcome(from), "unclear");
  assertEquals(outcome(from, { protocol: "tcp", port: 80 }), "dropped");
  assertEquals(outcome(`${from}pass all\n`), "accepted");
  assertEquals(outcome("block drop in on em0 proto tcp from any to (em0) port = ssh\n"), "unclear");
  assertEquals(outcome("block drop in from <bad> to any\nblock drop in all\n"), "dropped");
});

Deno.test("another anchor may do anything, and ours does not concern strangers", () => {
  assertEquals(outcome('block drop all\nanchor "fwknop" all\n'), "dropped");
  assertEquals(outcome('block drop all\nanchor "com.apple/*" all\n'), "unclear");
  assertEquals(outcome('block drop quick all\nanchor "com.apple/*" all\n'), "dropped");
  assertEquals(outcome('block drop all\nanchor "mail" in proto udp all\n'), "dropped");
});

Deno.test("an anchor that is printed inline is not examined, and may do anything to packets that it matches", () => {
  const listing = (head: string) =>
    `block drop all
anchor ${head} {
  pass in all flags S/SA keep state
  anchor out all {
    pass all
  }
  block drop in proto tcp from any to any port = ssh
}
pass in proto tcp from any to any port = http
`;
  const dns = { protocol: "udp", port: 53 } as const;
  for (const head of ["in on em0 all", "all", "quick all", '"inside" all']) {
    assertEquals(
      [outcome(listing(head)), outcome(listing(head), dns)],
      ["unclear", "unclear"],
      head,
    );
  }
  assertEquals(outcome(listing("in proto udp all")), "dropped");
  assertEquals(outcome(listing("out all"), dns), "dropped");
});

Deno.test("ports are numbers, known names, ranges and comparisons", () => {
  const to = (port: string) => `proto tcp from any to any port ${port}`;
  for (const port of ["= ssh", "= 22", "22", "22:30", "ssh:30", ">= 22", "<= 22", "!= 80"]) {
    assertEquals(match(to(port)), "yes", port);
  }
  for (const port of ["> 21", "< 23", "21 >< 23", "23 <> 80"]) {
    assertEquals(match(to(port)), "yes", port);
  }
  for (const port of ["= http", "!= ssh", "> 22", "< 22", "22 >< 80", "10 >< 22", "20 <> 22"]) {
    assertEquals(match(to(port)), "no", port);
  }
  assertEquals(match(to("= personal-agent")), "maybe");
  assertEquals(match(to("1:personal-agent")), "maybe");
  assertEquals(match("proto tcp from any port = ssh to any"), "maybe", "the port of the stranger");
});

Deno.test("a rule about addresses that a stranger can neither have nor reach does not match", () => {
  assertEquals(match("inet from 127.0.0.0/8 to any"), "no");
  assertEquals(match("inet6 from ::1 to any", 22, 6), "no");
  assertEquals(match("from 2001:db8::/32 to any"), "no", "the other family");
  assertEquals(match("from 192.0.2.0/24 to any", 22, 6), "no");
  assertEquals(match("inet from any to 224.0.0.0/4"), "no");
  assertEquals(match("from urpf-failed to any"), "no");
  assertEquals(match("from no-route to any"), "no");
  assertEquals(match("from any to (self)"), "yes");
  assertEquals(match("from ! 192.0.2.0/24 to any"), "maybe");
  assertEquals(match("inet from 192.0.2.1 - 192.0.2.9 to any port = http"), "no");
});

Deno.test("interfaces, flags and other conditions", () => {
  assertEquals(match("in on lo0 all"), "no");
  assertEquals(match("in on lo all"), "no");
  assertEquals(match("in on ! lo0 all"), "yes");
  assertEquals(match("in on em0 all"), "maybe");
  assertEquals(match("in all flags S/SA keep state"), "yes");
  assertEquals(match("in all flags any modulate state"), "yes");
  assertEquals(match("in all flags S/FSRA keep state"), "yes");
  assertEquals(match("in proto tcp all flags A/A"), "no");
  assertEquals(match("in proto tcp all flags /S"), "no");
  assertEquals(match("in proto tcp all flags FUP/FUP"), "no");
  assertEquals(match("in all flags A/A", 53, 4, "udp"), "yes", "UDP has no flags");
  assertEquals(match("in reply-to (em0 192.0.2.1) inet proto tcp all"), "yes");
  assertEquals(match("in route-to (em0 192.0.2.1) inet proto tcp all"), "maybe");
  assertEquals(match("in inet proto tcp all rtable 1"), "maybe");
  assertEquals(match('in all label "from us" tag X queue (std, pri) no state'), "yes");
  assertEquals(match("in all tagged X"), "maybe");
  assertEquals(match("in proto tcp all user = 1001"), "maybe");
  assertEquals(match("in all probability 50%"), "maybe");
  assertEquals(match("in all fragment"), "no");
});

Deno.test("a packet reaches the anchor unless an earlier final rule may match it", () => {
  const path = (listing: string) => {
    const found = pathToAnchor(parsePfRules(listing), { service: SSH, family: 4 }, "fwknop");
    return typeof found === "string" ? found : `${found.match}: ${found.rule.text}`;
  };
  const anchor = 'anchor "fwknop" all\n';
  assertEquals(path(anchor), "open");
  assertEquals(path(`block drop all\n${anchor}block drop quick all\n`), "open");
  assertEquals(path(`block drop quick all\n${anchor}`), "yes: block drop quick all");
  assertEquals(path(`block drop in quick inet6 all\n${anchor}`), "open");
  for (const condition of ["from <bad> to any", "on ! em0 inet from 10.0.0.0/8 to any"]) {
    const rule = `block drop in quick ${condition}`;
    assertEquals(path(`${rule}\n${anchor}`), `maybe: ${rule}`);
    assertEquals(path(`pass in quick ${condition}\n${anchor}`), "open");
  }
  assertEquals(path(`anchor "blacklistd/*" all\n${anchor}`), 'maybe: anchor "blacklistd/*" all');
  assertEquals(
    path(`block drop in quick on em0 all\n${anchor}`),
    "maybe: block drop in quick on em0 all",
  );
  assertEquals(path('anchor "fwknop" out all\n'), "unnamed");
  assertEquals(path('anchor "fwknop" in on em0 all\n'), "open");
  assertEquals(path("pass all\n"), "unnamed");
});

Deno.test("no text makes the reader of pf's rules throw", () => {
  const word = fc.constantFrom(
    ...'pass block anchor in out quick on ! lo0 em0 inet6 proto tcp from any to port = 22 22:30 >< { } ( " flags S/SA -'
      .split(" "),
    "\n",
  );
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.array(word).map((it) => it.join(" ")));
  fc.assert(fc.property(texts, (text) => {
    const rules = parsePfRules(text);
    pfOutcomeOf(rules, { service: SSH, family: 4 }, "fwknop");
    pathToAnchor(rules, { service: SSH, family: 6 }, "fwknop");
  }));
});
