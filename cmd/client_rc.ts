/**
 * Opens the rc file of a client run, and reports problems of its permissions.
 *
 * @module
 */
import type { Dialect } from "../lib/dialect.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { defaultRcPath, type RcFile, readRcFile } from "../lib/client/rc_file.ts";
import { outsideStanzas } from "../lib/config/fwknoprc.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { Context } from "./context.ts";
import { describeDiagnostic } from "./problem_text.ts";

/** The rc file of a run. */
export interface ClientRc {
  readonly rcPath: string;
  readonly rcFile: RcFile | undefined;
}

/** Options that need an rc file, with the C client's messages. */
const NEED_RC: readonly (readonly [option: string, reference: string])[] = [
  ["save-rc-stanza", "Cannot save an rc stanza in --no-rc-file mode."],
  ["named-config", "Cannot set stanza name in --no-rc-file mode."],
  ["stanza-list", "Cannot list stanzas in --no-rc-file mode."],
];

/** The first option that contradicts `--no-rc-file`. */
export function checkRcOptions(options: GivenOptions): Problem | undefined {
  if (!options.has("no-rc-file")) return undefined;
  const conflict = NEED_RC.find(([name]) => options.has(name));
  return conflict === undefined
    ? undefined
    : usageProblem(`--no-rc-file does not go with --${conflict[0]}`, { reference: conflict[1] });
}

/**
 * Reads the rc file if it exists. A missing file is a problem only if the options name it or a stanza.
 *
 * @param writes the run will make the file.
 */
export function openClientRc(
  options: GivenOptions,
  context: Context,
  dialect: Dialect,
  writes: boolean = options.has("save-rc-stanza"),
): ClientRc | Problem {
  const conflict = checkRcOptions(options);
  if (conflict !== undefined) return conflict;
  if (options.has("no-rc-file")) return { rcPath: "", rcFile: undefined };
  const given = options.value("rc-file");
  if (given === undefined && options.has("no-home-dir")) {
    return usageProblem("--no-home-dir needs --rc-file or --no-rc-file", {
      reference: "Warning: in --no-home-dir mode, must set --rc-file path.",
    });
  }
  const rcPath = given ?? defaultRcPath((name) => context.env(name));
  if (rcPath === undefined) {
    return usageProblem("there is no home directory to look for .fwknoprc in", {
      hint: "use --rc-file or --no-rc-file",
      reference: "Warning: Unable to determine HOME directory.\n No .fwknoprc file processed.",
    });
  }
  const rcFile = readRcFile(rcPath);
  if (rcFile instanceof Problem) return rcFile;
  if (rcFile === "absent") {
    return given === undefined || dialect === "c" || writes
      ? { rcPath, rcFile: undefined }
      : usageProblem(`--rc-file: there is no ${rcPath}`);
  }
  // The C client prints no such warnings, so the C dialect prints none either.
  const unread = dialect === "native" ? outsideStanzas(rcFile.rc) : [];
  for (const warning of [...rcFile.warnings, ...unread]) {
    context.err(describeDiagnostic(warning, dialect));
  }
  return { rcPath, rcFile };
}
