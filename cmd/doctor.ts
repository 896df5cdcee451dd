/**
 * `fwknop doctor`.
 *
 * @module
 */
import type { LoadedServerConfig } from "../lib/config/server_config.ts";
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import type { Finding } from "../lib/doctor/finding.ts";
import { familiesOf } from "../lib/doctor/questions.ts";
import type { Diagnostic } from "../lib/errors/diagnostic.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { formatPosition } from "../lib/errors/position.ts";
import { chooseFirewall, type FirewallChoice } from "../lib/firewall/choose.ts";
import { doctorQuestions, readHostFacts } from "../lib/firewall/doctor_questions.ts";
import { firewallOf } from "../lib/firewall/firewalls.ts";
import { judgeForwarding } from "../lib/firewall/forwarding_finding.ts";
import { forwards } from "../lib/firewall/ip_forwarding.ts";
import { toJson, visible } from "../lib/one_line.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./context.ts";
import { examineFiles, examineHost, examineServer, isFileFinding } from "./doctor_host.ts";
import { loadServerConfig, loadUsableConfig } from "./load_server_config.ts";
import { printDiagnostics } from "./print_diagnostics.ts";

/** Reports problems of this host, and how to repair them. */
export const doctor: Command = {
  description: [
    "Examines the firewall's policy, the switches of the kernel and other blockers, and prints for each finding the",
    "command that repairs it. Changes nothing. The exit status is 1 if something is wrong.",
  ].join("\n"),
  options: [...CONFIG_OPTIONS, { name: "json", brief: "Print a JSON array" }],
  /**
   * Examines the host. Loading the files examines them too. An error in a file is a finding like any other, and the
   * examination continues: a value that cannot be used is replaced with its default.
   */
  async run(options, _words, context) {
    let diagnostics: readonly Diagnostic[] = [];
    const sound = loadServerConfig(options, context, (found) => {
      diagnostics = found;
      const warnings = found.filter(({ severity }) => severity !== "error");
      printDiagnostics(warnings.filter((one) => !isFileFinding(one)), context);
    });
    const config = sound ?? loadUsableConfig(options);
    const { settings } = config;
    const { choice, findings: chosen } = await choose(config);
    const questions = doctorQuestions(config, readHostFacts(config));
    const examine = await firewallOf(choice.kind).doctor();
    const findings: Finding[] = [
      ...diagnostics.filter(({ severity }) => severity === "error").map(mistake),
      ...chosen,
      ...await examine(questions, { settings, command: choice.command }),
      ...(questions.forwarding ? judgeForwarding(familiesOf(questions), forwards) : []),
      ...examineServer(settings),
      ...examineHost(settings),
      ...examineFiles(diagnostics),
    ];
    context.out(
      options.has("json") ? `${toJson(findings.map(findingObject), 2)}\n` : format(findings),
    );
    return findings.some(({ state }) => state === "bad") ? ExitCode.failure : ExitCode.ok;
  },
};

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "ok     ",
  bad: "WRONG  ",
  unclear: "unclear",
};

/** Chooses the firewall. Reports settings that contradict each other, and still examines the firewall of the host. */
async function choose(
  { settings, given }: LoadedServerConfig,
): Promise<{ readonly choice: FirewallChoice; readonly findings: readonly Finding[] }> {
  const chosen = (choice: FirewallChoice): Finding => ({
    state: "good",
    text: `The firewall is ${choice.kind}, because ${choice.reason}`,
  });
  try {
    const choice = await chooseFirewall(settings, given);
    return { choice, findings: [chosen(choice)] };
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    const choice = await chooseFirewall({ ...settings, FIREWALL: "auto" }, new Map());
    const wrong: Finding = {
      state: "bad",
      text: error.message,
      ...(error.hint === undefined ? {} : { repair: error.hint }),
    };
    return { choice, findings: [wrong, chosen(choice)] };
  }
}

/** An error of the configuration, with which no server starts. */
function mistake({ text, position, hint }: Diagnostic): Finding {
  const where = position === undefined ? "" : ` (${formatPosition(position)})`;
  return {
    state: "bad",
    text: `${text.replace(/^\[[-*]\] /, "")}${where}`,
    ...(hint === undefined ? {} : { repair: hint }),
  };
}

/** A finding in the JSON output. */
function findingObject({ state, text, repair }: Finding): Record<string, unknown> {
  return { state, text, mend: repair };
}

function format(findings: readonly Finding[]): string {
  return findings.map(({ state, text, repair }) =>
    `${MARKS[state]}  ${visible(text)}\n` +
    (repair === undefined ? "" : repair.split("\n").map(repairLine).join(""))
  ).join("");
}

/** A hint may have several lines. All are indented, so that no text from outside looks like a finding. */
function repairLine(line: string): string {
  return `         ${visible(line.trim())}\n`;
}
