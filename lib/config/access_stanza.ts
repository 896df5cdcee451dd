/**
 * Builds a stanza from its values: checks the whole and fills in the defaults (`docs/spec/server.md` 5.3, 5.4).
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import { accessDefault, hasDefault } from "./access_defaults.ts";
import { ACCESS_ROWS, type StanzaMembers } from "./access_variables.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";
import { present } from "./present.ts";
import type { Stanza } from "./stanza.ts";
import { StanzaCheck } from "./stanza_check.ts";
import { commandExecutionOf, cycleOf } from "./stanza_commands.ts";
import { checkContradictions } from "./stanza_contradictions.ts";
import type { StanzaDraft } from "./stanza_draft.ts";
import { checkHasKeys, keysOf } from "./stanza_keys.ts";
import { natTargetOf, natTargetsOf } from "./stanza_nat.ts";

/** The outcome; `stanza` is absent if a diagnostic is an error. */
export interface StanzaOutcome {
  readonly stanza?: Stanza;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks the draft and builds the stanza with that number. */
export function buildStanza(
  draft: StanzaDraft,
  number: number,
  settings: ServerSettings,
): StanzaOutcome {
  const check = new StanzaCheck(draft, number);
  checkPerlEra(draft, check);
  checkContradictions(draft, check);
  const timeouts = timeoutsOf(draft, check);
  const stanza: Stanza = {
    number,
    position: draft.position,
    sourceText: draft.source,
    source: draft.value("SOURCE") ?? [],
    restrictPorts: draft.value("RESTRICT_PORTS") ?? [],
    ...plainMembers(draft),
    ...keysOf(draft, settings, check),
    ...timeouts,
    requireSourceAddress: requiresSourceAddress(draft, check),
    ...present({
      expires: expiryOf(draft),
      commandExecution: commandExecutionOf(draft),
      cycle: cycleOf(draft, timeouts.maxTimeout, check),
      forceNat: natTargetOf(draft, settings, check),
      natTargets: natTargetsOf(draft, check),
      refuseForwardNat: draft.value("ENABLE_FORWARD_ACCESS") === false ? true : undefined,
    }),
  };
  const broken = check.diagnostics.some(({ severity }) => severity === "error");
  return broken ? { diagnostics: check.diagnostics } : { stanza, diagnostics: check.diagnostics };
}

/** The members that are the value of one variable, or its default. */
export function plainMembers(draft: StanzaDraft): StanzaMembers {
  const members: Record<string, unknown> = {};
  for (const row of ACCESS_ROWS) {
    if (row.member === undefined) continue;
    const value = draft.value(row.name) ?? (hasDefault(row) ? accessDefault(row.name) : undefined);
    if (value !== undefined) members[row.member] = value;
  }
  // Each row types its member by its own kind.
  return members as unknown as StanzaMembers;
}

/** Reports errors of a stanza that do not depend on its unusable values. */
export function checkBroken(draft: StanzaDraft, number: number): readonly Diagnostic[] {
  const check = new StanzaCheck(draft, number);
  checkHasKeys(draft, check);
  requiresSourceAddress(draft, check);
  return check.diagnostics;
}

function checkPerlEra(draft: StanzaDraft, check: StanzaCheck): void {
  if (draft.value("PERMIT_CLIENT_PORTS") === false && !draft.has("OPEN_PORTS")) {
    check.error(
      `[*] PERMIT_CLIENT_PORTS N needs OPEN_PORTS for access stanza source: ${check.source}`,
      "PERMIT_CLIENT_PORTS",
      "Without OPEN_PORTS the client may ask for any port",
    );
  }
  if (draft.value("ENABLE_FORWARD_ACCESS") === true && draft.has("OPEN_PORTS")) {
    check.warning(
      `OPEN_PORTS beside ENABLE_FORWARD_ACCESS Y: list the outside port, for stanza source: ${check.sourceAndNumber}`,
      "OPEN_PORTS",
      "The perl daemon compared the inside port: write that one into NAT_TARGETS",
    );
  }
}

function requiresSourceAddress(draft: StanzaDraft, check: StanzaCheck): boolean {
  const name = draft.latest("REQUIRE_SOURCE_ADDRESS", "REQUIRE_SOURCE");
  const required = name !== undefined && draft.value(name) === true;
  if (!required) {
    check.warning(
      `Warning: REQUIRE_SOURCE_ADDRESS not enabled for access stanza source: ${check.source}`,
      name,
      "An attacker who resends a client's packet first, from another address, is admitted in its place",
    );
  }
  return required;
}

/** Seconds since 1970 UTC; an epoch of 0 means never. */
function expiryOf(draft: StanzaDraft): number | undefined {
  const name = draft.latest("ACCESS_EXPIRE", "ACCESS_EXPIRE_EPOCH");
  const expires = name === undefined ? undefined : draft.value(name);
  return expires === 0 ? undefined : expires;
}

/**
 * A written MAX_FW_TIMEOUT limits FW_ACCESS_TIMEOUT, as the C daemon says but does not do (`docs/spec/server.md` 16,
 * row 18). If none is written, the limit is at least FW_ACCESS_TIMEOUT and at least the timer of a command cycle. A
 * timer without a cycle has no effect.
 */
function timeoutsOf(
  draft: StanzaDraft,
  check: StanzaCheck,
): Pick<Stanza, "accessTimeout" | "maxTimeout"> {
  const wanted = draft.value("FW_ACCESS_TIMEOUT") || accessDefault("FW_ACCESS_TIMEOUT");
  const limit = draft.value("MAX_FW_TIMEOUT") || undefined;
  if (limit !== undefined && limit < wanted) {
    check.warning(
      `Warning: MAX_FW_TIMEOUT < FW_ACCESS_TIMEOUT, honoring MAX_FW_TIMEOUT for stanza source: ${check.sourceAndNumber}`,
      "MAX_FW_TIMEOUT",
      `Access is granted for ${limit} s`,
    );
  }
  const hasCycle = draft.value("CMD_CYCLE_OPEN") !== undefined;
  const timer = hasCycle ? draft.value("CMD_CYCLE_TIMER") ?? 0 : 0;
  const maxTimeout = limit ?? Math.max(accessDefault("MAX_FW_TIMEOUT"), wanted, timer);
  return { accessTimeout: Math.min(wanted, maxTimeout), maxTimeout };
}
