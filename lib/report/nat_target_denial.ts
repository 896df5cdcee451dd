/**
 * Why a NAT request may not end where it wants to, and the line that would allow it.
 *
 * @module
 */
import type { RefusalFacts } from "../server/refusal.ts";
import type { Explanation } from "./fact_and_hint.ts";

/** Explains the code `nat-target-denied`: `local tcp/22 is not allowed: NAT_TARGETS local tcp/22 in the stanza …`. */
export function natTargetDenial(facts: RefusalFacts): Explanation {
  const target = String(facts["target"]);
  switch (facts["reason"]) {
    case "NAT_TARGETS":
      return {
        fact: `${target} is not allowed: NAT_TARGETS ${target} in the stanza would allow it`,
        hint: `add NAT_TARGETS ${target} to the stanza if this client may have it`,
      };
    case "RESTRICT_PORTS":
      return {
        fact: `${target} is not allowed: RESTRICT_PORTS has it`,
        hint: "take the service out of RESTRICT_PORTS if this client may have it",
      };
    case "not-local":
      return {
        fact:
          `${target} is not allowed: the packet came there, and it is not an address of this host`,
        hint: "knock at an address of this host",
      };
    case "own":
      return {
        fact: `${target} is not allowed: it is this host, and FORWARD_ALL forwards to others`,
        hint: "let the client name an inside host, or ask for a port of this host without NAT",
      };
    default:
      return {
        fact:
          `${target} is not allowed: nothing is ever forwarded to loopback, multicast or broadcast`,
        hint: "let the client name an inside host",
      };
  }
}
