/**
 * One level of settings from the options of a command line (`docs/spec/client.md` 2 and 3).
 *
 * @module
 */
import { decodeKeyBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { DIGEST_NAMES, parseDigestName } from "../crypto/digest_name.ts";
import { parseEncryptionMode } from "../crypto/encryption_mode.ts";
import { nearestWord } from "../config/did_you_mean.ts";
import type { GivenOptions } from "../config/option.ts";
import { checkKeyLength } from "./key_length.ts";
import { type Dialect, leadingNumber, parseNumber } from "./number.ts";
import { Problem, usageProblem } from "./problem.ts";
import { DEFAULTS, type SettingsLevel } from "./settings.ts";
import {
  lowestServerPort,
  MAX_TIMEOUT,
  MAX_WAIT,
  setKey,
  withoutSlash,
} from "./settings_from_rc.ts";
import { parseTimeOffset } from "./time_offset.ts";
import { parseTransport, TRANSPORTS } from "./transport.ts";

/** What the C client lets `-f` ask for; decoders accept {@link MAX_TIMEOUT}. */
const REFERENCE_MAX_TIMEOUT = 131072;

type Setter = (
  level: SettingsLevel,
  value: string,
  dialect: Dialect,
) => Problem | void;

/** Reads the options in the order given, so that the last one wins. The first bad argument ends it. */
export function levelFromOptions(
  options: GivenOptions,
  dialect: Dialect,
): SettingsLevel | Problem {
  const level: SettingsLevel = {};
  for (const { name, value } of options.entries) {
    const problem = SETTERS[name]?.(level, value, dialect);
    if (problem instanceof Problem) return problem;
  }
  return level;
}

const SETTERS: Readonly<Record<string, Setter>> = {
  "allow-ip": (level, value) => void (level.allow = { kind: "address", text: value }),
  access: (level, value) => void (level.access = value),
  "save-packet-append": (level) => void (level.appendPacket = true),
  "save-packet": (level, value) => void (level.packetFile = value),
  "no-save-args": (level) => void (level.saveArguments = false),
  "server-cmd": (level, value) => void (level.command = value),
  "digest-type": (level, value) => {
    const digest = parseDigestName(value);
    if (digest === undefined) return badDigest("digest-type", "digest", value);
    level.digest = digest;
    return undefined;
  },
  destination: (level, value) => void (level.server = value),
  "encryption-mode": (level, value) => {
    const mode = parseEncryptionMode(value);
    if (mode === undefined) {
      return usageProblem(
        `--encryption-mode: '${value}' is not one of cbc, ecb, cfb, ofb, ctr, legacy and asymmetric`,
        {
          reference: `* Invalid encryption mode: ${value}, use {CBC,CTR,legacy,Asymmetric}`,
        },
      );
    }
    level.mode = mode;
    return undefined;
  },
  fd: (level, value, dialect) => {
    const descriptor = parseNumber(value, 0, 0x7fffffff, dialect);
    if (descriptor === undefined) return outOfRange("fd", value, 0, -1);
    level.keyDescriptor = descriptor;
    return undefined;
  },
  stdin: (level) => void (level.keyDescriptor = 0),
  "fw-timeout": (level, value, dialect) => {
    const limit = dialect === "compat" ? REFERENCE_MAX_TIMEOUT : MAX_TIMEOUT;
    const seconds = parseNumber(value, 0, limit, dialect);
    if (seconds === undefined) {
      return usageProblem(
        `--fw-timeout: '${value}' is not a number of seconds from 0 to ${MAX_TIMEOUT}`,
        { reference: `--fw-timeout must be within [0-${REFERENCE_MAX_TIMEOUT}]` },
      );
    }
    level.timeout = seconds;
    return undefined;
  },
  "gpg-encryption": (level) => void (level.useGpg = true),
  "gpg-recipient-key": (level, value) => {
    level.useGpg = true;
    level.gpgRecipient = value;
  },
  "gpg-signer-key": (level, value) => {
    level.useGpg = true;
    level.gpgSigner = value;
  },
  "gpg-home-dir": (level, value) => {
    level.useGpg = true;
    level.gpgHomeDirectory = withoutSlash(value);
  },
  "gpg-exe": (level, value) => {
    level.useGpg = true;
    level.gpgProgram = value;
  },
  "gpg-agent": (level) => {
    level.useGpg = true;
    level.gpgAgent = true;
  },
  "gpg-no-signing-pw": (level) => {
    level.useGpg = true;
    level.gpgNoPassphrase = true;
  },
  "get-key": (level, value) => {
    if (level.key === undefined || level.key.kind === "file") {
      level.key = { kind: "file", path: value };
    }
  },
  "get-hmac-key": (level, value) => {
    level.useHmac = true;
    if (level.hmacKey === undefined || level.hmacKey.kind === "file") {
      level.hmacKey = { kind: "file", path: value };
    }
  },
  "http-proxy": (level, value) => {
    level.transport = "http";
    level.proxy = value;
  },
  "key-rijndael": (level, value) => setText(level, "KEY", value),
  "key-base64-rijndael": (level, value) => setBase64(level, "KEY_BASE64", value, "Rijndael"),
  "key-hmac": (level, value) => setText(level, "HMAC_KEY", value),
  "key-base64-hmac": (level, value) => setBase64(level, "HMAC_KEY_BASE64", value, "HMAC"),
  "hmac-digest-type": (level, value) => {
    const digest = parseDigestName(value);
    if (digest === undefined) return badDigest("hmac-digest-type", "hmac digest", value);
    level.hmacDigest = digest;
    level.useHmac = true;
    return undefined;
  },
  "key-len": (_, value, dialect) => checkKeyLength("key-len", value, dialect),
  "hmac-key-len": (level, value, dialect) => {
    level.useHmac = true;
    return checkKeyLength("hmac-key-len", value, dialect);
  },
  "icmp-type": (level, value, dialect) => {
    const type = parseNumber(value, 0, 40, dialect);
    if (type === undefined) return badIcmp("type", value, 40);
    level.icmpType = type;
    return undefined;
  },
  "icmp-code": (level, value, dialect) => {
    const code = parseNumber(value, 0, 15, dialect);
    if (code === undefined) return badIcmp("code", value, 15);
    level.icmpCode = code;
    return undefined;
  },
  "nat-access": (level, value) => void (level.natAccess = value),
  "nat-local": (level) => void (level.natLocal = true),
  "nat-port": (level, value, dialect) =>
    setPort("nat-port", value, dialect, (port) => level.natPort = port),
  "nat-rand-port": (level) => void (level.natRandomPort = true),
  "server-port": (level, value, dialect) => {
    const lowest = lowestServerPort(dialect);
    return setPort("server-port", value, dialect, (port) => level.serverPort = port, lowest);
  },
  "server-proto": (level, value) => {
    const transport = parseTransport(value);
    if (transport === undefined) {
      return usageProblem(
        `--server-proto: '${value}' is not one of ${TRANSPORTS.join(", ")}`,
        { reference: `Unrecognized protocol: ${value}`, ...nearestHint(value, TRANSPORTS) },
      );
    }
    level.transport = transport;
    return undefined;
  },
  "spoof-source": (level, value) => void (level.spoofSource = value),
  "rand-port": (level) => void (level.randomPort = true),
  "resolve-ip-https": (level) => void (level.resolve = true),
  "resolve-http-only": (level) => {
    level.resolve = true;
    level.resolveHttpOnly = true;
  },
  "resolve-url": (level, value) => {
    level.resolve = true;
    level.resolveUrl = value;
  },
  "server-resolve-ipv4": (level) => void (level.ipv4Only = true),
  "source-ip": (level) => void (level.allow = { kind: "source" }),
  "source-port": (level, value, dialect) =>
    setPort("source-port", value, dialect, (port) => level.sourcePort = port),
  test: (level) => void (level.test = true),
  "time-offset-plus": (level, value, dialect) => setOffset(level, 1, value, dialect),
  "time-offset-minus": (level, value, dialect) => setOffset(level, -1, value, dialect),
  "user-agent": (level, value) => void (level.userAgent = value),
  "use-hmac": (level) => void (level.useHmac = true),
  "use-wget-user-agent": (level) => void (level.wgetUserAgent = true),
  "spoof-user": (level, value) => void (level.user = value),
  verbose: (level) => void (level.verbosity = (level.verbosity ?? 0) + 1),
  // The Perl client's "outside port PORT leads to HOST" (`docs/spec/client.md` 15).
  "Forward-access": (level, value, dialect) => {
    const comma = value.lastIndexOf(",");
    level.natAccess = comma < 0 ? value : value.slice(0, comma);
    if (comma < 0) return undefined;
    const port = value.slice(comma + 1);
    return setPort("Forward-access", port, dialect, (it) => level.natPort = it);
  },
  ipv4: (level) => {
    level.ipv4Only = true;
    level.ipv6Only = false;
  },
  ipv6: (level) => {
    level.ipv6Only = true;
    level.ipv4Only = false;
  },
  "key-command": (level, value) => void (level.keyCommand = value),
  wait: (level) => void (level.wait ??= DEFAULTS.wait),
  "wait-time": (level, value, dialect) =>
    setSeconds("wait-time", value, MAX_WAIT, dialect, (seconds) => level.wait = seconds),
  repeat: (level) => void (level.repeat ??= 0),
  "repeat-time": (level, value, dialect) =>
    setSeconds("repeat-time", value, MAX_TIMEOUT, dialect, (seconds) => level.repeat = seconds),
  proxy: (level) => void (level.wait ??= DEFAULTS.wait),
  "wget-cmd": (level, value) => void (level.wgetCommand = value),
};

function nearestHint(value: string, words: readonly string[]): { hint?: string } {
  const nearest = nearestWord(value, words);
  return nearest === undefined ? {} : { hint: `did you mean ${nearest}?` };
}

function badDigest(option: string, spoken: string, value: string): Problem {
  return usageProblem(
    `--${option}: '${value}' is not one of ${DIGEST_NAMES.join(", ")}`,
    {
      reference: `* Invalid ${spoken} type: ${value}, use {${DIGEST_NAMES.join(",")}}`,
      ...nearestHint(value, DIGEST_NAMES),
    },
  );
}

function badIcmp(what: "type" | "code", value: string, maximum: number): Problem {
  return usageProblem(`--icmp-${what}: '${value}' is not a number from 0 to ${maximum}`, {
    reference: `Invalid icmp ${what} '${value}', must be in [0-${maximum}]`,
  });
}

function outOfRange(option: string, value: string, minimum: number, maximum: number): Problem {
  const range = maximum < 0 ? `a number from ${minimum}` : `a number from ${minimum} to ${maximum}`;
  return usageProblem(`--${option}: '${value}' is not ${range}`, {
    reference: `[*] Value ${leadingNumber(value)} out of range [(${minimum})-(${maximum})]`,
  });
}

function setPort(
  option: string,
  value: string,
  dialect: Dialect,
  set: (port: number) => void,
  minimum = 0,
): Problem | undefined {
  const port = parseNumber(value, minimum, 65535, dialect);
  if (port === undefined) return outOfRange(option, value, minimum, 65535);
  set(port);
  return undefined;
}

/** For options of ours, which a C client has no words for. */
function setSeconds(
  option: string,
  value: string,
  maximum: number,
  dialect: Dialect,
  set: (seconds: number) => void,
): Problem | undefined {
  const seconds = parseNumber(value, 1, maximum, dialect);
  if (seconds === undefined) {
    return usageProblem(`--${option}: '${value}' is not a number of seconds from 1 to ${maximum}`);
  }
  set(seconds);
  return undefined;
}

function setOffset(
  level: SettingsLevel,
  sign: 1 | -1,
  value: string,
  dialect: Dialect,
): Problem | undefined {
  const seconds = parseTimeOffset(value, dialect);
  if (seconds === undefined) {
    return usageProblem(
      `--time-offset-${
        sign > 0 ? "plus" : "minus"
      }: '${value}' is not a time such as 60, 5m, 2h or 1d`,
      { reference: `Invalid time offset: '${value}'` },
    );
  }
  level.timeOffset = sign * seconds;
  return undefined;
}

function setText(level: SettingsLevel, variable: string, value: string): undefined {
  setKey(level, variable, value, textBytes(value));
}

function setBase64(
  level: SettingsLevel,
  variable: string,
  value: string,
  spoken: string,
): Problem | undefined {
  const bytes = decodeKeyBase64(value);
  if (bytes === undefined || bytes.length === 0) {
    return usageProblem(`${spoken} key: the text is not base64`, {
      hint: "make a pair of keys with: fwknop keygen",
      reference:
        `Base64 encoded ${spoken} argument '(hidden)' doesn't look like base64-encoded data.`,
    });
  }
  setKey(level, variable, value, bytes);
  return undefined;
}
