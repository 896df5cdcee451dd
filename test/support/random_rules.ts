/**
 * Random small rulesets of iptables and nftables, for a host with `eth0` to strangers and `lan0` to an inside host.
 *
 * @module
 */
import fc from "property-testing";

/** The host, the inside host behind it, and a stranger. */
export const FILTERED_HOST = "10.9.0.2";
export const INSIDE_HOST = "10.9.1.2";
export const STRANGER = "10.9.0.1";

/** The ports in rules and packets. */
export const PORTS = [7001, 7002, 7003] as const;

/** The rules to load into a host's firewall. */
export interface RandomRules {
  /** For `iptables-restore`. */
  readonly iptables: string;
  /** For `iptables-legacy-restore`; empty: no rules. */
  readonly legacy: string;
  /** For `nft -f`. */
  readonly nft: string;
}

const port = fc.constantFrom(...PORTS);
const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** A text in which each `P` is replaced by a random port. */
function withPorts(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, port, port, port)
    .map(([text, ...ports]) =>
      ports.reduce((it, number) => it.replace(/\bP\b/, String(number)), text)
    );
}

const IPTABLES_CONDITIONS = [
  "-p udp",
  "-p tcp",
  "-p udp --dport P",
  "-p udp ! --dport P",
  "-p udp -m multiport --dports P,P",
  "-p udp -m multiport ! --dports P,P",
  "-p udp --dport P:7003",
  "-i eth0",
  "! -i eth0",
  "-i lan0",
  "-i eth+",
  "-i lo",
  "! -i lo",
  "-s 10.9.0.0/24",
  "! -s 10.9.0.1",
  "-s 127.0.0.0/8",
  "-d 10.9.0.2",
  "! -d 10.9.0.2",
  "-d 10.9.1.0/24",
  "-d 10.9.1.2",
  "-m conntrack --ctstate NEW",
  "-m conntrack --ctstate ESTABLISHED,RELATED",
  "-m conntrack ! --ctstate NEW",
  "-m conntrack --ctstate DNAT",
  "-m conntrack ! --ctstate DNAT",
  "-m conntrack --ctstate INVALID,UNTRACKED",
  "-m mark --mark 0x5fa",
  "-m mark ! --mark 0x5fa",
  "-m mark --mark 1",
  "-m addrtype --dst-type LOCAL",
  "-m addrtype ! --dst-type LOCAL",
  "-m addrtype --dst-type BROADCAST",
  '-m comment --comment "-j"',
  '-m comment --comment "one \\" two -j ACCEPT"',
  "-m statistic --mode nth --every 2 --packet 0",
] as const;

const conditions = (texts: readonly string[]) =>
  fc.array(withPorts(pick(...texts)), { maxLength: 3 }).map((parts) => {
    // One of each kind: iptables refuses a second `-p` in a rule.
    const seen = new Set<string>();
    return parts.filter((part) => {
      const [option = ""] = part.replace("! ", "").split(" ");
      const kind = option === "-m" ? part.split(" ").slice(0, 2).join(" ") : option;
      return !seen.has(kind) && seen.add(kind);
    });
  });

const DNAT = [
  "DNAT --to-destination 10.9.1.2:P",
  "DNAT --to-destination 10.9.1.2",
  "DNAT --to-destination :P",
  "DNAT --to-destination 10.9.0.2:P",
  "DNAT --to-destination 10.9.1.2-10.9.1.3:P",
  "REDIRECT --to-ports P",
  "REDIRECT",
] as const;

/** The targets that a table knows, except jumps. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  filter: ["ACCEPT", "DROP", "DROP", "RETURN", "LOG"],
  mangle: [
    "ACCEPT",
    "DROP",
    "MARK --set-mark 0x5fa",
    "MARK --set-mark 1",
    "CONNMARK --restore-mark",
  ],
  raw: ["ACCEPT", "DROP", "NOTRACK", "CT --notrack"],
  nat: ["ACCEPT", "RETURN", ...DNAT, ...DNAT],
};

/** Chains by table: the built-in ones, and two more to which others jump. */
function iptablesTable(table: string, chains: readonly string[]): fc.Arbitrary<string> {
  const rule = (jumps: readonly string[], forward: boolean) =>
    fc.tuple(
      conditions(
        forward ? [...IPTABLES_CONDITIONS, "-o lan0", "! -o lan0", "-o eth0"] : IPTABLES_CONDITIONS,
      ),
      withPorts(pick(...TARGETS[table] ?? [], ...jumps)),
    ).map(([parts, target]) => {
      // A port needs a protocol before it.
      const usesPort = /DNAT.*[0-9]:|DNAT.* :|REDIRECT --to/.test(target);
      const before = usesPort && !parts.some((part) => part.startsWith("-p udp")) ? ["-p udp"] : [];
      const kept = usesPort ? parts.filter((part) => part !== "-p tcp") : parts;
      const words = [...before, ...kept].join(" ");
      return /^(first|second)$/.test(target) || target.startsWith("-g")
        ? `${words} ${target.startsWith("-g") ? target : `-j ${target}`}`
        : `${words} -j ${target}`;
    });
  const rules = (name: string, jumps: readonly string[]) =>
    fc.array(rule(jumps, name === "FORWARD"), { maxLength: 4 })
      .map((lines) => lines.map((line) => `-A ${name} ${line}`));
  const policy = table === "filter" ? pick("ACCEPT", "DROP", "DROP") : fc.constant("ACCEPT");
  return fc.tuple(
    fc.array(policy, { minLength: chains.length, maxLength: chains.length }),
    fc.tuple(...chains.map((name) => rules(name, ["first", "second", "-g first"]))),
    rules("first", ["second"]),
    rules("second", []),
  ).map(([policies, own, first, second]) =>
    [
      `*${table}`,
      ...chains.map((name, at) => `:${name} ${policies[at]}`),
      ":first -",
      ":second -",
      ...own.flat(),
      ...first,
      ...second,
      "COMMIT",
      "",
    ].join("\n")
  );
}

