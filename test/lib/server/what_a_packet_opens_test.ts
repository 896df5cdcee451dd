/**
 * A second implementation of what a packet may open, written from the documents only. The test compares it with
 * the rules that configuration files and sealed packets lead to.
 */
import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { policyFromSettings } from "../../../lib/server/policy.ts";
import type { Grant } from "../../../lib/firewall/grant.ts";
import { grantRules } from "../../../lib/firewall/iptables/grant_rules.ts";
import { grantElements } from "../../../lib/firewall/nft/grant_elements.ts";
import { readGrant } from "../../../lib/firewall/read_grant.ts";
import { Actor } from "../../../lib/server/actor.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { encodeHttpRequest } from "../../../lib/spa/http.ts";
import type { MessageType } from "../../../lib/spa/message.ts";
import { grantTaker } from "../../support/grant_taker.ts";
import { readTexts } from "../../support/config_files.ts";
import { defaultChains } from "../../support/firewall.ts";
import { datagram, seal } from "../../support/packet.ts";
import { anAddress } from "../../support/address.ts";
import { aPlace } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const OWN: [string, ...string[]] = ["198.51.100.7", "192.168.123.1", "2001:db8:1::7"];
/** The address that the name in a request resolves to. */
const NAMED = "192.168.123.40";
const CHAINS = defaultChains("input", "forward", "dnat");

/** Everything that may influence what is opened. */
interface Case {
  readonly forwarding: boolean;
  readonly localNat: boolean;
  readonly destinationRule: boolean;
  readonly stanza: {
    readonly open: readonly string[] | undefined;
    readonly restrict: readonly string[];
    readonly targets:
      | readonly (readonly [place: string, services: readonly string[]])[]
      | undefined;
    readonly forced: readonly [host: string, port: number] | undefined;
    readonly forwardAll: boolean;
    readonly disableDnat: boolean;
    readonly requireSource: boolean;
    readonly username: string | undefined;
    readonly forwardAccess: boolean | undefined;
    readonly does: "rules" | "cycle" | "commands";
  };
  readonly type: MessageType;
  readonly client: string;
  readonly services: readonly string[];
  readonly nat: readonly [host: string, port: number];
  readonly timeout: number;
  readonly source: string;
  readonly sentTo: string;
  /** The X-Forwarded-For header of a proxy; absent: no HTTP. */
  readonly forwardedFor: string | undefined;
}

const clients: [string, ...string[]] = [
  "192.0.2.44",
  "2001:db8::44",
  "::ffff:192.0.2.45",
  "0.0.0.0",
  "::",
  "fe80::44",
];
const hosts = [
  ...OWN,
  "192.168.123.31",
  "10.0.0.9",
  "2001:db8:2::31",
  "127.0.0.1",
  "::ffff:127.0.0.1",
  "::1",
  "0.0.0.0",
  "255.255.255.255",
  "224.0.0.1",
  "ff02::1",
  "desk.example.com",
];
const some = fc.subarray(["tcp/22", "tcp/80", "udp/53", "tcp/40001"], { minLength: 1 });
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const places = fc.constantFrom("local", "any", "192.168.123.0/24", "10.0.0.9", "2001:db8:2::/48");

/** Values that let packets through are more frequent; otherwise hardly a packet would open anything. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const cases: fc.Arbitrary<Case> = fc.record({
  forwarding: mostly(true, false),
  localNat: mostly(true, false),
  destinationRule: fc.boolean(),
  stanza: fc.record({
    open: option(some),
    restrict: fc.constantFrom<readonly string[]>([], ["tcp/22"], ["tcp/22", "udp/53"]),
    targets: option(fc.array(fc.tuple(places, some), { minLength: 1, maxLength: 3 })),
    forced: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, {
      weight: 1,
      arbitrary: fc.tuple(
        mostly("192.168.123.31", ...OWN, "127.0.0.1"),
        fc.constantFrom(22, 3306),
      ),
    }),
    forwardAll: mostly(false, true),
    disableDnat: mostly(false, true),
    requireSource: mostly(false, true),
    username: mostly<string | undefined>(undefined, "alice", "bob"),
    forwardAccess: mostly<boolean | undefined>(undefined, true, false),
    does: mostly<"rules" | "cycle" | "commands">("rules", "cycle", "commands"),
  }),
  type: fc.constantFrom<MessageType>(0, 1, 2, 3, 4, 5, 6),
  client: mostly(...clients),
  services: fc.array(fc.constantFrom("tcp/22", "tcp/80", "udp/53", "tcp/40001"), {
    minLength: 1,
    maxLength: 3,
  }),
  nat: fc.tuple(fc.constantFrom(...hosts), fc.constantFrom(22, 80, 53, 3306)),
  timeout: fc.constantFrom(0, 1, 40, 65536),
  source: mostly("192.0.2.9", "2001:db8::9", "127.0.0.1"),
  sentTo: mostly(...OWN, "127.0.0.1", "198.51.100.255", "255.255.255.255", "10.0.0.9"),
  forwardedFor: mostly<string | undefined>(undefined, "203.0.113.5", "unknown", "fe80::1"),
});

/** Whether the files are valid: FORCE_NAT, FORWARD_ALL and NAT_TARGETS depend on each other. */
function isPossible({ forwarding, localNat, stanza }: Case): boolean {
  const { forced, forwardAll, targets } = stanza;
  if (forced !== undefined && !forwarding && !localNat) return false;
  return !forwardAll || (forwarding && targets === undefined);
}

