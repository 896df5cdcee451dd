/**
 * Converts a grant into lines of pf, and reads them back from a listing (`docs/spec/firewalls.md` 4; translation rules
 * in the grammar of pf.conf(5) of FreeBSD and macOS; OpenBSD differs).
 *
 * @module
 */
import { formatServices } from "../../net/service.ts";
import type { Rule } from "../adapter.ts";
import type { AccessGrant, ForwardGrant, Grant, LocalNatGrant } from "../grant.ts";
import { EXPIRY_PREFIX, nameOfTail, readRuleComment } from "../rule_comment.ts";
import { portOfName } from "./port_names.ts";

/** Returns the lines of a grant, or the reason why it has none. */
export function pfRules(grant: Grant, anchor: string): readonly Rule[] | string {
  return grant.kind === "access" ? accessRules(grant, anchor) : natRules(grant, anchor);
}

function accessRules(grant: AccessGrant, anchor: string): Rule[] {
  const { address, destination, expires } = grant;
  return grant.services.map(({ protocol, port }) => {
    const to = destination?.text ?? "any";
    return makeRule(anchor, {
      kind: "access",
      family: address.family,
      text: `pass in quick proto ${protocol} from ${address.text} to ${to} port ${port} ` +
        `keep state label "${EXPIRY_PREFIX}${expires}"`,
      protocol,
      source: address.text,
      destination: to,
      port: String(port),
      expires,
      services: formatServices(grant.services),
      stanza: grant.stanza,
    });
  });
}

/**
 * Makes a rule that passes the packet, one that rewrites the destination and one that rewrites the source. Translation
 * comes before filtering, so the pass rule names the inside host. Translation rules have no labels, so a tag holds the
 * expiry. Only the first service counts, as for all NAT grants.
 */
function natRules(grant: LocalNatGrant | ForwardGrant, anchor: string): readonly Rule[] | string {
  const { address: { text: source, family }, expires, target, sourceNat, stanza } = grant;
  const everything = grant.kind === "forward" && grant.everything;
  const [service] = grant.services;
  if (service === undefined) return [];
  if (grant.kind === "forward" && sourceNat?.kind === "masquerade") {
    return "pf cannot masquerade without an interface: name an address by FORCE_SNAT or SNAT_TRANSLATE_IP";
  }
  const protocol = everything ? "" : service.protocol;
  const inet = family === 6 ? "inet6" : "inet";
  const proto = everything ? "" : `proto ${protocol} `;
  const inside = target?.address.text ?? "any";
  const insidePort = everything || target === undefined ? "" : String(target.port);
  const outsidePort = everything ? "" : String(service.port);
  const at = (port: string): string => port === "" ? "" : ` port ${port}`;
  const all = everything ? " ALL" : "";
  const common = {
    family,
    protocol,
    source,
    expires,
    stanza,
    services: everything ? "*/*" : formatServices(grant.services),
  } as const;
  const rules = [makeRule(anchor, {
    ...common,
    kind: grant.kind === "local-nat" ? "local NAT" : `FORWARD${all}`,
    text: `pass in quick ${inet} ${proto}from ${source} to ${inside}${at(insidePort)} ` +
      `keep state label "${EXPIRY_PREFIX}${expires}"`,
    destination: inside,
    port: insidePort,
  })];
  if (grant.rewrite && target !== undefined) {
    const to = grant.destination?.text ?? "any";
    rules.push(makeRule(anchor, {
      ...common,
      kind: `DNAT${all}`,
      text: `rdr ${inet} ${proto}from ${source} to ${to}${at(outsidePort)} ` +
        `tag ${EXPIRY_PREFIX}${expires} -> ${inside}${at(insidePort)}`,
      destination: to,
      port: outsidePort,
    }));
  }
  if (grant.kind === "forward" && sourceNat?.kind === "snat") {
    rules.push(makeRule(anchor, {
      ...common,
      kind: `SNAT${all}`,
      text: `nat ${inet} ${proto}from ${source} to ${inside}${at(insidePort)} ` +
        `tag ${EXPIRY_PREFIX}${expires} -> ${sourceNat.address.text}`,
      destination: inside,
      port: insidePort,
    }));
  }
  return rules;
}

/** Whether a line must come before the filter rules. */
export function isTranslation(line: string): boolean {
  return /^(rdr|nat|binat) /.test(line);
}

/** Reads a listed line of ours. An expiry of 0 means that it cannot be read. */
export function readPfLine(line: string, anchor: string): Rule | undefined {
  const [, label = ""] = /^pass .*\blabel "([^"]*)"/.exec(line) ??
    /^(?:rdr|nat) .*\btag "?([^"]*?)"? -> /.exec(line) ?? [];
  const read = readRuleComment(label);
  if (read === undefined) return undefined;
  const { expires, tail } = read === "broken" ? { expires: 0, tail: "" } : read;
  const [, protocol = "", source = "", destination = "any", named = ""] =
    /(?:\bproto (\S+) )?from (\S+) to (\S+)(?: port = (\S+))?/.exec(line) ?? [];
  const kind = line.startsWith("rdr ") ? "DNAT" : line.startsWith("nat ") ? "SNAT" : "access";
  return makeRule(anchor, {
    kind,
    family: source.includes(":") ? 6 : 4,
    text: line,
    protocol,
    source,
    destination,
    port: String(portOfName(named) ?? named),
    expires,
    ...nameOfTail(tail),
  });
}

interface RuleParts {
  readonly kind: string;
  readonly family: 4 | 6;
  readonly text: string;
  /** Empty: every protocol. */
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  /** Empty: every port. */
  readonly port: string;
  readonly expires: number;
  readonly services?: string;
  readonly stanza?: number;
  readonly name?: string;
}

function makeRule(anchor: string, parts: RuleParts): Rule {
  const { kind, family, text, protocol, source, destination, port, expires, stanza, name } = parts;
  const service = protocol === "" ? "*/*" : `${protocol}/${port}`;
  const action = /^(rdr|nat|pass)/.exec(text)?.[0] ?? "pass";
  return {
    key: `${action} ${service} ${source} ${destination} ${expires}`,
    family,
    table: "anchor",
    text,
    summary: {
      kind,
      chain: anchor,
      address: source,
      destination: destination !== "any" ? destination : family === 6 ? "::/0" : "0.0.0.0/0",
      services: parts.services ?? service,
      service,
      expires,
      ...(stanza === undefined ? {} : { stanza }),
      ...(name === undefined ? {} : { name }),
    },
  };
}
