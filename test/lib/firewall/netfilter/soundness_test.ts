/** Checks the doctor against the kernel: if the doctor says that a port is closed, no packet of a stranger arrives. */
import fc from "property-testing";
import { type AddressFamily, parseAddress } from "../../../../lib/net/address.ts";
import { property } from "../../../../lib/firewall/nft/listing.ts";
import { examineIn } from "../../../support/doctor.ts";
import { failsInNamespace, type Namespace, namespaceTest } from "../../../support/namespace.ts";
import {
  type ProbeDatagram,
  ProbeSender,
  probeTable,
  untilCame,
} from "../../../support/packet_probe.ts";
import {
  FILTERED_HOST,
  FILTERED_HOST_6,
  INSIDE_HOST,
  INSIDE_HOST_6,
  overFamily,
  PORTS,
  type RandomRules,
  randomRules,
  STRANGER,
  STRANGER_6,
} from "../../../support/random_rules.ts";

const family = fc.constantFrom<AddressFamily>(4, 6);

/** Number of rulesets, if the time does not limit it: FWKNOP_RULESETS=2000. */
const RULESETS = Number(Deno.env.get("FWKNOP_RULESETS") ?? NaN) || undefined;

/** Each port of the host, then each of the inside host. The size of a packet identifies its destination. */
const sentTo = (...hosts: readonly string[]) =>
  hosts.flatMap((host, at) =>
    PORTS.map((port, index): ProbeDatagram => [host, port, 1 + at * PORTS.length + index])
  );
const SENT = { 4: sentTo(FILTERED_HOST, INSIDE_HOST), 6: sentTo(FILTERED_HOST_6, INSIDE_HOST_6) };

/** Counters after all rules: by where a packet was sent, and by where it arrives. */
const COUNTED: Readonly<Record<string, string>> = Object.fromEntries([
  ...SENT[4].flatMap(([, , size]) =>
    ["input", "forward"].map((hook) => [
      `${hook}_sent_${size}`,
      `${hook} meta l4proto udp udp length ${8 + size}`,
    ])
  ),
  ...PORTS.map((
    port,
  ) => [`input_at_${port}`, `input meta l4proto udp iifname eth0 udp dport ${port}`]),
  ...PORTS.flatMap((port) => [
    [
      `forward_at_4_${port}`,
      `forward meta l4proto udp iifname eth0 ip daddr ${INSIDE_HOST} udp dport ${port}`,
    ],
    [
      `forward_at_6_${port}`,
      `forward meta l4proto udp iifname eth0 ip6 daddr ${INSIDE_HOST_6} udp dport ${port}`,
    ],
  ]),
  ["forward_any_4", "forward meta l4proto udp iifname eth0 ip daddr 10.9.1.0/24"],
  ["forward_any_6", "forward meta l4proto udp iifname eth0 ip6 daddr fd00:9:1::/64"],
]);

