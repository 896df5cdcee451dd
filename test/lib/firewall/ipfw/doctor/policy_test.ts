import fc from "property-testing";
import { matchesIpfw } from "../../../../../lib/firewall/ipfw/doctor/condition.ts";
import {
  deciderOf,
  ipfwOutcomeOf,
  parseIpfwPolicy,
} from "../../../../../lib/firewall/ipfw/doctor/policy.ts";
import type { Service } from "../../../../../lib/net/service.ts";
import { assertEquals } from "../../../../assert.ts";

const SSH: Service = { protocol: "tcp", port: 22 };
const SPA: Service = { protocol: "udp", port: 62201 };

function outcome(listing: string, service = SSH, family: 4 | 6 = 4, established = false): string {
  return ipfwOutcomeOf(parseIpfwPolicy(listing), { service, family, established });
}

/** Whether the condition matches the first packet to a port. */
function match(condition: string, service = SSH, family: 4 | 6 = 4) {
  return matchesIpfw(condition.split(" "), { service, family, established: false });
}

/** The rules that rc.firewall makes for the type "workstation". */
const WORKSTATION = `00100 allow ip from any to any via lo0
00200 deny ip from any to 127.0.0.0/8
00300 deny ip from 127.0.0.0/8 to any
00400 deny ip from any to ::1
00500 deny ip from ::1 to any
00600 allow ipv6-icmp from :: to ff02::/16
00700 allow ipv6-icmp from fe80::/10 to fe80::/10
00800 allow ipv6-icmp from any to any icmp6types 2,135,136
01000 check-state :default
01100 allow tcp from me to any established
01200 allow tcp from me to any setup keep-state :default
01300 allow udp from me to any keep-state :default
01400 allow udp from 0.0.0.0 68 to 255.255.255.255 dst-port 67 out
01500 allow udp from any 67 to me dst-port 68 in
01600 allow icmp from any to any icmptypes 3,4,11
01700 allow tcp from any to me dst-port 80,443 setup keep-state :default
65000 count ip from any to any
65100 deny { tcp or udp } from any to any dst-port 135-139,445 in
65200 deny ip from any to 255.255.255.255
65300 deny ip from any to 224.0.0.0/24 in
65400 deny tcp from any 80,443 to any dst-port 1024-65535 in
65500 deny log logamount 500 ip from any to any
65535 deny ip from any to any
`;

Deno.test("the first matching rule of ipfw decides, and the kernel's own rule is the last", () => {
  assertEquals(outcome("65535 deny ip from any to any\n"), "dropped");
  assertEquals(outcome("65535 allow ip from any to any\n"), "accepted");
  const both = "00100 allow tcp from any to me 22\n00200 deny ip from any to any\n";
  assertEquals(outcome(both), "accepted");
  assertEquals(outcome(both, SPA), "dropped");
  for (
    const action of ["deny", "drop", "reject", "reset", "unreach port", "unreach6 admin-prohib"]
  ) {
    const listing = `00100 ${action} ip from any to any\n65535 allow ip from any to any\n`;
    assertEquals(outcome(listing), "dropped", action);
  }
});

Deno.test("the rules of a FreeBSD workstation are understood, in each family", () => {
  for (const family of [4, 6] as const) {
    assertEquals(outcome(WORKSTATION, SSH, family), "dropped");
    assertEquals(outcome(WORKSTATION, SPA, family), "dropped");
    assertEquals(outcome(WORKSTATION, { protocol: "tcp", port: 443 }, family), "accepted");
    assertEquals(outcome(WORKSTATION, SSH, family, true), "accepted");
  }
  const open = WORKSTATION.replace("80,443 setup", "22,80 setup");
  assertEquals(outcome(open), "accepted");
});

Deno.test("a condition that is not understood counts both ways, and a jump or a diversion may do anything", () => {
  const end = "65535 deny ip from any to any\n";
  assertEquals(outcome(`00100 allow tcp from 192.0.2.0/24 to me dst-port 22\n${end}`), "unclear");
  assertEquals(outcome(`00100 allow tcp from table(1) to me dst-port 80\n${end}`), "dropped");
  assertEquals(outcome(`00100 prob 0.500000 allow ip from any to any\n${end}`), "unclear");
  for (const action of ["skipto 500", "call 500", "divert 8668", "nat 1", "queue 1", "reass"]) {
    assertEquals(outcome(`00100 ${action} ip from any to any in\n${end}`), "unclear", action);
    assertEquals(outcome(`00100 ${action} udp from any to any\n${end}`), "dropped", action);
  }
  assertEquals(outcome(`00100 count log ip from any to any\n${end}`), "dropped");
});

Deno.test("rules of our grants do not concern strangers", () => {
  const grant = "10000 allow tcp from 192.0.2.44 to me dst-port 22 setup keep-state :default " +
    "// _exp_1795297020\n";
  assertEquals(outcome(`${grant}65535 deny ip from any to any\n`), "dropped");
  assertEquals(
    outcome(`${grant}65535 deny ip from any to any\n`, SSH, 4, true),
    "dropped",
    "after it ends no rule looks up its states",
  );
});

