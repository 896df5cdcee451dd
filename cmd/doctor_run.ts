/**
 * What `fwknop doctor` does.
 *
 * @module
 */
import { toJson, visible } from "../lib/one_line.ts";
import type { Diagnostic } from "../lib/config/diagnostic.ts";
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { examineFirewall, judgeForwarding } from "../lib/doctor/doctor.ts";
import type { Finding } from "../lib/doctor/finding.ts";
import { familiesOf } from "../lib/doctor/questions.ts";
import { forwards } from "../lib/firewall/ip_forwarding.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { doctorQuestions, readHostFacts } from "./doctor_questions.ts";
import { examineFiles, examineHost, isFileFinding } from "./doctor_host.ts";
import { loadServerConfig } from "./load_server_config.ts";
import { printDiagnostics } from "./print_diagnostics.ts";

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "ok     ",
  bad: "WRONG  ",
  unclear: "unclear",
};

/** Examines the host; the files themselves are examined by being loaded. */
export const runDoctor: RunCommand = async (options, _words, context) => {
  let diagnostics: readonly Diagnostic[] = [];
  const config = loadServerConfig(options, context, (found) => {
    diagnostics = found;
    printDiagnostics(found.filter((one) => !isFileFinding(one)), context);
  });
  if (config === undefined) return ExitCode.failure;
  const { settings, given } = config;
  const choice = await chooseFirewall(settings, given);
  const questions = doctorQuestions(config, choice, readHostFacts(config));
  const findings: Finding[] = [
    { state: "good", text: `The firewall is ${choice.kind}, because ${choice.reason}` },
    ...await examineFirewall(questions),
    ...(questions.forwarding ? judgeForwarding(familiesOf(questions), forwards) : []),
    ...examineHost(settings),
    ...examineFiles(diagnostics),
  ];
  context.out(options.has("json") ? `${toJson(findings, 2)}\n` : format(findings));
  return findings.some(({ state }) => state === "bad") ? ExitCode.failure : ExitCode.ok;
};

function format(findings: readonly Finding[]): string {
  return findings.map(({ state, text, mend }) =>
    `${MARKS[state]}  ${visible(text)}\n` +
    (mend === undefined ? "" : `         ${visible(mend)}\n`)
  ).join("");
}
