/**
 * Builds what a stanza says about commands (`docs/spec/server.md` 5.3, 5.4, 10, 11).
 *
 * @module
 */
import { CYCLE_VARIABLES, templatePieces, usesVariable } from "./cycle_variables.ts";
import { nearestWord } from "./did_you_mean.ts";
import { present } from "./present.ts";
import type { CommandCycle, CommandExecution } from "./stanza.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/** How command messages are run; absent if they are not. */
export function commandExecutionOf(draft: StanzaDraft): CommandExecution | undefined {
  if (draft.value("ENABLE_CMD_EXEC") !== true) return undefined;
  const sudo = present({
    user: draft.value("CMD_SUDO_EXEC_USER"),
    group: draft.value("CMD_SUDO_EXEC_GROUP"),
  });
  return present({
    user: draft.value("CMD_EXEC_USER"),
    group: draft.value("CMD_EXEC_GROUP"),
    sudo: draft.value("ENABLE_CMD_SUDO_EXEC") === true ? sudo : undefined,
  });
}

/** The command cycle, if there is one. @param maxTimeout seconds; no opening lasts longer. */
export function cycleOf(
  draft: StanzaDraft,
  maxTimeout: number,
  check: StanzaCheck,
): CommandCycle | undefined {
  const open = draft.value("CMD_CYCLE_OPEN");
  const close = draft.value("CMD_CYCLE_CLOSE");
  const timer = draft.value("CMD_CYCLE_TIMER");
  if (open === undefined) {
    if (close !== undefined) {
      check.dataError(
        `[*] Cannot set CMD_CYCLE_CLOSE without also setting CMD_CYCLE_OPEN: ${check.source}`,
        "CMD_CYCLE_CLOSE",
        "Add CMD_CYCLE_OPEN or remove the line",
      );
    }
    return undefined;
  }
  if (close === undefined) {
    check.dataError(
      `[*] Cannot set CMD_CYCLE_OPEN without also setting CMD_CYCLE_CLOSE: ${check.source}`,
      "CMD_CYCLE_OPEN",
      "Add CMD_CYCLE_CLOSE and CMD_CYCLE_TIMER, or CMD_CYCLE_CLOSE NONE if something else closes",
    );
    return undefined;
  }
  checkTimer(timer, close, maxTimeout, check);
  if (close !== "NONE" && close.startsWith("NONE")) {
    check.error(
      `[*] CMD_CYCLE_CLOSE '${close}' starts with NONE for access stanza source: ${check.source}`,
      "CMD_CYCLE_CLOSE",
      "The C daemon would take it for NONE; write NONE alone, or the command by its path",
    );
  }
  if (!usesVariable(open, "IP", "SRC", "PKT_SRC")) {
    check.warning(
      `CMD_CYCLE_OPEN names no address, so it may admit everybody for stanza source: ${check.sourceAndNumber}`,
      "CMD_CYCLE_OPEN",
      "$SRC stands for the client's address",
    );
  }
  warnOfUnknownVariables("CMD_CYCLE_OPEN", open, check);
  if (close === "NONE") return { open, ...present({ timer: within(timer, maxTimeout) }) };
  warnOfUnknownVariables("CMD_CYCLE_CLOSE", close, check);
  return { open, close, ...present({ timer: within(timer, maxTimeout) }) };
}

function checkTimer(
  timer: number | undefined,
  close: string,
  maxTimeout: number,
  check: StanzaCheck,
): void {
  if (close !== "NONE" && timer === undefined) {
    check.dataError(
      `[*] Must set the CMD_CYCLE_TIMER for command cycle functionality: ${check.source}`,
      "CMD_CYCLE_CLOSE",
      "Add CMD_CYCLE_TIMER SECONDS, or write CMD_CYCLE_CLOSE NONE if something else closes",
    );
  }
  if (timer !== undefined && timer > maxTimeout) {
    check.warning(
      `Warning: MAX_FW_TIMEOUT < CMD_CYCLE_TIMER, honoring MAX_FW_TIMEOUT for stanza source: ${check.sourceAndNumber}`,
      "CMD_CYCLE_TIMER",
      `The close command is run after ${maxTimeout} s`,
    );
  }
}

function within(seconds: number | undefined, limit: number): number | undefined {
  return seconds === undefined ? undefined : Math.min(seconds, limit);
}

function warnOfUnknownVariables(
  name: "CMD_CYCLE_OPEN" | "CMD_CYCLE_CLOSE",
  template: string,
  check: StanzaCheck,
): void {
  for (const piece of templatePieces(template)) {
    if (piece.kind !== "unknown") continue;
    const [written = "$"] = /^\$[A-Za-z0-9_]*/.exec(template.slice(piece.offset)) ?? [];
    const nearest = nearestWord(written.slice(1), CYCLE_VARIABLES);
    check.warning(
      `'${written}' in ${name} is not a variable and loses its '$' for stanza source: ${check.sourceAndNumber}`,
      name,
      nearest === undefined
        ? `The variables are ${CYCLE_VARIABLES.map((known) => `$${known}`).join(" ")}`
        : `Did you mean $${nearest}?`,
      piece.offset,
    );
  }
}