/** What the documents promise: what is open after the packet. `undefined`: nothing. */
function promised(is: Case): readonly string[] | undefined {
  const { stanza, type, services, nat, sentTo } = is;
  const client = clientOf(is);
  if (client === undefined) return undefined;
  if (stanza.username !== undefined && stanza.username !== "alice") return undefined;
  if (type === 0) return stanza.does === "commands" ? [`run ${client}`] : undefined;
  if (client.startsWith("fe80")) return undefined;
  const isLocal = type === 5 || type === 6;
  const isForward = type === 2 || type === 4;
  if (isLocal && !is.localNat) return undefined;
  if (isForward && (!is.forwarding || stanza.forwardAccess === false)) return undefined;
  const { open, restrict, forced, forwardAll, targets } = stanza;
  if (services.some((service) => restrict.includes(service))) return undefined;
  if (open !== undefined && !services.every((service) => open.includes(service))) return undefined;
  const [first = ""] = services;
  if (stanza.does === "cycle") return [`cycle ${client} ${first}`];

  const [protocol = ""] = first.split("/");
  const here = is.destinationRule ? sentTo : "any";
  const seconds = Math.min(is.timeout !== 0 && hasTimeout(type) ? is.timeout : 30, 300);
  const rules = (end: string | undefined, ...lines: string[]) =>
    [client, end, is.destinationRule ? sentTo : undefined]
        .every((address) => address === undefined || isIpv6(address) === isIpv6(client))
      ? [...new Set(lines)].toSorted().map((line) => `${line} for ${seconds}`)
      : undefined;
  // One service: to this host's addresses, or to the packet's destination if this host only routes it.
  const isRouted = ["10.0.0.9", "198.51.100.255"].includes(sentTo) && !isIpv6(client);
  const called = is.destinationRule || isRouted ? sentTo : "here";
  const dnat = (outside: string, to: string) =>
    stanza.disableDnat
      ? []
      : [`dnat ${client} -> ${outside === "all" ? here : called} ${outside} => ${to}`];
  const toThisHost = (host: string, port: number) =>
    rules(host, `in ${client} -> ${host} ${protocol}/${port}`, ...dnat(first, `${host} ${port}`));
  const toInside = (host: string, port: number) =>
    forwardAll ? rules(host, `fwd ${client} -> ${host} all`, ...dnat("all", host)) : rules(
      host,
      `fwd ${client} -> ${host} ${protocol}/${port}`,
      ...dnat(first, `${host} ${port}`),
    );

  if (forced !== undefined) {
    const [host, port] = forced;
    const isHere = OWN.includes(host) || host === "127.0.0.1";
    if (isHere && !forwardAll) return toThisHost(host, port);
    // A rule for everything cannot have loopback as its target.
    return host === "127.0.0.1" ? undefined : toInside(host, port);
  }
  const [named, port] = nat;
  const inside = `${protocol}/${port}`;
  const isLocalAllowed = !restrict.includes(inside) &&
    (open === undefined && targets === undefined || open?.includes(inside) === true ||
      targets?.some(([place, list]) => place === "local" && list.includes(inside)) === true);
  if (isLocal) {
    const end = OWN.includes(named) ? named : sentTo;
    const isHere = OWN.includes(end) || end === "127.0.0.1";
    return isLocalAllowed && isHere ? toThisHost(end, port) : undefined;
  }
  if (isForward) {
    const host = named === "desk.example.com" ? NAMED : named;
    if (OWN.includes(host)) {
      return is.localNat && isLocalAllowed && !forwardAll ? toThisHost(host, port) : undefined;
    }
    if (!["192.168.123.31", "10.0.0.9", "2001:db8:2::31", NAMED].includes(host)) return undefined;
    const isListed = targets === undefined ||
      targets.some(([place, list]) => list.includes(inside) && isInPlace(host, place));
    return isListed ? toInside(host, port) : undefined;
  }
  if (forwardAll) return rules(undefined, `fwd ${client} -> any all`);
  return rules(undefined, ...services.map((service) => `in ${client} -> ${here} ${service}`));
}

