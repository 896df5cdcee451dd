/**
 * Kinds of values of the client's settings. A kind has one parser and one formatter, for the rc file, the command line
 * and both dialects, and the messages about a text that it refuses.
 *
 * @module
 */
import { decodeKeyBase64 } from "../crypto/base64.ts";
import { DIGEST_NAMES, type DigestName, DIGESTS, parseDigestName } from "../crypto/digest_name.ts";
import {
  ENCRYPTION_MODES,
  type EncryptionMode,
  parseEncryptionMode,
} from "../crypto/encryption_mode.ts";
import { parseAddress } from "../net/address.ts";
import type { AllowSetting, KeySource } from "./client_values.ts";
import type { Dialect } from "../dialect.ts";
import { parseNumber } from "./number.ts";
import { parseSignedTimeOffset, parseTimeOffset } from "./time_offset.ts";
import { parseTransport, type Transport, TRANSPORTS } from "./transport.ts";

/** Turns the text of a file back into the bytes of a key. */
export type EncodeText = (text: string) => Uint8Array;

/** Smallest and largest number, inclusive. */
export type Range = readonly [low: number, high: number];

/** What a parser knows in addition to the text. */
export interface Reading {
  readonly dialect: Dialect;
  readonly range: Range;
  /** The number that `Y` stands for, if the kind takes a number or a switch. */
  readonly yes: number;
  /** The variable that holds the value. A key is written back under it. */
  readonly variable: string;
  readonly encode: EncodeText;
}

/**
 * Messages of the C client about a text that it refuses, with the placeholders of printf: `%s` is the text, `%d` the
 * number that it begins with, `%v` the variable, `%l` and `%h` the ends of the range.
 */
export interface ReferenceForms {
  readonly file?: string;
  readonly option?: string;
}

/** One kind. */
export interface Kind<Value> {
  /** Returns the value of a text; `undefined` if the text is refused. */
  readonly parse: (text: string, reading: Reading) => Value | undefined;
  /** Returns the text of a value; `undefined` if this variable does not hold it. */
  readonly format: (value: Value, variable: string) => string | undefined;
  /** What is allowed: the end of a sentence that begins with "'x' is not". */
  readonly allowed?: (range: Range) => string;
  /**
   * Set if a bad value in a file has no effect, as in the C client. Unlike the C client, this client warns: the text
   * says what the value is.
   */
  readonly ignored?: string;
  /** The hint about a bad value in a file. */
  readonly advice?: (range: Range) => string;
  /** The hint about a bad argument. */
  readonly optionAdvice?: string;
  /** Words to suggest for a misspelt one, in a file and on the command line. */
  readonly words?: { readonly file: readonly string[]; readonly option: readonly string[] };
  readonly c?: ReferenceForms;
}

const text: Kind<string> = { parse: (text) => text, format: (value) => value };

function number(what: string, c?: ReferenceForms): Kind<number> {
  return {
    parse: (text, { range: [low, high], dialect }) => parseNumber(text, low, high, dialect),
    format: String,
    allowed: ([low, high]) => `a number${what} from ${low} to ${high}`,
    advice: ([low, high]) => `use a whole number from ${low} to ${high}`,
    ...(c === undefined ? {} : { c }),
  };
}

/** A number; `Y` stands for the usual one and `N` for 0. */
function numberOrSwitch(format: (value: number) => string): Kind<number> {
  const plain = number("");
  return {
    ...plain,
    parse(text, reading) {
      const on = parseSwitch(text);
      return on === undefined ? plain.parse(text, reading) : on ? reading.yes : 0;
    },
    format,
  };
}

function parseSwitch(text: string): boolean | undefined {
  return /^y$/i.test(text) ? true : /^n$/i.test(text) ? false : undefined;
}

function digest(spoken: string, c?: ReferenceForms): Kind<DigestName> {
  return {
    parse: parseDigestName,
    format: (value) => DIGESTS[value].label,
    allowed: () => `one of ${DIGEST_NAMES.join(", ")}`,
    advice: () => `use one of ${DIGEST_NAMES.join(", ")}`,
    words: { file: DIGEST_NAMES, option: DIGEST_NAMES },
    c: { ...c, option: `* Invalid ${spoken} type: %s, use {${DIGEST_NAMES.join(",")}}` },
  };
}

const MODES = ["CBC", "ECB", "CFB", "OFB", "CTR", "legacy", "Asymmetric"];

/** The C client skips characters that are not part of a time; so does its form with a sign. */
function time(
  parse: (text: string, dialect: Dialect) => number | undefined,
  sign: 1 | -1 = 1,
): Kind<number> {
  return {
    parse(text, { dialect }) {
      const seconds = parse(text, dialect);
      // The sum turns -0 into 0.
      return seconds === undefined ? undefined : sign * seconds + 0;
    },
    format: (value) => String(sign * value),
    allowed: () => "a time such as 60, 5m, 2h or 1d",
    advice: () => "use seconds or a number with a unit, such as -60, 5m, 2h or 1d",
    c: { file: "%v argument '%s' invalid.", option: "Invalid time offset: '%s'" },
  };
}