Deno.test("a rule that looks up states without a name accepts connections of grants", () => {
  const lives = (rule: string) =>
    outcome(`00100 ${rule}\n65535 deny ip from any to any\n`, SSH, 4, true) === "accepted";
  for (
    const rule of [
      "check-state",
      "check-state :default",
      "check-state :any",
      "allow tcp from any to any established",
      "allow udp from me to any keep-state",
      "allow tcp from any to me dst-port 80 setup limit src-addr 4 :default",
    ]
  ) assertEquals(lives(rule), true, rule);
  for (const rule of ["check-state :web", "allow udp from me to any keep-state :web"]) {
    assertEquals(lives(rule), false, rule);
  }
});

Deno.test("protocols, addresses and ports", () => {
  for (const protocol of ["ip", "all", "ip4", "ipv4", "tcp", "{ tcp or udp }"]) {
    assertEquals(match(`${protocol} from any to any`), "yes", protocol);
  }
  for (const protocol of ["udp", "ip6", "icmp", "ipv6-icmp", "esp"]) {
    assertEquals(match(`${protocol} from any to any`), "no", protocol);
  }
  assertEquals(match("not icmp from any to any"), "maybe");
  for (const to of ["me", "any dst-port 22", "me 22", "me 20-25,80", "me dst-port 0-1023"]) {
    assertEquals(match(`tcp from any to ${to}`), "yes", to);
  }
  for (const to of ["me6", "any dst-port 80", "me 80,443", "127.0.0.0/8", "ff02::/16", "::1"]) {
    assertEquals(match(`tcp from any to ${to}`), "no", to);
  }
  assertEquals(match("tcp from any to me6", SSH, 6), "yes");
  assertEquals(match("tcp from me to any"), "no");
  for (
    const rule of [
      "tcp from any 1024-65535 to me",
      "tcp from not me to any",
      "tcp from 127.0.0.0/8,192.0.2.0/24 to any",
      "tcp from any to { 192.0.2.1 or 192.0.2.2 } dst-port 22",
      "tcp from any to not 192.0.2.1",
      "tcp from any to table(web) dst-port 22",
      "tcp from any to me dst-port ssh",
    ]
  ) assertEquals(match(rule), "maybe", rule);
  assertEquals(match("tcp from any to { 192.0.2.1 or 192.0.2.2 } dst-port 80"), "no");
});

Deno.test("options of ipfw", () => {
  for (
    const option of [
      "in",
      "setup",
      "setup keep-state :default",
      "not out",
      "not established",
      "not via lo0",
      "via any",
      "proto tcp",
    ]
  ) assertEquals(match(`tcp from any to me ${option}`), "yes", option);
  for (
    const option of ["out", "established", "via lo0", "recv lo*", "xmit em0", "not in", "frag"]
  ) assertEquals(match(`tcp from any to me ${option}`), "no", option);
  for (
    const option of [
      "in via em0",
      "recv em0",
      "not via em0",
      "tcpflags syn,!ack",
      "{ dst-port 22 or src-port 22 }",
      "frag mf,!offset",
      "uid root",
      "verrevpath",
      "limit src-addr 4",
      "limit src-addr dst-port 4 :web",
    ]
  ) assertEquals(match(`ip from any to me ${option}`), "maybe", option);
  assertEquals(match("ip from any to me setup", SPA), "no");
});

Deno.test("the decider is the first rule that certainly decides", () => {
  const decider = (listing: string) => {
    const packet = { service: SSH, family: 4, established: false } as const;
    const found = deciderOf(parseIpfwPolicy(listing), packet);
    return found?.number;
  };
  assertEquals(decider(WORKSTATION), 65500);
  assertEquals(decider("00100 allow ip from any to any via lo0\n"), undefined);
  assertEquals(
    decider("00100 deny tcp from any to me in recv em0\n00200 allow ip from any to any\n"),
    200,
  );
  assertEquals(decider("00100 deny ip from 10.0.0.0/8 to any in via em0\n"), undefined);
});

Deno.test("no text makes the reader of ipfw's rules throw", () => {
  const word = fc.constantFrom(
    ..."allow deny skipto prob 0.5 check-state log ip tcp { or } not from any me to dst-port 22 1-5 via lo0 limit frag :default // _exp_"
      .split(" "),
  );
  const rule = fc.array(word).map((words) => `00100 ${words.join(" ")}`);
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(rule).map((rules) => rules.join("\n")),
  );
  fc.assert(fc.property(texts, fc.boolean(), (text, established) => {
    const rules = parseIpfwPolicy(text);
    ipfwOutcomeOf(rules, { service: SSH, family: 4, established });
    deciderOf(rules, { service: SPA, family: 6, established });
  }));
});
