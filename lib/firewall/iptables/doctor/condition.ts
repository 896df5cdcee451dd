/**
 * Whether a packet matches the conditions of a rule of iptables, as far as the rule alone shows.
 *
 * @module
 */
import { PROTOCOL_NUMBERS } from "../../../net/service.ts";
import { NFT_MARK } from "../../nft/schema.ts";
import {
  isLocalDestination,
  matchesDestination,
  matchesInterface,
  matchesOutput,
  matchesSource,
} from "../../../doctor/address_match.ts";
import { allOf, anyOf, decided, type Match, opposite } from "../../../doctor/chain_walk.ts";
import type { Condition } from "./words.ts";
import type { Packet } from "../../../doctor/packet.ts";

/** Whether all conditions hold; `maybe` if one of them is not understood. */
export function matchesIptables(conditions: readonly Condition[], packet: Packet): Match {
  return allOf(conditions.map((condition) => {
    const met = meets(condition, packet);
    return condition.negated ? opposite(met) : met;
  }));
}

/** Modules that match by their options only. */
const SILENT_MODULES: ReadonlySet<string> = new Set(
  ["tcp", "udp", "conntrack", "state", "multiport", "comment", "mark", "addrtype"],
);

function meets({ module, option, value, second }: Condition, packet: Packet): Match {
  const { service: { protocol, port }, interfaces, vague = {} } = packet;
  switch (option) {
    case "-m":
      return SILENT_MODULES.has(module) ? "yes" : "maybe";
    case "-i":
      return matchesInterface(value, interfaces);
    case "-o":
      return matchesOutput(value, packet);
    case "-s":
      return matchesSource(value, packet);
    case "-d":
      return matchesDestination(value, packet);
    case "-p":
      if (value === "all" || value === "0") return "yes";
      return vague.protocol === true
        ? "maybe"
        : decided(value === protocol || value === String(PROTOCOL_NUMBERS[protocol]));
    case "--dport":
    case "--dports":
      return vague.port === true ? "maybe" : decided(coversPort(value, port));
    case "--state":
    case "--ctstate":
      return vague.state === true ? "maybe" : anyOf(
        value.split(",").map((state) =>
          state === "DNAT" && vague.translated === true
            ? "maybe"
            : decided(statesOf(packet).includes(state))
        ),
      );
    case "--tcp-flags":
      return matchesFlags(value, second, packet);
    case "--mark":
      // Only our own table sets this mark, for clients with a grant. The mark of a connection is different.
      return module === "mark" && Number(value) === NFT_MARK && vague.mark !== true
        ? decided(packet.marked === true)
        : "maybe";
    case "--dst-type":
      if (value === "LOCAL") return isLocalDestination(packet);
      return /^(MULTICAST|BROADCAST)$/.test(value) ? "no" : "maybe";
    case "--invert":
      // A client that receives answers has a route.
      return module === "rpfilter" ? "no" : "maybe";
    default:
      return "maybe";
  }
}

/** The states of conntrack in the words of iptables. */
function statesOf({ established, translated }: Packet): string[] {
  return [established ? "ESTABLISHED" : "NEW", ...(translated === true ? ["DNAT"] : [])];
}

/**
 * The first packet of a connection has SYN, but not FIN, RST or ACK. The sender chooses PSH and URG, and the kernel
 * accepts the packet with them. UDP has no flags.
 */
function matchesFlags(
  mask: string,
  set: string | undefined,
  { service: { protocol }, established, vague = {} }: Packet,
): Match {
  if (vague.protocol === true || set === undefined) return "maybe";
  if (protocol !== "tcp") return "no";
  if (established) return "maybe";
  const wanted = flagsOf(set);
  return allOf(
    flagsOf(mask).map((flag) =>
      FREE_FLAGS.has(flag) ? "maybe" : decided(wanted.includes(flag) === (flag === "SYN"))
    ),
  );
}

const FLAGS: readonly string[] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];
const FREE_FLAGS: ReadonlySet<string> = new Set(["PSH", "URG"]);

function flagsOf(list: string): readonly string[] {
  if (list === "ALL") return FLAGS;
  return list === "NONE" ? [] : list.split(",");
}

/** `22`, `22:30`, `22,80,8000:8010`. */
function coversPort(text: string, port: number): boolean {
  return text.split(",").some((part) => {
    const [low = "", high = low] = part.split(":");
    return port >= Number(low || 0) && port <= Number(high || 65535);
  });
}
