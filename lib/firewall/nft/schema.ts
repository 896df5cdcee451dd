/**
 * The table of the nftables adapter: sets and maps whose elements time out, and the rules that use them
 * (`docs/spec/firewalls.md` 7.3).
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { formatService, type Service } from "../../net/service.ts";

/** The table, in the form that follows `add table`. */
export const NFT_TABLE = "inet fwknop";

/** The set of the services that the table drops for clients without a grant. */
export const PROTECTED_SET = "protected";

/**
 * The mark of accepted packets. An accept in this table does not override a drop in another table, but a rule for the
 * mark there can.
 */
export const NFT_MARK = 0x5fa;

/** The mark in the form of firewall commands. */
export const HEX_MARK = `0x${NFT_MARK.toString(16)}`;

/** A part of the key of a set: the client, the other end, or protocol and port. */
type KeyPart = "client" | "host" | "service";

/** One set or map. There is one per address family, with the digit of the family at the end of its name. */
export interface SetSchema {
  readonly name: string;
  /** The C daemon's name for such a rule. */
  readonly kind: string;
  readonly hook: "input" | "forward" | "prerouting" | "postrouting";
  readonly key: readonly KeyPart[];
  /** The values of a map: an address, or an address and a port. */
  readonly data?: "address" | "endpoint";
  readonly verdict: "accept" | "dnat" | "snat" | "masquerade";
  /** Only for packets to this host, not for forwarded packets. */
  readonly toThisHost?: true;
}

const END: readonly KeyPart[] = ["client", "host", "service"];
const PAIR: readonly KeyPart[] = ["client", "host"];
const CLIENT: readonly KeyPart[] = ["client"];

/** Every set, in the order in which the rules of a chain use them: the narrowest first. */
export const NFT_SETS: readonly SetSchema[] = [
  {
    name: "access",
    kind: "access",
    hook: "input",
    key: ["client", "service"],
    verdict: "accept",
  },
  { name: "accessto", kind: "access", hook: "input", key: END, verdict: "accept" },
  { name: "fwd", kind: "FORWARD", hook: "forward", key: END, verdict: "accept" },
  { name: "fwdhost", kind: "FORWARD ALL", hook: "forward", key: PAIR, verdict: "accept" },
  { name: "fwdall", kind: "FORWARD ALL", hook: "forward", key: CLIENT, verdict: "accept" },
  {
    name: "dnatto",
    kind: "DNAT",
    hook: "prerouting",
    key: END,
    data: "endpoint",
    verdict: "dnat",
  },
  {
    name: "dnat",
    kind: "DNAT",
    hook: "prerouting",
    key: ["client", "service"],
    data: "endpoint",
    verdict: "dnat",
    toThisHost: true,
  },
  {
    name: "dnatallto",
    kind: "DNAT ALL",
    hook: "prerouting",
    key: PAIR,
    data: "address",
    verdict: "dnat",
  },
  {
    name: "dnatall",
    kind: "DNAT ALL",
    hook: "prerouting",
    key: CLIENT,
    data: "address",
    verdict: "dnat",
  },
  { name: "snat", kind: "SNAT", hook: "postrouting", key: END, data: "address", verdict: "snat" },
  {
    name: "snathost",
    kind: "SNAT ALL",
    hook: "postrouting",
    key: PAIR,
    data: "address",
    verdict: "snat",
  },
  {
    name: "snatall",
    kind: "SNAT ALL",
    hook: "postrouting",
    key: CLIENT,
    data: "address",
    verdict: "snat",
  },
  { name: "masq", kind: "SNAT", hook: "postrouting", key: END, verdict: "masquerade" },
  { name: "masqhost", kind: "SNAT ALL", hook: "postrouting", key: PAIR, verdict: "masquerade" },
  { name: "masqall", kind: "SNAT ALL", hook: "postrouting", key: CLIENT, verdict: "masquerade" },
];

/** The priority is just before that of other programs' chains. */
const CHAINS: Readonly<Record<SetSchema["hook"], string>> = {
  input: "type filter hook input priority filter - 5; policy accept;",
  forward: "type filter hook forward priority filter - 5; policy accept;",
  prerouting: "type nat hook prerouting priority dstnat - 5; policy accept;",
  postrouting: "type nat hook postrouting priority srcnat - 5; policy accept;",
};

