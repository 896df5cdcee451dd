/**
 * Converts a grant into elements of nftables (`docs/spec/firewalls.md` 7.3).
 *
 * @module
 */
import {
  formatService,
  formatServices,
  PROTOCOL_NUMBERS,
  type Service,
} from "../../net/service.ts";
import type { Rule } from "../adapter.ts";
import type { Grant, NatTarget } from "../grant.ts";
import { NFT_SETS, NFT_TABLE, type SetSchema } from "./schema.ts";

/** The elements of a grant, in the order of the sets. */
export function grantElements(grant: Grant): readonly Rule[] {
  const client = grant.address.text;
  const [first] = grant.services;
  if (grant.kind === "access") {
    const here = grant.destination?.text;
    return grant.services.map((service) =>
      here === undefined
        ? element(grant, "access", "access", [client, ...words(service)])
        : element(grant, "accessto", "access", [client, here, ...words(service)])
    );
  }
  const { target } = grant;
  if (first === undefined) return [];
  const everything = grant.kind === "forward" && grant.everything;
  const inside = target === undefined ? [client] : [client, target.address.text];
  const end = everything || target === undefined
    ? inside
    : [...inside, first.protocol, String(target.port)];
  /** Sets come in three widths: one service of a host, all services of a host, all hosts. */
  const width = !everything ? "" : target === undefined ? "all" : "host";
  const elements: Rule[] = [
    grant.kind === "local-nat"
      ? element(grant, "accessto", "local NAT", end)
      : element(grant, `fwd${width}`, `FORWARD${everything ? " ALL" : ""}`, end),
  ];
  if (grant.rewrite && target !== undefined) {
    const outside = grant.destination === undefined ? [client] : [client, grant.destination.text];
    const to = grant.destination === undefined ? "" : "to";
    elements.push(
      everything
        ? element(grant, `dnatall${to}`, "DNAT ALL", outside, target.address.text)
        : element(grant, `dnat${to}`, "DNAT", [...outside, ...words(first)], endpoint(target)),
    );
  }
  // Connections to this host do not pass the postrouting hook.
  if (grant.kind === "forward" && grant.sourceNat !== undefined) {
    const kind = `SNAT${everything ? " ALL" : ""}`;
    elements.push(
      grant.sourceNat.kind === "snat"
        ? element(grant, `snat${width}`, kind, end, grant.sourceNat.address.text)
        : element(grant, `masq${width}`, kind, end),
    );
  }
  return elements;
}

function words({ protocol, port }: Service): string[] {
  return [protocol, String(port)];
}

function endpoint({ address, port }: NatTarget): string {
  return `${address.text} . ${port}`;
}

function element(
  grant: Grant,
  set: string,
  kind: string,
  key: readonly string[],
  value?: string,
): Rule {
  const { family } = grant.address;
  const everything = grant.kind === "forward" && grant.everything;
  const name = `${set}${family}`;
  return elementRule(name, key, value, {
    kind,
    services: everything ? "*/*" : formatServices(grant.services),
    destination: grant.destination?.text,
    expires: grant.expires,
    stanza: grant.stanza,
  });
}

/** Facts about an element that its key does not contain. */
export interface ElementFacts {
  readonly kind: string;
  readonly services?: string;
  readonly destination?: string | undefined;
  readonly expires: number;
  readonly stanza?: number | undefined;
  readonly name?: string;
}

/** The rule for an element of the set `name`, such as `access4`. */
export function elementRule(
  name: string,
  key: readonly string[],
  value: string | undefined,
  facts: ElementFacts,
): Rule {
  const family = name.endsWith("6") ? 6 : 4;
  const parts = schemaOf(name)?.key ?? [];
  const hasService = parts.includes("service");
  if (hasService) key = [...key.slice(0, -2), ...protocolByName(key.slice(-2))];
  const [protocol, port] = hasService ? key.slice(-2) : [];
  const service = protocol === "tcp" || protocol === "udp"
    ? formatService({ protocol, port: Number(port) })
    : "*/*";
  const host = parts[1] === "host" ? key[1] : undefined;
  const text = key.join(" . ");
  return {
    key: `${name} ${text}`,
    family,
    table: NFT_TABLE,
    text,
    ...(value === undefined ? {} : { value }),
    summary: {
      kind: facts.kind,
      chain: name,
      address: key[0] ?? "",
      destination: facts.destination ?? (facts.services === undefined ? host : undefined) ??
        (family === 6 ? "::/0" : "0.0.0.0/0"),
      services: facts.services ?? service,
      service,
      expires: facts.expires,
      ...(facts.stanza === undefined ? {} : { stanza: facts.stanza }),
      ...(facts.name === undefined ? {} : { name: facts.name }),
    },
  };
}

/** On a host without `/etc/protocols` (containers, minimal systems), nft prints the number of the protocol. */
function protocolByName([protocol = "", port = ""]: readonly string[]): [string, string] {
  const named = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => String(number) === protocol);
  return [named?.[0] ?? protocol, port];
}

/** Returns the schema of a set; its name ends with the digit of the family. */
export function schemaOf(name: string): SetSchema | undefined {
  return NFT_SETS.find((schema) => schema.name === name.slice(0, -1) && /[46]$/.test(name));
}