const optionally = (text: fc.Arbitrary<string>, weight: number) =>
  fc.oneof({ arbitrary: text, weight }, { arbitrary: fc.constant(""), weight: 10 - weight });

const iptablesRules = fc.tuple(
  optionally(iptablesTable("filter", ["INPUT", "FORWARD"]), 8),
  optionally(iptablesTable("nat", ["PREROUTING"]), 6),
  optionally(iptablesTable("mangle", ["PREROUTING", "INPUT", "FORWARD"]), 3),
  optionally(iptablesTable("raw", ["PREROUTING"]), 3),
).map((tables) => tables.join(""));

const NFT_CONDITIONS = [
  "udp dport P",
  "udp dport != P",
  "udp dport { P, P }",
  "udp dport != { P, P }",
  "udp dport P-7003",
  "udp dport @ports",
  "tcp dport P",
  "th dport P",
  "meta l4proto udp",
  "meta l4proto { tcp, udp }",
  "meta l4proto . th dport { udp . P, tcp . P }",
  "meta l4proto . th dport @services",
  "ip protocol udp",
  "ip saddr 10.9.0.0/24",
  "ip saddr != 10.9.0.1",
  "ip daddr 10.9.0.2",
  "ip daddr != 10.9.0.2",
  "ip daddr . udp dport { 10.9.0.2 . P, 10.9.1.2 . P }",
  "ip daddr 10.9.1.0/24",
  'iifname "eth0"',
  'iifname != "eth0"',
  'iifname { "lan0", "lo" }',
  'iifname "eth*"',
  'iif "lo"',
  "ct state new",
  "ct state established,related",
  "ct state != { established, related }",
  "ct state invalid",
  "ct status dnat",
  "ct status != dnat",
  "meta mark 0x5fa",
  "meta mark != 0x5fa",
  "meta mark 1",
  "fib daddr type local",
  "fib daddr type != local",
  "fib saddr . iif oif missing",
  "numgen inc mod 2 0",
  "limit rate 1000/second",
  "meta nfproto ipv4",
] as const;

const NFT_VERDICTS = [
  "accept",
  "drop",
  "drop",
  "return",
  "jump first",
  "goto first",
  "counter",
  "meta mark set 0x5fa",
  "meta mark set 1",
  "udp dport vmap { P : drop, P : accept }",
  "udp dport vmap { P : drop, * : accept }",
  "udp dport vmap { P : jump first, P : accept }",
  "udp dport vmap @verdicts",
] as const;

const NFT_DNAT = [
  "dnat to 10.9.1.2:P",
  "dnat to 10.9.1.2",
  "dnat to 10.9.0.2:P",
  "dnat to :P",
  "redirect to :P",
  "redirect",
  "redirect to :udp dport map { P : P, P : P }",
  "dnat to udp dport map { P : 10.9.1.2, P : 10.9.0.2 }",
  "dnat ip to udp dport map { P : 10.9.1.2 . P }",
] as const;

/** Rules that change the state before conntrack, or a packet's header. */
const NFT_EARLY = ["notrack", "udp dport set P", "ip daddr set 10.9.1.2"] as const;

/** nft refuses a port that is twice in a map or a set. */
const isDistinct = (rule: string) => {
  const inside = /\{(.*)\}/.exec(rule)?.[1] ?? "";
  const keys = inside.split(",").map((part) => part.split(" : ")[0]?.trim());
  return new Set(keys).size === keys.length && !/7003-7003/.test(rule);
};

function nftRule(verdicts: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(
    fc.array(withPorts(pick(...NFT_CONDITIONS)), { maxLength: 2 }),
    withPorts(pick(...verdicts)),
  ).map(([parts, verdict]) => {
    const usesPort = /(to|set) (:|[0-9.]*:)|redirect|dnat/.test(verdict) &&
      !verdict.startsWith("ip daddr");
    const before = usesPort ? ["meta l4proto udp"] : [];
    return [...before, ...parts.filter(isDistinct), verdict].join(" ");
  }).filter((rule) => rule.split(/(?= (?:udp|dnat|redirect|meta|th|ip) )/).every(isDistinct));
}

