/**
 * One level of settings from the variables of a stanza (`docs/spec/client.md` 5).
 *
 * @module
 */
import { decodeKeyBase64 } from "../crypto/base64.ts";
import { DIGEST_NAMES, parseDigestName } from "../crypto/digest_name.ts";
import { parseEncryptionMode } from "../crypto/encryption_mode.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { nearestWord } from "../config/did_you_mean.ts";
import { type FwknoprcEntry, parameterError } from "../config/fwknoprc.ts";
import { parseAddress } from "../net/address.ts";
import { type Dialect, parseNumber } from "./number.ts";
import { DEFAULTS, type SettingsLevel } from "./settings.ts";
import { parseSignedTimeOffset } from "./time_offset.ts";
import { parseTransport, TRANSPORTS } from "./transport.ts";

/** Longest timeout a packet can carry, in seconds. */
export const MAX_TIMEOUT = 65536;

/** Longest time to try a port, in seconds. */
export const MAX_WAIT = 3600;

/** What a stanza sets, and what is wrong with it. */
export interface RcLevel {
  readonly level: SettingsLevel;
  readonly diagnostics: readonly Diagnostic[];
}

/** A value that cannot be used: what is allowed, and the C client's own line about it if it has one. */
interface BadValue {
  readonly hint: string;
  readonly reference?: string;
}

/** How to turn the text of a file back into the bytes a key consists of. */
export type EncodeText = (text: string) => Uint8Array;

type Setter = (
  level: SettingsLevel,
  value: string,
  context: { readonly dialect: Dialect; readonly encode: EncodeText },
) => BadValue | void;

/** Reads the variables in order; a later one of the same name wins. */
export function levelFromRc(
  entries: readonly FwknoprcEntry[],
  dialect: Dialect,
  encode: EncodeText,
): RcLevel {
  const level: SettingsLevel = {};
  const diagnostics: Diagnostic[] = [];
  for (const { name, value, position, valuePosition } of entries) {
    const switched = SWITCHES[name];
    if (switched !== undefined) {
      const state = parseSwitch(value);
      if (state !== undefined) switched(level, state);
      else diagnostics.push(switchWarning(name, value, valuePosition));
      continue;
    }
    const bad = SETTERS[name]?.(level, value, { dialect, encode });
    if (bad === undefined) continue;
    const line = parameterError(name, value, position);
    diagnostics.push({
      severity: "error",
      text: bad.reference === undefined ? line : `${bad.reference}\n${line}`,
      position: valuePosition,
      hint: bad.hint,
    });
  }
  return { level, diagnostics };
}

function parseSwitch(value: string): boolean | undefined {
  return /^y$/i.test(value) ? true : /^n$/i.test(value) ? false : undefined;
}

/** As in the C client, the line has no effect; unlike there, someone is told. */
function switchWarning(name: string, value: string, position: Position): Diagnostic {
  const text = `${name} ${value} has no effect: the value is neither Y nor N`;
  return { severity: "warning", text, position };
}

const SWITCHES: Readonly<Record<string, (level: SettingsLevel, on: boolean) => void>> = {
  USE_GPG: (level, on) => level.useGpg = on,
  USE_GPG_AGENT: (level, on) => level.gpgAgent = on,
  GPG_NO_SIGNING_PW: (level, on) => level.gpgNoPassphrase = on,
  RAND_PORT: (level, on) => level.randomPort = on,
  USE_HMAC: (level, on) => level.useHmac = on,
  USE_WGET_USER_AGENT: (level, on) => level.wgetUserAgent = on,
  SERVER_RESOLVE_IPV4: (level, on) => level.ipv4Only = on,
  NAT_LOCAL: (level, on) => level.natLocal = on,
  NAT_RAND_PORT: (level, on) => level.natRandomPort = on,
  RESOLVE_IP_HTTP: (level, on) => level.resolve = on,
  RESOLVE_IP_HTTPS: (level, on) => level.resolve = on,
  RESOLVE_HTTP_ONLY: (level, on) => level.resolveHttpOnly = on,
  NO_SAVE_ARGS: (level, on) => level.saveArguments = !on,
};