/** The admitted address; `undefined`: the client must name it, or the proxy does not say it. */
function clientOf({ client, stanza, forwardedFor, source }: Case): string | undefined {
  if (client === "::ffff:192.0.2.45") return "192.0.2.45";
  if (client !== "0.0.0.0" && client !== "::") return client;
  if (stanza.requireSource) return undefined;
  return forwardedFor === "unknown" ? undefined : forwardedFor ?? source;
}

function hasTimeout(type: MessageType): boolean {
  return type === 3 || type === 4 || type === 6;
}

function isIpv6(address: string): boolean {
  return address.includes(":");
}

function isInPlace(host: string, place: string): boolean {
  const beginnings: Record<string, string> = {
    "any": "",
    "192.168.123.0/24": "192.168.123.",
    "10.0.0.9": "10.0.0.9",
    "2001:db8:2::/48": "2001:db8:2:",
  };
  const beginning = beginnings[place];
  return beginning !== undefined && host.startsWith(beginning);
}

/** What the program opens, by the rules of iptables and by the elements of nftables. */
async function found(is: Case): Promise<{ iptables: Opened; nft: Opened }> {
  const { config, diagnostics } = readTexts({ conf: confOf(is), access: accessOf(is) });
  assert(config !== undefined, JSON.stringify(diagnostics));
  const stanzas = config.stanzas.map(({ stanza }) => stanza);
  const policy = policyFromSettings(config.settings, false);
  const granted: Grant[] = [];
  const others: string[] = [];
  const firewall = grantTaker((asked) => {
    const grant = readGrant(asked, NOW * 1000);
    if (typeof grant !== "string") granted.push(grant);
  });
  const actor = new Actor(
    {
      firewall,
      commands: undefined,
      cycles: undefined,
      lookUp: () => Promise.resolve(anAddress(NAMED)),
      placeOf: aPlace(...OWN),
      policy,
      stanzas,
    },
    () => {},
    () => NOW,
    new AbortController().signal,
  );
  const processor = new PacketProcessor({
    stanzas,
    policy,
    replay: new ReplayCache({ window: 120 }),
    now: () => NOW,
    observe: () => {},
    act: (decision, packet) => {
      const { kind, address: { text } } = decision;
      if (kind === "run") others.push(`run ${text}`);
      else if (kind === "cycle") {
        const [{ protocol, port }] = decision.services;
        others.push(`cycle ${text} ${protocol}/${port}`);
      } else actor.act(decision, packet);
    },
  });
  processor.process({ ...datagram(packetOf(is), is.source), destination: anAddress(is.sentTo) }, 1);
  await actor.settle();
  const [grant] = granted;
  if (grant === undefined) {
    const opened = others.length === 0 ? undefined : others;
    return { iptables: opened, nft: opened };
  }
  return { iptables: byIptables(grant), nft: byNft(grant) };
}

type Opened = readonly string[] | undefined;

function confOf({ forwarding, localNat, destinationRule }: Case): string {
  const word = (value: boolean) => value ? "Y" : "N";
  return [
    `ENABLE_IPT_FORWARDING ${word(forwarding)}`,
    `ENABLE_IPT_LOCAL_NAT ${word(localNat)}`,
    `ENABLE_DESTINATION_RULE ${word(destinationRule)}`,
    "ENABLE_SPA_OVER_HTTP Y",
    "ENABLE_X_FORWARDED_FOR Y",
    "",
  ].join("\n");
}

