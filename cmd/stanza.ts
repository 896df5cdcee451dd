/**
 * `fwknop stanza`.
 *
 * @module
 */
import { checkStanza } from "../lib/client/missing_stanza.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { criticalVariables, removeStanza, writeStanza } from "../lib/client/rc_edit.ts";
import { showStanzas } from "../lib/client/rc_show.ts";
import { type RcSetting, unwritable } from "../lib/client/rc_text.ts";
import { levelFromOptions, rcSettings } from "../lib/client/level.ts";
import { validateSettings } from "../lib/client/validate.ts";
import { type Fwknoprc, hasStanza, parseFwknoprc, stanzaNames } from "../lib/config/fwknoprc.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { STANZA_OPTIONS } from "../lib/config/stanza_options.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import { replacePrivateFile } from "../lib/files/private_file.ts";
import type { Command } from "./command.ts";
import { type ClientRc, openClientRc } from "./client_rc.ts";
import type { Context } from "./context.ts";
import { readKeyLines } from "./read_key_lines.ts";
import { tellProblem } from "./problem_text.ts";

/** Adds, shows and removes the client's stanzas. */
export const stanza: Command = {
  description: [
    "  fwknop stanza add home -D home.example -A tcp/22 -R --keys keyfile",
    "  fwknop stanza show                      every stanza, keys hidden",
    "  fwknop stanza show home --show-keys",
    "  fwknop stanza remove home",
    "",
    "Keeps the comments and the order of the file, and replaces it in one step. Only you can read it. The stanza",
    "[default] applies to every knock.",
  ].join("\n"),
  options: STANZA_OPTIONS,
  words: {
    placeholder: "add|show|remove [NAME]",
    brief: "What to do, and with which stanza",
    phrases: ["add", "show STANZA", "remove STANZA"],
  },
  /** Runs the action that the first word names. */
  async run(options, [word = "", name, ...more], context) {
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    const problem = action === undefined
      ? usageProblem("stanza takes add, show or remove, and a name", {
        hint: "for example, to list all stanzas: fwknop stanza show",
      })
      : more.length > 0
      ? usageProblem(`unexpected word '${more[0]}'`)
      : checkOptions(word, options) ?? await perform(action, name, options, context);
    return tellProblem(problem, context);
  },
};

/** An action on the stanzas; returns `undefined` on success. */
type Action = (
  name: string | undefined,
  options: GivenOptions,
  rc: ClientRc,
  context: Context,
) => Promise<Problem | undefined>;

const ACTIONS: Readonly<Record<string, Action>> = { add, show, remove };

/** Options that are not part of a stanza's text, by the action that refuses them. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  add: ["show-keys"],
  show: ["force", "keys"],
  remove: ["show-keys", "keys"],
};

async function perform(
  action: Action,
  name: string | undefined,
  options: GivenOptions,
  context: Context,
): Promise<Problem | undefined> {
  const rc = openClientRc(options, context, "native", action === add);
  return rc instanceof Problem ? rc : await action(name, options, rc, context);
}

function checkOptions(word: string, options: GivenOptions): Problem | undefined {
  const settings = options.entries.filter(({ name }) =>
    !["rc-file", "force", "keys", "show-keys"].includes(name)
  );
  const stray = FOREIGN[word]?.find((name) => options.has(name)) ??
    (word === "add" ? undefined : settings[0]?.name);
  return stray === undefined ? undefined : usageProblem(`--${stray} does not go with ${word}`);
}

async function add(
  name: string | undefined,
  options: GivenOptions,
  rc: ClientRc,
  context: Context,
): Promise<Problem | undefined> {
  if (name === undefined || name === "" || /[\]\r\n]/.test(name)) {
    return usageProblem(`a stanza needs a name${name === undefined ? "" : ` without ]`}`);
  }
  const parsed = parsedRc(rc);
  if (hasStanza(parsed, name) && !options.has("force")) {
    return new Problem(`there is a stanza [${name}] in ${rc.rcPath} already`, {
      hint: "--force replaces it and its keys",
    });
  }
  const settings = await stanzaSettings(options);
  if (settings instanceof Problem) return settings;
  if (settings.length === 0) {
    return usageProblem("no settings for the stanza", {
      hint: `for example: fwknop stanza add ${name} -D HOST -A tcp/22 -R --keys FILE`,
    });
  }
  const reason = settings.map(unwritable).find((text) => text !== undefined);
  if (reason !== undefined) return usageProblem(`the stanza cannot be written: ${reason}`);
  const unsaved = await save(rc, writeStanza(parsed, name, settings, new Set()));
  if (unsaved !== undefined) return unsaved;
  context.out(`[${name}] is in ${rc.rcPath}. To use it: fwknop knock -n ${name}\n`);
  if (!settings.some(bringsKey)) {
    context.err(
      `fwknop: warning: [${name}] has no key, so each knock asks for one\n` +
        `  to add keys from a file that fwknop keygen made: fwknop stanza add ${name} … --keys FILE --force\n`,
    );
  }
  return undefined;
}

/** Whether this setting gives a knock its key. GnuPG has other sources. */
function bringsKey({ name }: RcSetting): boolean {
  return /^(KEY|KEY_BASE64|KEY_FILE|KEY_COMMAND|USE_GPG|GPG_RECIPIENT)$/.test(name);
}

