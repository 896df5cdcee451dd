/**
 * Commands and cycles as lines and objects. A line has the C daemon's words if the C daemon has such a line
 * (`docs/spec/server.md` 10, 11).
 *
 * @module
 */
import type { CloseEvent, CycleEvent } from "../command/cycle_event.ts";
import type { CommandOutcome } from "../command/execute_command.ts";
import { namedLine, stanzaMembers } from "./client_name.ts";
import type { LogLine } from "./log_line.ts";
import type { Severity } from "../errors/severity.ts";
import { formatService } from "../net/service.ts";
import type { RanEvent, RunningEvent } from "../server/event.ts";
import { oneLine } from "../one_line.ts";

/** The lines for a command that is about to run for a packet. */
export function runningLines(event: RunningEvent): LogLine[] {
  return named(unnamedRunning(event), event.decision.name);
}

function unnamedRunning({ packet, decision, command, identity }: RunningEvent): LogLine[] {
  const label = `[${packet.source}] (stanza #${decision.stanza})`;
  const quoted = oneLine(command);
  if (decision.kind === "cycle") {
    return [{ severity: "info", text: `${label} Running CMD_CYCLE_OPEN command: ${quoted}` }];
  }
  const whom = identity === undefined
    ? ""
    : ` setuid/setgid user/group to ${identity.user}/${identity.group} ` +
      `(UID=${identity.uid},GID=${identity.gid})`;
  const sent = oneLine(decision.command);
  return [
    { severity: "info", text: `${label} Processing SPA Command message: command='${sent}'.` },
    { severity: "info", text: `${label} Running command '${quoted}'${whom}` },
  ];
}

/** The lines for a packet's command that has ended. */
export function ranLines(event: RanEvent): LogLine[] {
  return named(unnamedRan(event), event.decision.name);
}

function unnamedRan({ packet, decision, outcome, close }: RanEvent): LogLine[] {
  const label = `[${packet.source}] (stanza #${decision.stanza})`;
  if (decision.kind === "run") return outcomeLines(`${label} CMD_EXEC:`, outcome, "info");
  const lines = succeeded(outcome)
    ? outputLines(`${label} CMD_CYCLE_OPEN:`, outcome, "debug")
    : outcomeLines(`${label} CMD_CYCLE_OPEN:`, outcome, "warning");
  if (close === undefined) return lines;
  const text = `${label} Running CMD_CYCLE_CLOSE command in ${close.seconds} seconds: ${
    oneLine(close.command)
  }`;
  return [...lines, { severity: "info", text }];
}

/** The lines for an event of a cycle that does not belong to one packet. */
export function cycleLines(event: CycleEvent): LogLine[] {
  if ("text" in event) {
    return [{ severity: event.type, text: oneLine(event.text) }];
  }
  return named(unnamedClose(event), event.close.name);
}

function unnamedClose({ close, command, reason, outcome }: CloseEvent): LogLine[] {
  const label = `[${close.values.address.text}] (stanza #${close.stanza})`;
  if (outcome === undefined) {
    const why = reason === "due" ? "Timer expired" : "Shutting down";
    const text = `${label} ${why}, running CMD_CYCLE_CLOSE command: ${oneLine(command)}`;
    return [{ severity: "info", text }];
  }
  return succeeded(outcome)
    ? outputLines(`${label} CMD_CYCLE_CLOSE:`, outcome, "debug")
    : outcomeLines(`${label} CMD_CYCLE_CLOSE:`, outcome, "error");
}

/** The object for an event about a close command; `undefined` for other events, which are plain lines of the log. */
export function cycleObject(event: CycleEvent): Record<string, unknown> | undefined {
  if ("text" in event) return undefined;
  const { type, close, command, reason, outcome } = event;
  return {
    event: type,
    ...stanzaMembers(close),
    address: close.values.address.text,
    service: formatService(close.values.service),
    command,
    reason,
    ...(outcome && outcomeObject(outcome)),
  };
}

/** The members that an outcome adds to an object. */
export function outcomeObject(outcome: CommandOutcome): Record<string, unknown> {
  const { how, status, output, truncated } = outcome;
  return { outcome: how, status, output, truncated };
}

function named(lines: readonly LogLine[], name: string | undefined): LogLine[] {
  return lines.map((line) => ({ ...line, text: namedLine(line.text, name) }));
}

function succeeded({ how, status }: CommandOutcome): boolean {
  return how === "ended" && status === 0;
}

/** The C daemon's numbers for the result of a command: 16 is "killed by a signal". */
const RESULTS: Readonly<Record<CommandOutcome["how"], number>> = {
  "ended": 0,
  "not-started": 0,
  "signalled": 16,
  "late": 16,
  "stopped": 16,
};

function outcomeLines(label: string, outcome: CommandOutcome, severity: Severity): LogLine[] {
  const { how, status, output } = outcome;
  const text = `${label} command returned ${RESULTS[how]}, pid_status: ${status}`;
  if (how === "not-started") {
    const failed = `run_extcmd(): execvpe() failed: ${oneLine(output.join(" "))}`;
    return [{ severity: "error", text: failed }, { severity, text }];
  }
  const lines = outputLines(label, outcome, severity);
  if (how === "late") {
    const late = `${label} stopped, because it ran longer than CMD_EXEC_TIMEOUT`;
    lines.push({ severity: "error", text: late });
  }
  if (how === "stopped") {
    lines.push({ severity: "warning", text: `${label} stopped, because the server ends` });
  }
  return [...lines, { severity, text }];
}

function outputLines(label: string, outcome: CommandOutcome, severity: Severity): LogLine[] {
  const lines: LogLine[] = outcome.output.map((line) => ({
    severity,
    text: `${label} output: ${oneLine(line)}`,
  }));
  if (outcome.truncated) lines.push({ severity, text: `${label} output: (more was left out)` });
  return lines;
}
