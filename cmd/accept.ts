/**
 * `fwknop accept`.
 *
 * @module
 */
import { DescriptorLines } from "../lib/client/descriptor_lines.ts";
import {
  isOfferedName,
  OFFERED_NAME_HINT,
  type OfferedStanza,
  readOffer,
  withStanza,
} from "../lib/client/offered_stanza.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { defaultRcPath } from "../lib/client/rc_file.ts";
import { ACCEPT_OPTIONS } from "../lib/config/accept_options.ts";
import { hasStanza, parseFwknoprc, readStanza, sameStanza } from "../lib/config/fwknoprc.ts";
import { GivenOptions } from "../lib/config/option.ts";
import { bytesText } from "../lib/crypto/bytes.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import { fileText, foreignEncoding } from "../lib/files/file_text.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { replacePrivateFile } from "../lib/files/private_file.ts";
import { type ClientRc, openClientRc } from "./client_rc.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { tellProblem } from "./problem_text.ts";
import { readInput } from "./read_input.ts";
import { inputName } from "./read_key_lines.ts";

/** Takes what a server's administrator handed over. */
export const accept: Command = {
  description: [
    "  fwknop accept alice          a file that fwknop invite or setup wrote",
    "  ssh root@gate.example cat /run/fwknop-client/alice | fwknop accept -",
    "",
    "Adds the stanza in FILE to ~/.fwknoprc, which only you can read. What is in the file stays as it is, and a stanza",
    "of the same name is never replaced. The stanza may set what invite writes, and nothing else. Then accept offers to",
    "knock, and says whether the port was open before and is open now.",
    "",
    "The exit status is that of the knock (fwknop help knock), or 0 without one.",
  ].join("\n"),
  options: ACCEPT_OPTIONS,
  words: {
    placeholder: "FILE",
    brief: "What the server's administrator gave you; - is standard input",
  },
  /** Adds the stanza, and knocks if that is wanted. */
  async run(options, words, context) {
    const checked = checkWords(options, words);
    if (checked instanceof Problem) return tellProblem(checked, context);
    const offer = await readFile(checked, options, context);
    if (offer instanceof Problem) return tellProblem(offer, context);
    const rc = openClientRc(options, context, "native", true);
    if (rc instanceof Problem) return tellProblem(rc, context);
    const problem = await addTo(rc, offer, checked, context);
    if (problem !== undefined) return tellProblem(problem, context);
    warnOfReaders(checked, context);
    return await goOn(offer, { path: checked, rcPath: rc.rcPath, options, context });
  },
};

/** The path of FILE. */
function checkWords(options: GivenOptions, [path, ...more]: readonly string[]): string | Problem {
  if (path === undefined) {
    return usageProblem("accept needs the file that the server's administrator gave you", {
      hint: "for example: fwknop accept alice",
    });
  }
  if (more.length > 0) return usageProblem(`unexpected word '${more[0]}'`);
  if (options.has("knock") && options.has("no-knock")) {
    return usageProblem("--knock does not go with --no-knock");
  }
  const name = options.value("as");
  return name === undefined || isOfferedName(name)
    ? path
    : usageProblem(`--as: '${name}' cannot be the name of a stanza`, { hint: OFFERED_NAME_HINT });
}

async function readFile(
  path: string,
  options: GivenOptions,
  context: Context,
): Promise<OfferedStanza | Problem> {
  const file = inputName(path);
  let bytes: Uint8Array;
  try {
    bytes = await readInput(path);
  } catch (error) {
    return new Problem(`cannot read ${path}: ${systemReasonOf(error)}`);
  }
  const foreign = foreignEncoding(bytes, file);
  if (foreign !== undefined) return new Problem(foreign.text, { hint: foreign.hint });
  if (bytesText(bytes) === undefined) return new Problem(`${file} is not UTF-8 text`);
  const offer = readOffer(parseFwknoprc(fileText(bytes), file));
  if (offer instanceof Problem) {
    // The keys in it may be good although the rest is not.
    warnOfReaders(path, context);
    return offer;
  }
  return { ...offer, name: options.value("as") ?? offer.name };
}

