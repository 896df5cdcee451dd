/**
 * Whether a packet meets the conditions of a rule of iptables, as far as that can be told without packets.
 *
 * @module
 */
import { NFT_MARK } from "../firewall/nft_schema.ts";
import { opposite, type Step } from "./chain_walk.ts";
import type { Packet } from "./packet.ts";

/** `maybe`: there is a condition that is not understood, such as an address or an interface. */
export function matchesIptables(words: readonly string[], packet: Packet): Step["match"] {
  let certain = true;
  let module = "";
  let negated = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (/^-[jg]$/.test(word)) break;
    if (word === "!") {
      negated = true;
      continue;
    }
    // What belongs to an option that is not understood.
    if (!word.startsWith("-")) continue;
    const value = words[++index] ?? "";
    if (word === "-m") module = value;
    if (word === "-m" || word === "--comment") continue;
    const met = meets({ module, option: word, value }, packet);
    const match = negated ? opposite(met) : met;
    negated = false;
    if (match === "no") return "no";
    if (match === "maybe") certain = false;
  }
  return certain ? "yes" : "maybe";
}

/** An option with its value, and the module that was named last before it: some share their names. */
interface Condition {
  readonly module: string;
  readonly option: string;
  readonly value: string;
}

function meets({ module, option, value }: Condition, packet: Packet): Step["match"] {
  const { service: { protocol, port }, hook = "input" } = packet;
  switch (option) {
    case "-i":
      return value === "lo" ? "no" : "maybe";
    case "-p":
      return decided(value === protocol || value === "all");
    case "--dport":
    case "--dports":
      return decided(coversPort(value, port));
    case "--state":
    case "--ctstate":
      return decided(value.split(",").some((state) => statesOf(packet).includes(state)));
    case "--mark":
      // Only our own table sets it, for those who knocked; a connection's mark is another thing.
      return module === "mark" && Number(value) === NFT_MARK
        ? decided(packet.marked === true)
        : "maybe";
    case "--dst-type":
      return value === "LOCAL" ? decided(hook === "input") : "maybe";
    default:
      return "maybe";
  }
}

function decided(holds: boolean): "yes" | "no" {
  return holds ? "yes" : "no";
}

/** What conntrack says of it, in the words of iptables. */
function statesOf({ established, translated }: Packet): string[] {
  return [established ? "ESTABLISHED" : "NEW", ...(translated === true ? ["DNAT"] : [])];
}

/** `22`, `22:30`, `22,80,8000:8010`. */
function coversPort(text: string, port: number): boolean {
  return text.split(",").some((part) => {
    const [low = "", high = low] = part.split(":");
    return port >= Number(low || 0) && port <= Number(high || 65535);
  });
}
