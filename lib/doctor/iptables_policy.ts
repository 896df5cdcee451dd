/**
 * What a host's iptables policy does to a connection, as far as its rules can be understood without packets.
 *
 * @module
 */
import type { Service } from "../net/service.ts";
import { NFT_MARK } from "../firewall/nft_schema.ts";
import { ANY_SERVICE } from "./any_service.ts";
import { DECIDED_ELSEWHERE, exitsOf, type Fate, fateBehind, type Step } from "./chain_walk.ts";
import { type ListedRule, type Listing, parseListing } from "../firewall/iptables_listing.ts";

/** One table: its chains and the policies of the built-in ones. */
export interface Policy {
  readonly chains: Listing;
  /** `ACCEPT` or `DROP` by chain. */
  readonly policies: ReadonlyMap<string, string>;
}

/** Reads `iptables -t TABLE -S`. */
export function parsePolicy(text: string): Policy {
  const policies = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, chain, policy] = /^-P (\S+) ([A-Z]+)$/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies.set(chain, policy);
  }
  return { chains: parseListing(text), policies };
}

/** What the INPUT chain does to a new connection (or first datagram) from anywhere to a service of this host. */
export function fateOf(policy: Policy, service: Service): Fate {
  return fate(policy, { service, established: false });
}

/** Whether packets of connections that stand already are let in whatever port they are for. */
export function acceptsEstablished(policy: Policy): boolean {
  return fate(policy, { service: ANY_SERVICE, established: true }) === "accepted";
}

/** What FORWARD does to a new connection through this host, whatever its ends. */
export function forwardFate(filter: Policy): Fate {
  const otherwise = filter.policies.get("FORWARD") === "DROP" ? "dropped" : "accepted";
  return fateIn(filter, "FORWARD", { service: ANY_SERVICE, established: false }, otherwise);
}

/** A packet of a connection. */
export interface Packet {
  readonly service: Service;
  readonly established: boolean;
}

function fate(policy: Policy, packet: Packet): Fate {
  const otherwise = policy.policies.get("INPUT") === "DROP" ? "dropped" : "accepted";
  return fateIn(policy, "INPUT", packet, otherwise);
}

/**
 * What a chain does to a packet.
 *
 * @param otherwise what becomes of one that no rule decided about.
 */
export function fateIn(
  policy: Policy,
  chain: string,
  packet: Packet,
  otherwise: "accepted" | "dropped",
): Fate {
  const stepsOf = (name: string) =>
    (policy.chains.get(name) ?? []).flatMap((rule) => steps(policy, rule, packet));
  return fateBehind(exitsOf(chain, stepsOf), otherwise);
}

function steps(policy: Policy, rule: ListedRule, packet: Packet): readonly Step[] {
  const match = matches(rule, packet);
  // A rule of ours admits those who knocked; it says nothing about anybody else.
  const isOurs = rule.words.some((word) => word.startsWith("_exp_"));
  if (match === "no" || (match === "maybe" && isOurs)) return [];
  const at = rule.words.findIndex((word) => /^-[jg]$/.test(word));
  const [how = "", target = ""] = rule.words.slice(at, at + 2);
  return /^(NF)?QUEUE$|^SYNPROXY$/.test(target)
    ? DECIDED_ELSEWHERE
    : [{ match, does: effect(policy, how, target) }];
}

function effect(policy: Policy, how: string, target: string): Step["does"] {
  if (target === "ACCEPT") return "accepted";
  if (target === "DROP" || target === "REJECT") return "dropped";
  if (target === "RETURN") return "returned";
  // LOG, MARK and the like let the packet go on.
  if (!policy.chains.has(target)) return "nothing";
  return how === "-g" ? { goto: target } : { jump: target };
}

/** `maybe`: there is a condition that is not understood, such as an address or an interface. */
function matches({ words }: ListedRule, { service, established }: Packet): Step["match"] {
  let certain = true;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const value = words[index + 1] ?? "";
    if (word === "!") {
      certain = false;
      index += 2;
    } else if (/^-[jg]$/.test(word)) break;
    else if (word === "-i" && value === "lo") return "no";
    else if (word === "-p") {
      if (value !== service.protocol && value !== "all") return "no";
      index++;
    } else if (word === "--dport" || word === "--dports") {
      if (!coversPort(value, service.port)) return "no";
      index++;
    } else if (word === "--state" || word === "--ctstate") {
      const states = value.split(",");
      if (!states.includes(established ? "ESTABLISHED" : "NEW")) return "no";
      index++;
    } else if (word === "--mark" && Number(value) === NFT_MARK) {
      // Only our own table sets it, for those who knocked.
      return "no";
    } else if (word === "-m" || word === "--comment") index++;
    else {
      certain = false;
      index++;
    }
  }
  return certain ? "yes" : "maybe";
}

/** `22`, `22:30`, `22,80,8000:8010`. */
function coversPort(text: string, port: number): boolean {
  return text.split(",").some((part) => {
    const [low = "", high = low] = part.split(":");
    return port >= Number(low || 0) && port <= Number(high || 65535);
  });
}
