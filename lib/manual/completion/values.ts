/**
 * What may stand after an option or as a word of a command: the placeholder says it.
 *
 * @module
 */
import { TRANSPORTS } from "../../config/transport.ts";
import type { OptionRow } from "../../config/option.ts";
import { DIGEST_NAMES } from "../../crypto/digest_name.ts";
import { ENCRYPTION_MODES } from "../../crypto/encryption_mode.ts";
import type { CommandDescription } from "../command.ts";

/** Where a shell finds what to offer. */
export type ValueSource =
  /** One of these. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** The words of one of these, one after the other; `STANZA` stands for those of the rc file. */
  | { readonly kind: "phrases"; readonly phrases: readonly string[] }
  /** What these begin; more follows without a blank. */
  | { readonly kind: "beginnings"; readonly words: readonly string[] }
  /** `stanza`: of the rc file. `subcommand`: of ours. `command`: of the system. `free`: nothing to offer. */
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

/** By the placeholder of an option. One that is not here is free text. */
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

/** By the placeholder of a command's words, where that says something else than that of an option. */
const WORD_SOURCES: Readonly<Record<string, ValueSource>> = {
  "PACKET...": { kind: "file" },
  COMMAND: { kind: "subcommand" },
  "-- COMMAND...": { kind: "command" },
};

const FREE: ValueSource = { kind: "free" };

/** What may follow the option; `undefined` for a switch. */
export function optionValues({ argument }: OptionRow): ValueSource | undefined {
  if (argument === undefined) return undefined;
  const words = argument.split("|");
  return words.length > 1 ? { kind: "words", words } : SOURCES[argument] ?? FREE;
}

/** What the words of the command may be; `undefined` where it takes none. */
export function wordValues({ words }: CommandDescription): ValueSource | undefined {
  if (words?.phrases !== undefined) return { kind: "phrases", phrases: words.phrases };
  return words === undefined
    ? undefined
    : WORD_SOURCES[words.placeholder] ?? SOURCES[words.placeholder] ?? FREE;
}
