/**
 * NAT_TARGETS: the destinations of a rewritten connection that a client may name.
 *
 *     NAT_TARGETS  local tcp/22, 192.168.1.0/24 tcp/3389 tcp/22, 2001:db8::31 any, any tcp/443
 *
 * Items are joined by commas. An item is a place and its services, separated by blanks. The place is `local` (the
 * server itself), an address or prefix of inside hosts, or `any` (every inside host). The services are a list, or
 * `any`. The server's own addresses always count as `local`.
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { formatPrefix, parsePrefix, type Prefix, prefixContains } from "../net/prefix.ts";
import { formatService, parseService, sameService, type Service } from "../net/service.ts";
import { type Failure, failure, success } from "../errors/result.ts";
import { nearestWord } from "./did_you_mean.ts";
import type { ParsedValue, ValueError } from "./parsed_value.ts";

/** One item. */
export interface NatTargetItem {
  readonly place: "local" | "any" | Prefix;
  /** At least one. */
  readonly services: "any" | readonly Service[];
}

/** The list. */
export type NatTargets = readonly NatTargetItem[];

/** Parses the value. Blanks around commas and capital letters are allowed. */
export function parseNatTargets(text: string): ParsedValue<NatTargets> {
  const items: NatTargetItem[] = [];
  let start = 0;
  for (const part of text.split(",")) {
    const item = parseItem(part);
    if (typeof item === "function") return item(start);
    items.push(item);
    start += part.length + 1;
  }
  return success(items);
}

/** Writes the value in its shortest form. */
export function formatNatTargets(targets: NatTargets): string {
  return targets.map(({ place, services }) => {
    const where = typeof place === "string" ? place : formatPrefix(place);
    return `${where} ${services === "any" ? services : services.map(formatService).join(" ")}`;
  }).join(", ");
}

/** Whether a client may be sent to that service on the server itself. */
export function allowsLocal(targets: NatTargets, service: Service): boolean {
  return targets.some((item) => item.place === "local" && holds(item, service));
}

/** Whether a client may be sent to that service on an inside host. */
export function allowsInside(targets: NatTargets, host: Address, service: Service): boolean {
  return targets.some((item) =>
    item.place !== "local" && (item.place === "any" || prefixContains(item.place, host)) &&
    holds(item, service)
  );
}

function holds({ services }: NatTargetItem, service: Service): boolean {
  return services === "any" || services.some((listed) => sameService(listed, service));
}

/** Makes the error from the offset of the item in the value. */
type Wrong = (start: number) => Failure<ValueError>;

function parseItem(part: string): NatTargetItem | Wrong {
  const words = [...part.matchAll(/\S+/g)].map((match) => ({ word: match[0], at: match.index }));
  const [first, ...others] = words;
  if (first === undefined) {
    return wrong(part, 0, "An item between the commas is missing");
  }
  const place = parsePlace(first.word);
  if (place === undefined) return wrong(first.word, first.at, placeHint(first.word));
  if (others.length === 0) {
    return wrong(first.word, first.at, `Name the services there: ${first.word} tcp/22`);
  }
  const services: Service[] = [];
  for (const { word, at } of others) {
    if (word.toLowerCase() === "any" && others.length === 1) return { place, services: "any" };
    const service = parseService(word.toLowerCase());
    if (service === undefined) return wrong(word, at, serviceHint(word));
    services.push(service);
  }
  return { place, services };
}

function parsePlace(word: string): NatTargetItem["place"] | undefined {
  const lower = word.toLowerCase();
  return lower === "local" || lower === "any" ? lower : parsePrefix(word);
}

function wrong(word: string, at: number, hint: string): Wrong {
  const text = `[*] Invalid NAT_TARGETS entry: '${word.trim()}'`;
  return (start) => failure({ text, hint, offset: start + at });
}

function placeHint(word: string): string {
  if (parseService(word.toLowerCase()) !== undefined) {
    return `Name the place: local ${word}, or ADDRESS ${word}`;
  }
  const [host = "", mask] = word.split("/");
  if (mask !== undefined && parseAddress(host) !== undefined) {
    return "Write a prefix length from 1 on after the '/'; 'any' stands for every inside host";
  }
  const near = nearestWord(word, ["local", "any"]);
  if (near !== undefined) return `Did you mean ${near}?`;
  return "Write local, any, or an address or prefix such as 192.168.1.0/24; names are not looked up";
}

function serviceHint(word: string): string {
  if (parsePlace(word) !== undefined) {
    return "Put a comma before it: each place is an item of its own";
  }
  if (word.includes("#")) return "A comment must stand on a line of its own";
  if (/-|:/.test(word)) return "Ranges are not possible: write each port, or any";
  return "Write services such as tcp/22, with blanks between them, or any";
}
