/**
 * Builds the NAT settings of a stanza (`docs/spec/server.md` 5.3, 5.4).
 *
 * @module
 */
import { isUnspecified } from "../net/address.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";
import { natSwitches } from "./nat_switches.ts";
import type { NatTargets } from "./nat_targets.ts";
import type { ForcedNatTarget } from "./access_kinds.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/**
 * FORCE_NAT, after the NAT settings of the stanza are checked against `fwknopd.conf` (`docs/spec/server.md` 16, row
 * 20).
 */
export function natTargetOf(
  draft: StanzaDraft,
  settings: ServerSettings,
  check: StanzaCheck,
): ForcedNatTarget | undefined {
  const forwardAll = draft.value("FORWARD_ALL") === true;
  const { forwarding } = natSwitches(settings);
  for (const name of NEED_NAT) {
    const unmet = draft.has(name) ? unmetNeed(name, settings) : undefined;
    if (unmet !== undefined) check.error(unmet.text, name, unmet.hint);
  }
  if (forwardAll && !forwarding) {
    check.error(
      "[*] FORWARD_ALL requires ENABLE_IPT_FORWARDING in fwknopd.conf",
      "FORWARD_ALL",
      "Set it to Y; without it the C daemon opens a port of this host",
    );
  }
  const target = draft.value("FORCE_NAT");
  checkSourceNat(draft, target, settings, check);
  if (target === undefined) return undefined;
  const { address, port } = target;
  // The C daemon fills in "0.0.0.0 0" if FORWARD_ALL has no host.
  if (forwardAll && isUnspecified(address)) return undefined;
  if (isUnspecified(address)) {
    check.error(
      `[*] Fatal: invalid FORCE_NAT IP '${address.text}'`,
      "FORCE_NAT",
      "Name the inside host",
    );
  }
  if (port === 0 && !forwardAll) {
    check.error("[*] Fatal: invalid FORCE_NAT port '0'", "FORCE_NAT", "Write 1 to 65535");
  }
  return target;
}

/** NAT_TARGETS. A line that limits nothing must not look as if it did: it is an error or a warning. */
export function natTargetsOf(draft: StanzaDraft, check: StanzaCheck): NatTargets | undefined {
  const targets = draft.value("NAT_TARGETS");
  if (targets === undefined) return undefined;
  if (draft.value("FORWARD_ALL") === true) {
    check.error(
      `[*] NAT_TARGETS cannot limit FORWARD_ALL: ${check.source}`,
      "NAT_TARGETS",
      "Remove one of the two",
    );
  } else if (draft.has("FORCE_NAT")) {
    check.warning(
      `NAT_TARGETS has no effect beside FORCE_NAT, for stanza source: ${check.sourceAndNumber}`,
      "NAT_TARGETS",
      "Remove one of the two",
    );
  }
  return targets;
}

const NEED_NAT = ["FORCE_NAT", "FORCE_SNAT"] as const;

/** What a variable needs in `fwknopd.conf` but is not set there. The C daemon checks this before the value. */
export function unmetNeed(
  name: string,
  settings: ServerSettings,
): { readonly text: string; readonly hint: string } | undefined {
  const { forwarding, localNat } = natSwitches(settings);
  if (!(NEED_NAT as readonly string[]).includes(name) || forwarding || localNat) return undefined;
  return {
    text:
      `[*] ${name} requires either ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT in fwknopd.conf`,
    hint: "Set one of them to Y",
  };
}

function checkSourceNat(
  draft: StanzaDraft,
  target: ForcedNatTarget | undefined,
  settings: ServerSettings,
  check: StanzaCheck,
): void {
  const masquerade = draft.value("FORCE_MASQUERADE") === true ? "FORCE_MASQUERADE" : undefined;
  const name = draft.latest("FORCE_SNAT") ?? masquerade;
  if (name === undefined) return;
  if (target === undefined && draft.value("FORWARD_ALL") !== true) {
    check.dataError(
      `[*] FORCE_SNAT/FORCE_MASQUERADE requires either FORCE_NAT or FORWARD_ALL: ${check.source}`,
      name,
      "Set one of them to name what is forwarded",
    );
  }
  if (!natSwitches(settings).sourceNat) {
    check.warning(
      `With iptables every grant with ${name} fails without ENABLE_IPT_SNAT in fwknopd.conf, for stanza source: ${check.sourceAndNumber}`,
      name,
      "Set ENABLE_IPT_SNAT Y",
    );
  }
}