namespaceTest(
  "if the doctor says that a port is closed, on this host or behind it, no packet of a stranger arrives, whatever the rules",
  { programs: ["iptables", "iptables-restore", "ip6tables-restore", "nft"] },
  async (lab) => {
    const [client, host, inside] = [
      await lab.namespace("client"),
      await lab.namespace("host"),
      await lab.namespace("inside"),
    ];
    await lab.cable(
      { namespace: client, device: "eth0", addresses: [`${STRANGER}/24`, `${STRANGER_6}/64`] },
      {
        namespace: host,
        device: "eth0",
        addresses: [`${FILTERED_HOST}/24`, `${FILTERED_HOST_6}/64`],
      },
    );
    await lab.cable(
      { namespace: host, device: "lan0", addresses: ["10.9.1.1/24", "fd00:9:1::1/64"] },
      {
        namespace: inside,
        device: "eth0",
        addresses: [`${INSIDE_HOST}/24`, `${INSIDE_HOST_6}/64`],
      },
    );
    await client.route("default", "via", FILTERED_HOST);
    await inside.route("default", "via", "10.9.1.1");
    await client.must("ip", "-6", "route", "add", "default", "via", FILTERED_HOST_6);
    await inside.must("ip", "-6", "route", "add", "default", "via", "fd00:9:1::1");
    await host.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
    await host.must("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
    const hasLegacy = failsInNamespace("iptables-legacy", "-S") === undefined;
    const sender = new ProbeSender(client);
    await sender.ready();
    // No rule may stop the neighbour discovery.
    const hardware = async (namespace: Namespace, device: string) => {
      const links: unknown = JSON.parse(await namespace.must("ip", "-j", "link", "show", device));
      return String(property(Array.isArray(links) ? links[0] : undefined, "address"));
    };
    const knows = async (
      one: Namespace,
      device: string,
      other: Namespace,
      its: string,
      hosts: readonly string[],
    ) => {
      const address = await hardware(other, its);
      for (const to of hosts) {
        const words = [
          "neigh",
          "replace",
          to,
          "lladdr",
          address,
          "dev",
          device,
          "nud",
          "permanent",
        ];
        await one.must("ip", ...words);
      }
    };
    await knows(client, "eth0", host, "eth0", [FILTERED_HOST, FILTERED_HOST_6]);
    await knows(host, "eth0", client, "eth0", [STRANGER, STRANGER_6]);
    await knows(host, "lan0", inside, "eth0", [INSIDE_HOST, INSIDE_HOST_6]);
    await sender.send([...SENT[4], ...SENT[6]]);
    const seen = { refused: 0, ruled: 0, closed: 0, open: 0 };
    try {
      await fc.assert(
        fc.asyncProperty(randomRules, fc.boolean(), family, async (any, knowsInterface, family) => {
          const rules = hasLegacy ? any : { ...any, legacy: "" };
          if (!await load(host, overFamily(family, rules), family)) {
            seen.refused++;
            return;
          }
          seen.ruled++;
          const claims = await claimsOf(host, knowsInterface, family);
          await sender.send(SENT[family]);
          const counters = await untilCame(host, SENT[family].length);
          const count = (name: string) => counters.get(name) ?? 0;
          for (const [index, port] of PORTS.entries()) {
            const arrived = count(`input_sent_${index + 1}`) + count(`forward_sent_${index + 1}`) +
              count(`input_at_${port}`);
            if (arrived > 0) seen.open++;
            if (!claims.own.includes(port)) continue;
            seen.closed++;
            if (arrived > 0) throw new Error(`udp/${port} of the host is open\n${claims.texts}`);
          }
          for (const port of claims.inside) {
            if (count(`forward_at_${family}_${port}`) > 0) {
              throw new Error(`udp/${port} of the inside host is open\n${claims.texts}`);
            }
          }
          if (claims.anyInside && count(`forward_any_${family}`) > 0) {
            throw new Error(`a host inside is reachable\n${claims.texts}`);
          }
        }),
        // As many as the time allows.
        RULESETS === undefined
          ? { interruptAfterTimeLimit: 8000, endOnFailure: true }
          : { numRuns: RULESETS },
      );
    } finally {
      await sender.stop();
    }
    // deno-lint-ignore no-console -- how much was tried
    if (RULESETS !== undefined) console.log(seen);
    if (seen.closed === 0 || seen.open === 0) {
      throw new Error(`Nothing was tried: ${JSON.stringify(seen)}`);
    }
  },
);

/** Loads the rules; `false` if the kernel or a program refuses them. */
async function load(
  host: Namespace,
  { iptables, legacy, nft }: RandomRules,
  family: AddressFamily,
): Promise<boolean> {
  const program = family === 4 ? "iptables" : "ip6tables";
  const probe = probeTable("eth0", COUNTED);
  const feed = async (text: string, ...words: string[]) => {
    const child = host.spawn(words, { stdin: "piped", stdout: "null", stderr: "null" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text)).catch(() => {});
    await writer.close().catch(() => {});
    return (await child.status).success;
  };
  if (hadLegacy !== undefined && !await feed(FLUSHED, `${hadLegacy}-legacy-restore`)) return false;
  hadLegacy = legacy === "" ? undefined : program;
  if (!await feed(`flush ruleset\n${nft}`, "nft", "-f", "-")) return false;
  if (iptables !== "" && !await feed(iptables, `${program}-restore`)) return false;
  if (legacy !== "" && !await feed(legacy, `${program}-legacy-restore`)) return false;
  return await feed(probe, "nft", "-f", "-");
}

/** Every table empty, with the policies of a new table. */
const FLUSHED = Object.entries({
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  raw: ["PREROUTING", "OUTPUT"],
}).map(([table, chains]) =>
  [`*${table}`, ...chains.map((chain) => `:${chain} ACCEPT`), "COMMIT", ""].join("\n")
).join("");
let hadLegacy: string | undefined;

interface Claims {
  /** Ports of the host, and of the inside host, that the doctor calls closed. */
  readonly own: readonly number[];
  readonly inside: readonly number[];
  /** Whether the doctor calls everything behind the host closed. */
  readonly anyInside: boolean;
  readonly texts: string;
}

async function claimsOf(
  host: Namespace,
  knowsInterface: boolean,
  family: AddressFamily,
): Promise<Claims> {
  const address = parseAddress(family === 4 ? INSIDE_HOST : INSIDE_HOST_6);
  if (address === undefined) throw new TypeError("not an address");
  const services = PORTS.map((port) => ({ protocol: "udp", port } as const));
  const findings = await examineIn(host, "iptables", {
    services,
    ipv6: family === 6,
    inside: [...services.map((service) => ({ address, service })), {}],
    ...(knowsInterface ? { interfaces: ["eth0"] } : {}),
  });
  const closed = findings.filter(({ state }) => state === "good").map(({ text }) => text);
  const isSaid = (pattern: (port: number) => RegExp) =>
    PORTS.filter((port) => closed.some((text) => pattern(port).test(text)));
  return {
    own: isSaid((port) => new RegExp(`^udp/${port} is closed`)),
    inside: isSaid((port) => new RegExp(`^udp/${port} of ${address.text} is closed`, "i")),
    anyInside: closed.some((text) => /^Hosts behind this one are closed/.test(text)),
    texts: findings.map(({ state, text }) => `${state} ${text}`).join("\n"),
  };
}
