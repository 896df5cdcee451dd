/**
 * Finds lines of one stanza that contradict each other. Without a warning, the line that admits more would win.
 *
 * @module
 */
import type { AccessName } from "./access_variables.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/** Pairs of names for one value. The last line counts, as in the C daemon. */
const ALTERNATIVES: readonly (readonly [AccessName, AccessName])[] = [
  ["KEY", "KEY_BASE64"],
  ["HMAC_KEY", "HMAC_KEY_BASE64"],
  ["ACCESS_EXPIRE", "ACCESS_EXPIRE_EPOCH"],
  ["REQUIRE_SOURCE_ADDRESS", "REQUIRE_SOURCE"],
];

/** A limit, and the line that overrides it. */
interface Overruled {
  readonly limit: AccessName;
  /** The limit counts only with this value; absent: with any value. */
  readonly value?: boolean;
  readonly by: AccessName;
  /** The other line overrides the limit only with this value; absent: with any value. */
  readonly byValue?: boolean;
  /** If this variable is Y, there is no contradiction. */
  readonly unless?: AccessName;
  readonly text: string;
  readonly hint: string;
}

const OVERRULED: readonly Overruled[] = [
  ...(["CMD_SUDO_EXEC_USER", "CMD_SUDO_EXEC_GROUP"] as const).map((limit): Overruled => ({
    limit,
    by: "ENABLE_CMD_EXEC",
    byValue: true,
    unless: "ENABLE_CMD_SUDO_EXEC",
    text: "has no effect without ENABLE_CMD_SUDO_EXEC Y",
    hint: "Set it: without it commands run as CMD_EXEC_USER, or as root",
  })),
  ...(["OPEN_PORTS", "RESTRICT_PORTS"] as const).map((limit): Overruled => ({
    limit,
    by: "FORWARD_ALL",
    byValue: true,
    text: "limits only what a packet may name: FORWARD_ALL Y forwards every port",
    hint: "Remove one of the lines",
  })),
  ...(["FORCE_NAT", "FORWARD_ALL"] as const).map((by): Overruled => ({
    limit: "ENABLE_FORWARD_ACCESS",
    value: false,
    by,
    ...(by === "FORWARD_ALL" && { byValue: true }),
    text: `N does not keep ${by} from forwarding`,
    hint: "Remove one of the lines",
  })),
];

/** Warns of every pair. Other contradictions are errors and are found where their values are used. */
export function checkContradictions(draft: StanzaDraft, check: StanzaCheck): void {
  for (const names of ALTERNATIVES) {
    const latest = draft.latest(...names);
    if (!names.every((name) => draft.has(name))) continue;
    check.warning(
      `${
        names.join(" and ")
      } are both set; ${latest} counts for stanza source: ${check.sourceAndNumber}`,
      latest,
      "Remove one of the lines",
    );
  }
  for (const { limit, value, by, byValue, unless, text, hint } of OVERRULED) {
    if (!isSet(draft, limit, value) || !isSet(draft, by, byValue)) continue;
    if (unless !== undefined && isSet(draft, unless, true)) continue;
    check.warning(`${limit} ${text} for stanza source: ${check.sourceAndNumber}`, limit, hint);
  }
}

/** Whether the stanza sets the variable; if `value` is given, to that value. */
function isSet(draft: StanzaDraft, name: AccessName, value: boolean | undefined): boolean {
  return draft.has(name) && (value === undefined || draft.value(name) === value);
}
