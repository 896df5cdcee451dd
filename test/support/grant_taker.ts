/**
 * A firewall that only takes grants.
 *
 * @module
 */
import type { Firewall, FirewallRequest, OpenResult } from "../../lib/firewall/firewall.ts";
import type { Grant } from "../../lib/firewall/grant.ts";

const GRANTED: OpenResult = { added: [], present: [] };

/** What the test does with a grant; without an answer it is granted. */
type Open = (grant: Grant) => OpenResult | Promise<OpenResult> | void;

/**
 * Hands each grant to the test.
 *
 * @param other takes every other request; by default it fails the test.
 */
export function grantTaker(
  open: Open,
  other: (request: FirewallRequest) => void = ({ name }) => {
    throw new TypeError(`The firewall of this test takes grants only, no "${name}"`);
  },
): Firewall {
  // Callers get for each request the answer that belongs to it.
  const ask = async (request: FirewallRequest): Promise<unknown> =>
    request.name === "open" ? await open(request.grant) ?? GRANTED : other(request);
  return { kind: "nft", name: "of a test", ask: ask as Firewall["ask"] };
}