function keyText(source: KeySource, variable: string): string | undefined {
  return source.kind === "bytes" && source.variable === variable ? source.written : undefined;
}

/** The kinds by name. */
export const KINDS = {
  text,
  /** The rest of the line: a program and its arguments. */
  command: text,
  /** One trailing slash is dropped (`docs/spec/client.md` 2). */
  folder: {
    parse: (path) => path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path,
    format: (value) => value,
  } satisfies Kind<string>,
  switch: {
    parse: parseSwitch,
    format: (on) => on ? "Y" : "N",
    ignored: "neither Y nor N",
  } satisfies Kind<boolean>,
  /** A switch whose variable means the opposite of the member. */
  "contrary switch": {
    parse(text) {
      const on = parseSwitch(text);
      return on === undefined ? undefined : !on;
    },
    format: (off) => off ? "N" : "Y",
    ignored: "neither Y nor N",
  } satisfies Kind<boolean>,
  port: number("", { option: "[*] Value %d out of range [(0)-(65535)]" }),
  number: number(""),
  seconds: number(" of seconds"),
  bytes: number(" of bytes"),
  descriptor: {
    ...number("", { option: "[*] Value %d out of range [(0)-(-1)]" }),
    allowed: () => "a number from 0",
  },
  /** Y, or a level. */
  verbosity: numberOrSwitch((value) => value === 1 ? "Y" : String(value)),
  wait: numberOrSwitch(String),
  digest: digest("digest"),
  "hmac digest": digest("hmac digest", {
    file: `%v argument '%s' must be one of {${DIGEST_NAMES.join(",")}}`,
  }),
  transport: {
    parse: parseTransport,
    format: (value) => value,
    allowed: () => `one of ${TRANSPORTS.join(", ")}`,
    advice: () => `use one of ${TRANSPORTS.join(", ")}`,
    words: { file: TRANSPORTS, option: TRANSPORTS },
    c: { option: "Unrecognized protocol: %s" },
  } satisfies Kind<Transport>,
  mode: {
    parse: parseEncryptionMode,
    format: (value) => ENCRYPTION_MODES[value].label,
    allowed: () => "one of cbc, ecb, cfb, ofb, ctr, legacy and asymmetric",
    advice: () => `use one of ${MODES.join(", ")}`,
    words: { file: MODES, option: [] },
    c: { option: "* Invalid encryption mode: %s, use {CBC,CTR,legacy,Asymmetric}" },
  } satisfies Kind<EncryptionMode>,
  /** A leading minus means the past. */
  "time offset": time(parseSignedTimeOffset),
  "time ahead": time(parseTimeOffset),
  "time back": time(parseTimeOffset, -1),
  /** An address to admit, or a word for one. */
  allow: {
    parse(text) {
      if (/^resolve$/i.test(text)) return { kind: "resolve" };
      if (/^source$/i.test(text)) return { kind: "source" };
      return parseAddress(text) === undefined ? undefined : { kind: "address", text };
    },
    format: (value) => value.kind === "address" ? value.text : value.kind,
    advice: () => "use an address, or one of the words source and resolve",
  } satisfies Kind<AllowSetting | { readonly kind: "resolve" }>,
  /** The same without the words. The address is checked together with the other settings. */
  "allow address": {
    parse: (text) => ({ kind: "address", text }),
    format: (value) => value.kind === "address" ? value.text : undefined,
  } satisfies Kind<AllowSetting>,
  /** The text is the key; it ends at a blank. */
  "key text": {
    parse: (text, { variable, encode }) => ({
      kind: "bytes",
      bytes: encode(text),
      variable,
      written: text,
    }),
    format: keyText,
  } satisfies Kind<KeySource>,
  "key base64": {
    parse(text, { variable }) {
      const bytes = decodeKeyBase64(text);
      return bytes === undefined || bytes.length === 0
        ? undefined
        : { kind: "bytes", bytes, variable, written: text };
    },
    format: keyText,
    advice: () => "make one with: fwknop keygen",
    optionAdvice: "make a pair of keys with: fwknop keygen",
    c: { file: "%v argument '(hidden)' doesn't look like base64-encoded data." },
  } satisfies Kind<KeySource>,
  "key file": {
    parse: (path) => ({ kind: "file", path }),
    format: (source) => source.kind === "file" ? source.path : undefined,
  } satisfies Kind<KeySource>,
} as const;

/** Name of a kind. */
export type KindName = keyof typeof KINDS;

/** The kind of that name, for any value. */
export function kindOf(name: KindName): Kind<unknown> {
  return KINDS[name] as Kind<unknown>;
}