/** Adds the stanza. Without a problem, it is in the file afterwards. */
async function addTo(
  { rcPath, rcFile }: ClientRc,
  { name, settings }: OfferedStanza,
  path: string,
  context: Context,
): Promise<Problem | undefined> {
  if (rcFile !== undefined && hasStanza(rcFile.rc, name)) {
    const { entries } = readStanza(rcFile.rc, name);
    const isSame = entries.length === settings.length &&
      settings.every((setting, index) =>
        entries[index]?.name === setting.name && entries[index]?.value === setting.value
      );
    if (isSame) {
      context.out(`[${name}] is in ${rcPath} already, with the same settings.\n`);
      return undefined;
    }
    const line = rcFile.rc.lines.findIndex((it) =>
      it.kind === "header" && sameStanza(it.name, name)
    );
    return new Problem(`there is another stanza [${name}] in ${rcPath}`, {
      hint: `to keep both: fwknop accept ${quoted(path)} --as OTHER_NAME; ` +
        `to remove the old one first: fwknop stanza remove ${name} --force`,
      position: { file: rcPath, line: line + 1, column: 1 },
    });
  }
  try {
    const before = ifThere(() => Deno.statSync(rcPath));
    const uid = before?.uid ?? null;
    if (uid !== null && uid !== Deno.uid()) {
      return new Problem(`${rcPath} belongs to user ${uid}, who could not use it afterwards`, {
        hint: "run accept as that user",
      });
    }
    const old = ifThere(() => Deno.readFileSync(rcPath)) ?? new Uint8Array();
    await replacePrivateFile(rcPath, withStanza(old, name, settings));
  } catch (error) {
    return new Problem(`${rcPath} is not written: ${systemReasonOf(error)}`);
  }
  context.out(`[${name}] is in ${rcPath}.\n`);
  return undefined;
}

/** Warns of a file of keys that others can read. */
function warnOfReaders(path: string, context: Context): void {
  const mode = path === "-" ? undefined : ifThere(() => Deno.statSync(path))?.mode;
  if (mode === undefined || mode === null || (mode & 0o044) === 0) return;
  const shown = `0${(mode & 0o777).toString(8)}`;
  context.err(
    `fwknop: warning: others on this host can read ${path} (mode ${shown}), and it holds the keys\n` +
      `  to take it away from them: rm ${
        quoted(path)
      }; if they may have read it, ask for new keys\n`,
  );
}

/** What is done with the stanza, and with what. */
interface Next {
  readonly path: string;
  readonly rcPath: string;
  readonly options: GivenOptions;
  readonly context: Context;
}

/** Says how to use the stanza, and knocks or says how; returns the exit status. */
async function goOn(offer: OfferedStanza, next: Next): Promise<number> {
  const { name, server, services } = offer;
  const { path, rcPath, options, context } = next;
  const isUsual = rcPath === defaultRcPath((variable) => context.env(variable));
  const knock = `fwknop knock -n ${name}${isUsual ? "" : ` --rc-file ${quoted(rcPath)}`}`;
  const canWait = services.some(({ protocol }) => protocol === "tcp");
  if (canWait) {
    context.out(
      "\nFor ssh, add this to ~/.ssh/config. Then ssh knocks by itself:\n\n" +
        `Host ${server}\n    ProxyCommand ${knock} --wait --proxy\n\n`,
    );
  }
  const typed = `${knock}${canWait ? " --wait" : ""}`;
  if (!await wantsKnock(next)) {
    context.out(`To knock: ${typed}\n`);
    return ExitCode.ok;
  }
  context.out(`Knocking: ${typed}\n`);
  const given = [
    { name: "named-config", value: name },
    { name: "rc-file", value: rcPath },
    ...(canWait ? [{ name: "wait", value: "" }] : []),
  ];
  const status = await (await import("./knock.ts")).knock.run(
    new GivenOptions(given),
    [],
    context,
  );
  if (status === ExitCode.ok) {
    context.out(
      canWait
        ? "It was closed before the knock, so the knock opened it.\n"
        : "The packet is sent. Only a TCP port can be tried, and this stanza has none.\n",
    );
    if (path !== "-" && !options.has("no-knock")) {
      context.out(`${path} is needed no longer: rm ${quoted(path)}\n`);
    }
  }
  return status;
}

/** Decides by an option, or asks on a terminal. */
async function wantsKnock({ path, options, context }: Next): Promise<boolean> {
  if (options.has("knock")) return true;
  const isAsked = context.isTerminal && path !== "-" && Deno.stdin.isTerminal();
  if (options.has("no-knock") || !isAsked) return false;
  const lines = new DescriptorLines();
  for (;;) {
    context.out("Knock now? [Y/n] ");
    const line = await lines.readLine(0);
    // The end of the input is no answer.
    if (!(line instanceof Uint8Array)) return false;
    const answer = (bytesText(line) ?? "?").trim().toLowerCase();
    if (answer === "" || answer === "y" || answer === "yes") return true;
    if (answer === "n" || answer === "no") return false;
  }
}

/** A path as a word of a shell. */
function quoted(path: string): string {
  return /^[\w.,:@%+/][\w.,:@%+/-]*$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