const SETTERS: Readonly<Record<string, Setter>> = {
  DIGEST_TYPE: (level, value) => setDigest(value, (digest) => level.digest = digest),
  HMAC_DIGEST_TYPE: (level, value) => {
    const bad = setDigest(value, (digest) => level.hmacDigest = digest);
    return bad && {
      ...bad,
      reference: `HMAC_DIGEST_TYPE argument '${value}' must be one of {${DIGEST_NAMES.join(",")}}`,
    };
  },
  SPA_SERVER_PROTO: (level, value) => {
    const transport = parseTransport(value);
    if (transport === undefined) return oneOf(value, TRANSPORTS);
    level.transport = transport;
    return undefined;
  },
  SPA_SERVER_PORT: (level, value, { dialect }) => {
    const lowest = lowestServerPort(dialect);
    return setNumber(value, 65535, dialect, (port) => level.serverPort = port, lowest);
  },
  SPA_SOURCE_PORT: (level, value, { dialect }) =>
    setNumber(value, 65535, dialect, (port) => level.sourcePort = port),
  NAT_PORT: (level, value, { dialect }) =>
    setNumber(value, 65535, dialect, (port) => level.natPort = port),
  FW_TIMEOUT: (level, value, { dialect }) =>
    setNumber(value, MAX_TIMEOUT, dialect, (seconds) => level.timeout = seconds),
  ALLOW_IP: (level, value) => {
    if (/^resolve$/i.test(value)) level.resolve = true;
    else if (/^source$/i.test(value)) level.allow = { kind: "source" };
    else if (parseAddress(value) !== undefined) level.allow = { kind: "address", text: value };
    else return { hint: "use an address, or one of the words source and resolve" };
    return undefined;
  },
  TIME_OFFSET: (level, value, { dialect }) => {
    const seconds = parseSignedTimeOffset(value, dialect);
    if (seconds === undefined) {
      return {
        hint: "use seconds or a number with a unit, such as -60, 5m, 2h or 1d",
        reference: `TIME_OFFSET argument '${value}' invalid.`,
      };
    }
    level.timeOffset = seconds;
    return undefined;
  },
  ENCRYPTION_MODE: (level, value) => {
    const mode = parseEncryptionMode(value);
    if (mode === undefined) {
      return oneOf(value, ["CBC", "ECB", "CFB", "OFB", "CTR", "legacy", "Asymmetric"]);
    }
    level.mode = mode;
    return undefined;
  },
  GPG_RECIPIENT: (level, value) => void (level.gpgRecipient = value),
  GPG_SIGNER: (level, value) => void (level.gpgSigner = value),
  GPG_HOMEDIR: (level, value) => void (level.gpgHomeDirectory = withoutSlash(value)),
  GPG_EXE: (level, value) => void (level.gpgProgram = value),
  GPG_SIGNING_PW: (level, value, { encode }) => setText(level, "GPG_SIGNING_PW", value, encode),
  GPG_SIGNING_PW_BASE64: (level, value) =>
    setBase64(level, "GPG_SIGNING_PW_BASE64", value, "GPG_SIGNING_KEY_BASE64"),
  SPOOF_USER: (level, value) => void (level.user = value),
  SPOOF_SOURCE_IP: (level, value) => void (level.spoofSource = value),
  ACCESS: (level, value) => void (level.access = value),
  SPA_SERVER: (level, value) => void (level.server = value),
  KEY: (level, value, { encode }) => setText(level, "KEY", value, encode),
  KEY_BASE64: (level, value) => setBase64(level, "KEY_BASE64", value),
  HMAC_KEY: (level, value, { encode }) => setText(level, "HMAC_KEY", value, encode),
  HMAC_KEY_BASE64: (level, value) => setBase64(level, "HMAC_KEY_BASE64", value),
  KEY_FILE: (level, value) => {
    if (level.key === undefined) level.key = { kind: "file", path: value };
  },
  HMAC_KEY_FILE: (level, value) => {
    if (level.hmacKey === undefined) level.hmacKey = { kind: "file", path: value };
  },
  NAT_ACCESS: (level, value) => void (level.natAccess = value),
  HTTP_USER_AGENT: (level, value) => void (level.userAgent = value),
  RESOLVE_URL: (level, value) => {
    level.resolveUrl = value;
    level.resolve = true;
  },
  VERBOSE: (level, value, { dialect }) => {
    const state = parseSwitch(value);
    if (state === undefined) {
      return setNumber(value, 4, dialect, (verbosity) => level.verbosity = verbosity);
    }
    level.verbosity = state ? 1 : 0;
    return undefined;
  },
  KEY_COMMAND: (level, value) => void (level.keyCommand = value),
  WAIT: (level, value, { dialect }) => {
    const state = parseSwitch(value);
    if (state === undefined) {
      return setNumber(value, MAX_WAIT, dialect, (seconds) => level.wait = seconds);
    }
    level.wait = state ? DEFAULTS.wait : 0;
    return undefined;
  },
  WGET_CMD: (level, value) => void (level.wgetCommand = value),
};

