/**
 * The mark that packets let in by our table carry, and whether others honour it.
 *
 * @module
 */
import { parseObjects, property } from "./nft_listing.ts";
import { NFT_MARK } from "./nft_schema.ts";

/** As the commands of firewalls take it. */
export const HEX_MARK = `0x${NFT_MARK.toString(16)}`;

/** What to do where {@link acceptsMark} does not hold. */
export const MARK_ADVICE =
  `No rule accepts packets with mark ${HEX_MARK}, so a drop in another table wins over every ` +
  `grant: add one (iptables -I INPUT -m mark --mark ${HEX_MARK} -j ACCEPT, or nft insert rule inet filter ` +
  `input meta mark ${HEX_MARK} accept; the same for forwarding), or let fwknop drop the services itself`;

/** Whether a ruleset (`nft -j list ruleset`) has a rule `meta mark 0x5fa accept` in a table that is not ours. */
export function acceptsMark(ruleset: string): boolean {
  return (parseObjects(ruleset) ?? []).some(isMarkRule);
}

function isMarkRule(object: unknown): boolean {
  const rule = property(object, "rule");
  const expressions = property(rule, "expr");
  if (property(rule, "table") === "fwknop" || !Array.isArray(expressions)) return false;
  const matches = expressions.some((expression) => {
    const match = property(expression, "match");
    return property(match, "right") === NFT_MARK && JSON.stringify(match).includes('"mark"');
  });
  return matches && expressions.some((expression) => property(expression, "accept") !== undefined);
}
