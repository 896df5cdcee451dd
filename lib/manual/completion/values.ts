/**
 * The values that a shell offers after an option or as a word of a command. The placeholder decides.
 *
 * @module
 */
import { TRANSPORTS } from "../../config/transport.ts";
import type { OptionRow } from "../../config/option.ts";
import { DIGEST_NAMES } from "../../crypto/digest_name.ts";
import { ENCRYPTION_MODES } from "../../crypto/encryption_mode.ts";
import type { CommandDescription } from "../command.ts";

/** The source of the values that a shell offers. */
export type ValueSource =
  /** One of these. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** The words of one of these phrases, one after the other. `STANZA` stands for the stanzas of the rc file. */
  | { readonly kind: "phrases"; readonly phrases: readonly string[] }
  /** A word that begins with one of these. The rest follows without a blank. */
  | { readonly kind: "beginnings"; readonly words: readonly string[] }
  /** `stanza`: of the rc file. `subcommand`: of this program. `command`: of the system. `free`: offers nothing. */
  | {
    readonly kind:
      | "file"
      | "folder"
      | "host"
      | "interface"
      | "stanza"
      | "subcommand"
      | "command"
      | "free";
  };

/** By the placeholder of an option. Any other placeholder is free text. */
const SOURCES: Readonly<Record<string, ValueSource>> = {
  FILE: { kind: "file" },
  FILES: { kind: "file" },
  "FILE[#N]": { kind: "file" },
  FOLDER: { kind: "folder" },
  HOST: { kind: "host" },
  INTERFACE: { kind: "interface" },
  STANZA: { kind: "stanza" },
  COMMAND: { kind: "command" },
  DIGEST: { kind: "words", words: DIGEST_NAMES },
  MODE: { kind: "words", words: Object.keys(ENCRYPTION_MODES) },
  TRANSPORT: { kind: "words", words: TRANSPORTS },
  SERVICES: { kind: "beginnings", words: ["tcp/", "udp/"] },
};

/** By the placeholder of a command's words, where it differs from the placeholder of an option. */
const WORD_SOURCES: Readonly<Record<string, ValueSource>> = {
  "PACKET...": { kind: "file" },
  COMMAND: { kind: "subcommand" },
  "-- COMMAND...": { kind: "command" },
};

const FREE: ValueSource = { kind: "free" };

/** The values of the option; `undefined` for a switch. */
export function optionValues({ argument }: OptionRow): ValueSource | undefined {
  if (argument === undefined) return undefined;
  const words = argument.split("|");
  return words.length > 1 ? { kind: "words", words } : SOURCES[argument] ?? FREE;
}

/** The words of the command; `undefined` if it takes none. */
export function wordValues({ words }: CommandDescription): ValueSource | undefined {
  if (words?.phrases !== undefined) return { kind: "phrases", phrases: words.phrases };
  return words === undefined
    ? undefined
    : WORD_SOURCES[words.placeholder] ?? SOURCES[words.placeholder] ?? FREE;
}