function accessOf({ stanza }: Case): string {
  const { open, targets, forced, forwardAccess, does } = stanza;
  return [
    "SOURCE ANY",
    "KEY testtest",
    "HMAC_KEY hmackey1",
    `REQUIRE_SOURCE_ADDRESS ${stanza.requireSource ? "Y" : "N"}`,
    ...(open === undefined ? [] : [`OPEN_PORTS ${open.join()}`]),
    ...(stanza.restrict.length === 0 ? [] : [`RESTRICT_PORTS ${stanza.restrict.join()}`]),
    ...(targets === undefined
      ? []
      : [`NAT_TARGETS ${targets.map(([place, list]) => [place, ...list].join(" ")).join(", ")}`]),
    ...(forced === undefined ? [] : [`FORCE_NAT ${forced.join(" ")}`]),
    ...(stanza.forwardAll ? ["FORWARD_ALL Y"] : []),
    ...(stanza.disableDnat ? ["DISABLE_DNAT Y"] : []),
    ...(stanza.username === undefined ? [] : [`REQUIRE_USERNAME ${stanza.username}`]),
    ...(forwardAccess === undefined ? [] : [`ENABLE_FORWARD_ACCESS ${forwardAccess ? "Y" : "N"}`]),
    ...(does === "cycle" ? ["CMD_CYCLE_OPEN /bin/true $SRC", "CMD_CYCLE_CLOSE NONE"] : []),
    ...(does === "commands" ? ["ENABLE_CMD_EXEC Y"] : []),
    "",
  ].join("\n");
}

function packetOf({ type, client, services, nat, timeout, forwardedFor }: Case): string {
  const { packetText } = seal({
    type,
    message: `${client},${type === 0 ? "id" : services.join()}`,
    ...(type === 2 || type >= 4 ? { natAccess: nat.join() } : {}),
    ...(hasTimeout(type) ? { clientTimeout: timeout } : {}),
  }, { time: NOW });
  if (forwardedFor === undefined) return packetText;
  return encodeHttpRequest(packetText, { host: "server.example" })
    .replace("Accept:", `X-Forwarded-For: ${forwardedFor}\r\nAccept:`);
}

function byIptables(grant: Grant): Opened {
  const rules = grantRules(grant, CHAINS, { datestop: false, addressType: true });
  assert(typeof rules !== "string", String(rules));
  const hooks: Record<string, string> = {
    FWKNOP_INPUT: "in",
    FWKNOP_FORWARD: "fwd",
    FWKNOP_PREROUTING: "dnat",
  };
  const lines = rules.map(({ rule }) => {
    assert(rule.sourcePort === undefined);
    const to = rule.to === undefined
      ? ""
      : ` => ${
        rule.destinationPort === undefined
          ? rule.to.value
          : rule.to.value.replace(/^\[?([^\]]*?)\]?:([0-9]+)$/, "$1 $2")
      }`;
    const everywhere = rule.toThisHost ? "here" : "any";
    return `${hooks[rule.chain]} ${rule.source} -> ${rule.destination ?? everywhere} ${
      rule.protocol === undefined ? "all" : `${rule.protocol}/${rule.destinationPort}`
    }${to} for ${rule.expires - NOW}`;
  });
  return [...new Set(lines)].toSorted();
}

function byNft(grant: Grant): Opened {
  const lines = grantElements(grant).map(({ summary, text, value }) => {
    const name = summary.chain.slice(0, -1);
    const [client, ...rest] = text.split(" . ");
    const hook = name.startsWith("access") ? "in" : name.startsWith("fwd") ? "fwd" : "dnat";
    const host = ["accessto", "fwd", "fwdhost", "dnatto", "dnatallto"].includes(name)
      ? rest.shift()
      : name === "dnat"
      ? "here"
      : "any";
    const service = rest.length === 0 ? "all" : rest.join("/");
    const to = value === undefined ? "" : ` => ${value.replace(" . ", " ")}`;
    return `${hook} ${client} -> ${host} ${service}${to} for ${summary.expires - NOW}`;
  });
  return [...new Set(lines)].toSorted();
}

Deno.test("for every stanza and packet, the server opens what the documents promise and nothing else", async () => {
  const count = { opened: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(cases.filter(isPossible), async (is) => {
      const opened = promised(is);
      count[opened === undefined ? "refused" : "opened"]++;
      const { iptables, nft } = await found(is);
      assertEquals(iptables, opened, "iptables");
      assertEquals(nft, opened, "nft");
    }),
    { numRuns: 1500 },
  );
  assert(count.opened > 200 && count.refused > 200, JSON.stringify(count));
});