/** Nothing arrives at port 0. The C client sends there all the same (`docs/spec/client.md` 2). */
export function lowestServerPort(dialect: Dialect): 0 | 1 {
  return dialect === "native" ? 1 : 0;
}

/** One trailing slash of a directory is dropped (`docs/spec/client.md` 2). */
export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function oneOf(value: string, allowed: readonly string[]): BadValue {
  const nearest = nearestWord(value, allowed);
  const list = `use one of ${allowed.join(", ")}`;
  return { hint: nearest === undefined ? list : `did you mean ${nearest}? ${list}` };
}

function setDigest(
  value: string,
  set: (digest: NonNullable<SettingsLevel["digest"]>) => void,
): BadValue | undefined {
  const digest = parseDigestName(value);
  if (digest === undefined) return oneOf(value, DIGEST_NAMES);
  set(digest);
  return undefined;
}

function setNumber(
  value: string,
  maximum: number,
  dialect: Dialect,
  set: (number: number) => void,
  minimum = 0,
): BadValue | undefined {
  const number = parseNumber(value, minimum, maximum, dialect);
  if (number === undefined) return { hint: `use a whole number from ${minimum} to ${maximum}` };
  set(number);
  return undefined;
}

/** Within one level text beats base64 and base64 beats a file, as in the C client. */
const KEY_RANK: Readonly<Record<string, number>> = {
  KEY: 2,
  GPG_SIGNING_PW: 2,
  HMAC_KEY: 2,
  KEY_BASE64: 1,
  GPG_SIGNING_PW_BASE64: 1,
  HMAC_KEY_BASE64: 1,
};

/** Stores key bytes unless the level has a better source already. */
export function setKey(
  level: SettingsLevel,
  variable: string,
  written: string,
  bytes: Uint8Array,
): void {
  const field = variable.startsWith("HMAC") ? "hmacKey" : "key";
  const held = level[field];
  const rank = held?.kind === "bytes" ? KEY_RANK[held.variable] ?? 0 : -1;
  if ((KEY_RANK[variable] ?? 0) >= rank) {
    level[field] = { kind: "bytes", bytes, variable, written };
  }
  // A key for the HMAC turns it on (`docs/spec/client.md` 5), unless the same level says no.
  if (field === "hmacKey") level.useHmac ??= true;
}

function setText(
  level: SettingsLevel,
  variable: string,
  value: string,
  encode: EncodeText,
): undefined {
  setKey(level, variable, value, encode(value));
}

function setBase64(
  level: SettingsLevel,
  variable: string,
  value: string,
  spokenName: string = variable,
): BadValue | undefined {
  const bytes = decodeKeyBase64(value);
  if (bytes === undefined || bytes.length === 0) {
    return {
      hint: "make one with: fwknop keygen",
      reference: `${spokenName} argument '(hidden)' doesn't look like base64-encoded data.`,
    };
  }
  setKey(level, variable, value, bytes);
  return undefined;
}