/** What the table can do. */
export interface NftShape {
  /** Whether grants may forward and rewrite. */
  readonly nat: boolean;
  /** Services of this host that the table drops for clients without a grant. */
  readonly protect: readonly Service[];
}

const FAMILIES: readonly AddressFamily[] = [4, 6];

/** The sets that a shape needs. */
export function setsOf({ nat }: NftShape): readonly SetSchema[] {
  // A local NAT grant opens in the input chain, but it needs rewriting.
  return nat ? NFT_SETS : NFT_SETS.filter(({ hook }) => hook === "input");
}

/**
 * Returns the commands that make the table, or change an existing one to this shape. Sets keep their elements; chains
 * get new rules. All commands form one transaction.
 */
export function tableCommands(shape: NftShape): string[] {
  const rules = ruleCommands(shape);
  const hooks = [...new Set(setsOf(shape).map(({ hook }) => hook))];
  return [
    `add table ${NFT_TABLE}`,
    ...setsOf(shape).flatMap((set) => FAMILIES.map((family) => setCommand(set, family))),
    `add set ${NFT_TABLE} ${PROTECTED_SET} { type inet_proto . inet_service; }`,
    `flush set ${NFT_TABLE} ${PROTECTED_SET}`,
    ...(shape.protect.length === 0 ? [] : [
      `add element ${NFT_TABLE} ${PROTECTED_SET} { ${
        shape.protect.map(({ protocol, port }) => `${protocol} . ${port}`).join(", ")
      } }`,
    ]),
    ...hooks.map((hook) => `add chain ${NFT_TABLE} ${hook} { ${CHAINS[hook]} }`),
    ...hooks.map((hook) => `flush chain ${NFT_TABLE} ${hook}`),
    ...rules,
  ];
}

/** Number of rules in each chain if no other program changed it. */
export function ruleCounts(shape: NftShape): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const command of ruleCommands(shape)) {
    const chain = command.split(" ")[4] ?? "";
    counts.set(chain, (counts.get(chain) ?? 0) + 1);
  }
  return counts;
}

/** The comment on a rule. At its next start, the daemon reads from it whether the table has the wanted shape. */
export function shapeComment(shape: NftShape): string {
  const text = [
    ...setsOf(shape).map(({ name }) => name),
    ...shape.protect.map(formatService),
    // Increase it when the form of rules or sets changes.
    "form 2",
  ].join(" ");
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return `fwknop ${hash.toString(16).padStart(8, "0")}`;
}

function setCommand({ name, key, data }: SetSchema, family: AddressFamily): string {
  const address = `ipv${family}_addr`;
  const parts = key.map((part) => part === "service" ? "inet_proto . inet_service" : address);
  const value = data === undefined
    ? ""
    : ` : ${address}${data === "endpoint" ? " . inet_service" : ""}`;
  const type = `type ${parts.join(" . ")}${value}; flags timeout;`;
  return `add ${data === undefined ? "set" : "map"} ${NFT_TABLE} ${name}${family} { ${type} }`;
}

function ruleCommands(shape: NftShape): string[] {
  const commands: string[] = [];
  for (const { name, hook, key, verdict, toThisHost } of setsOf(shape)) {
    for (const family of FAMILIES) {
      const ip = family === 4 ? "ip" : "ip6";
      const selector = key.map((part) =>
        part === "client"
          ? `${ip} saddr`
          : part === "host"
          ? `${ip} daddr`
          : "meta l4proto . th dport"
      ).join(" . ");
      const reference = `@${name}${family}`;
      const statement = verdict === "accept"
        ? `${selector} ${reference} meta mark set ${NFT_MARK} accept`
        : verdict === "masquerade"
        ? `${selector} ${reference} masquerade`
        : `${
          toThisHost ? "fib daddr type local " : ""
        }${verdict} ${ip} to ${selector} map ${reference}`;
      commands.push(`add rule ${NFT_TABLE} ${hook} ${statement}`);
    }
  }
  if (shape.protect.length > 0) {
    // Answers and open sessions pass, so a session outlives its grant.
    commands.push(
      `add rule ${NFT_TABLE} input iifname != "lo" meta l4proto . th dport @${PROTECTED_SET} ` +
        "ct state != { established, related } drop",
    );
  }
  return commands.map((command, index) =>
    index === 0 ? `${command} comment "${shapeComment(shape)}"` : command
  );
}