interface Hook {
  readonly name: string;
  readonly type: string;
  readonly hook: string;
  readonly priorities: readonly number[];
  readonly verdicts: readonly string[];
}

const HOOKS: readonly Hook[] = [
  { name: "in", type: "filter", hook: "input", priorities: [-10, 0, 10], verdicts: NFT_VERDICTS },
  { name: "through", type: "filter", hook: "forward", priorities: [0], verdicts: NFT_VERDICTS },
  {
    name: "before",
    type: "filter",
    hook: "prerouting",
    priorities: [-310, -250, -150, -50],
    verdicts: [...NFT_VERDICTS, ...NFT_EARLY],
  },
  {
    name: "turn",
    type: "nat",
    hook: "prerouting",
    priorities: [-110, -100, -90],
    verdicts: ["accept", "return", "jump first", ...NFT_DNAT, ...NFT_DNAT],
  },
];

/** A chain with its own copy of a chain to which it jumps. */
function nftTable(number: number): fc.Arbitrary<string> {
  return fc.tuple(
    pick("ip", "inet"),
    pick(...HOOKS),
    pick(...PORTS),
    pick(...PORTS),
    pick("accept", "accept", "drop"),
    fc.nat({ max: 3 }),
  ).chain(([family, hook, one, other, policy, at]) => {
    const verdicts = hook.type === "nat" && family === "inet"
      // In this family a translation must name the family of the address.
      ? hook.verdicts.map((it) => it.replace(/^dnat to (?=[0-9u])/, "dnat ip to "))
      : hook.verdicts;
    const plain = verdicts.filter((it) => !it.includes("first"));
    const priority = hook.priorities[at % hook.priorities.length];
    return fc.tuple(
      fc.array(nftRule(verdicts), { minLength: 1, maxLength: 4 }),
      fc.array(nftRule(plain), { maxLength: 2 }),
    ).map(([rules, first]) =>
      [
        `table ${family} t${number} {`,
        `  set ports { type inet_service; elements = { ${one} } }`,
        `  set services { type inet_proto . inet_service; elements = { udp . ${other} } }`,
        `  map verdicts { type inet_service : verdict; elements = { ${one} : drop } }`,
        "  chain first {",
        ...first.map((rule) => `    ${rule}`),
        "  }",
        `  chain ${hook.name} {`,
        `    type ${hook.type} hook ${hook.hook} priority ${priority};${
          hook.type === "nat" ? "" : ` policy ${policy};`
        }`,
        ...rules.map((rule) => `    ${rule}`),
        "  }",
        "}",
        "",
      ].join("\n")
    );
  });
}

const nftRules = fc.tuple(
  optionally(nftTable(1), 5),
  optionally(nftTable(2), 4),
  optionally(nftTable(3), 2),
).map((tables) => tables.join(""));

/** The same rules over one family; the other family is closed. */
export function overFamily(family: 4 | 6, { iptables, legacy, nft }: RandomRules): RandomRules {
  const text = (rules: string) => family === 4 ? rules : asIpv6(rules);
  const other = family === 4 ? "ip6" : "ip";
  const shut =
    `table ${other} shut { chain closed { type filter hook prerouting priority -350; policy drop; }; }\n`;
  return { iptables: text(iptables), legacy: text(legacy), nft: text(nft) + shut };
}

function asIpv6(text: string): string {
  return text
    .replace(/10\.9\.([01])\.0\/24/g, (_, net) => `${NETS_6[net]}/64`)
    .replace(/10\.9\.1\.2-10\.9\.1\.3:/g, `[${NETS_6[1]}2-${NETS_6[1]}3]:`)
    .replace(/10\.9\.([01])\.([0-9]):(?=[0-9])/g, (_, net, host) => `[${NETS_6[net]}${host}]:`)
    .replace(/10\.9\.([01])\.([0-9])/g, (_, net, host) => `${NETS_6[net]}${host}`)
    .replaceAll("--dst-type BROADCAST", "--dst-type MULTICAST")
    .replace(/127\.0\.0\.0\/8/g, "::1/128")
    .replace(/\bip (saddr|daddr)\b/g, "ip6 $1")
    .replace(/\bip protocol\b/g, "ip6 nexthdr")
    .replace(/\bnfproto ipv4\b/g, "nfproto ipv6")
    .replace(/\b(table|dnat) ip\b/g, "$1 ip6");
}

const NETS_6: Readonly<Record<string, string>> = { 0: "fd00:9::", 1: "fd00:9:1::" };

/** The host, the inside host and a stranger over IPv6. */
export const [FILTERED_HOST_6, INSIDE_HOST_6, STRANGER_6] = [
  `${NETS_6[0]}2`,
  `${NETS_6[1]}2`,
  `${NETS_6[0]}1`,
] as const;

/** Any random rules. */
export const randomRules: fc.Arbitrary<RandomRules> = fc.record({
  iptables: iptablesRules,
  legacy: optionally(iptablesRules, 2),
  nft: nftRules,
});