/** The settings of the options. They are checked as for a knock, which may add options. */
async function stanzaSettings(options: GivenOptions): Promise<RcSetting[] | Problem> {
  const level = levelFromOptions(options, "native");
  if (level instanceof Problem) return level;
  const invalid = validateSettings(level, { savesByDestination: false, sends: false });
  if (invalid !== undefined) return invalid;
  const file = options.value("keys");
  if (file === undefined) return rcSettings(level);
  if (level.key !== undefined || level.hmacKey !== undefined) {
    return usageProblem("--keys does not go with a key on the command line");
  }
  const keys = await readKeyLines(file);
  if (keys instanceof Problem) return keys;
  // An option wins over a variable in the file of keys.
  const settings = rcSettings(level);
  const more = keys.settings.filter(({ name }) => settings.every((given) => given.name !== name));
  return [...settings, ...more];
}

function show(
  name: string | undefined,
  options: GivenOptions,
  rc: ClientRc,
  context: Context,
): Promise<Problem | undefined> {
  const parsed = parsedRc(rc);
  const missing = name === undefined ? undefined : checkStanza(name, rc.rcFile?.rc, rc.rcPath);
  if (missing === undefined) context.out(showStanzas(parsed, name, options.has("show-keys")));
  if (name === undefined && stanzaNames(parsed).length === 0) {
    const why = rc.rcFile === undefined ? `there is no file ${rc.rcPath}` : `${rc.rcPath} has none`;
    context.err(
      `fwknop: no stanzas: ${why}\n` +
        "  for example: fwknop stanza add NAME -D HOST -A tcp/22 -R --keys FILE\n",
    );
  }
  return Promise.resolve(missing);
}

async function remove(
  name: string | undefined,
  options: GivenOptions,
  rc: ClientRc,
  context: Context,
): Promise<Problem | undefined> {
  if (name === undefined) return usageProblem("remove needs the name of a stanza");
  const parsed = parsedRc(rc);
  const missing = checkStanza(name, rc.rcFile?.rc, rc.rcPath);
  if (missing !== undefined) return missing;
  if (criticalVariables(parsed, name).length > 0 && !options.has("force")) {
    return new Problem(`[${name}] holds keys, and this may be the only copy`, {
      hint: "to remove it anyway, add --force",
    });
  }
  const unsaved = await save(rc, removeStanza(parsed, name));
  if (unsaved === undefined) context.out(`[${name}] is no longer in ${rc.rcPath}.\n`);
  return unsaved;
}

function parsedRc({ rcFile, rcPath }: ClientRc): Fwknoprc {
  return rcFile?.rc ?? parseFwknoprc("", rcPath);
}

async function save(rc: ClientRc, text: string): Promise<Problem | undefined> {
  try {
    await replacePrivateFile(rc.rcPath, rc.rcFile?.encode(text) ?? text);
    return undefined;
  } catch (error) {
    return new Problem(`${rc.rcPath} is not written: ${systemReasonOf(error)}`);
  }
}
