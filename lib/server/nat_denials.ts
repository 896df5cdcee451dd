/**
 * Why the target of a NAT request is not allowed, and what would allow it.
 *
 * @module
 */

/** The texts of a reason. Both functions take the target: `local tcp/22` or `192.168.123.31 tcp/22`. */
interface NatDenial {
  fact(target: string): string;
  hint(target: string): string;
}

const NEVER: NatDenial = {
  fact: (target) =>
    `${target} is not allowed: nothing is ever forwarded to loopback, multicast or broadcast`,
  hint: () => "let the client name an inside host",
};

/** Keyed by the `reason` fact of the code `nat-target-denied`. */
export const NAT_DENIALS = {
  "NAT_TARGETS": {
    fact: (target) =>
      `${target} is not allowed: NAT_TARGETS ${target} in the stanza would allow it`,
    hint: (target) => `add NAT_TARGETS ${target} to the stanza if this client may have it`,
  },
  "RESTRICT_PORTS": {
    fact: (target) => `${target} is not allowed: RESTRICT_PORTS has it`,
    hint: () => "take the service out of RESTRICT_PORTS if this client may have it",
  },
  /** A local request whose packet was sent to an address that does not belong to this host. */
  "not-local": {
    fact: (target) =>
      `${target} is not allowed: the packet came there, and it is not an address of this host`,
    hint: () => "knock at an address of this host",
  },
  /** FORWARD_ALL with this host as the target. */
  "own": {
    fact: (target) =>
      `${target} is not allowed: it is this host, and FORWARD_ALL forwards to others`,
    hint: () => "let the client name an inside host, or ask for a port of this host without NAT",
  },
  "loopback": NEVER,
  "nowhere": NEVER,
} as const satisfies Readonly<Record<string, NatDenial>>;
