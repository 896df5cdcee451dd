/**
 * Gets the keys of one knock from the settings, from files, from a descriptor or from the user
 * (`docs/spec/client.md` 7).
 *
 * @module
 */
import { type DigestName } from "../crypto/digest_name.ts";
import { equalBytes } from "../crypto/equal.ts";
import { MAX_KEY_LENGTH } from "../crypto/key_derivation.ts";
import { MAX_HMAC_KEY_LENGTH } from "../crypto/key_generation.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { findKey } from "./key_file.ts";
import { libraryError, Problem, usageProblem } from "./problem.ts";
import type { KeyPlan, PlannedKey } from "./plan.ts";
import type { PromptResult } from "./secret_prompt.ts";

/** Keys ready for use, in bytes. Never print one. */
export interface KnockKeys {
  /** With GnuPG: the passphrase of the signing key. It is empty for a key without a passphrase. */
  readonly encryptionKey: Uint8Array;
  readonly hmac?: { readonly key: Uint8Array; readonly type: DigestName };
  /** The key was longer than the legacy mode allows, so its end was cut off. */
  readonly cutToLegacy: boolean;
}

/** Asks for keys that neither the settings nor a file give. */
export interface KeyReader {
  /** Asks on the terminal, with this prompt. */
  prompt(text: string): Promise<PromptResult>;
  /** The next line of a descriptor; `undefined` at its end. */
  readLine(descriptor: number): Promise<Uint8Array | undefined | Problem>;
  /** The next line that a program prints. The program runs once for all lines. */
  readCommandLine(command: string): Promise<Uint8Array | undefined | Problem>;
}

const LEGACY_KEY_LENGTH = 16;
const MAX_PASSPHRASE_LENGTH = 128;

/** Gets and checks the keys. The encryption key comes first, also in prompts. */
export async function gatherKeys(
  plan: KeyPlan,
  reader: KeyReader,
): Promise<KnockKeys | Problem> {
  const { purpose, hmac, destination } = plan;
  const isPassphrase = purpose === "passphrase";
  const asked = isPassphrase ? ASKED.passphrase : ASKED.key;
  const key = await obtain(plan.key, destination, reader, asked);
  if (key instanceof Problem) return key;
  const keyProblem = isPassphrase ? checkPassphrase(key) : checkKey(key, plan.key);
  if (keyProblem !== undefined) return keyProblem;
  const cutToLegacy = purpose === "legacy cipher" && key.length > LEGACY_KEY_LENGTH;
  const encryptionKey = cutToLegacy ? key.slice(0, LEGACY_KEY_LENGTH) : key;
  if (hmac === undefined) return { encryptionKey, cutToLegacy };

  const hmacKey = await obtain(hmac.key, destination, reader, ASKED.hmac);
  if (hmacKey instanceof Problem) return hmacKey;
  const hmacProblem = checkHmacKey(hmacKey, hmac.key);
  if (hmacProblem !== undefined) return hmacProblem;
  if (equalBytes(key, hmacKey)) {
    return new Problem("the encryption key and the HMAC key are the same; nothing is sent", {
      hint: "make a pair of keys with: fwknop keygen",
      reference: "[*] The encryption passphrase and HMAC key should not be identical, " +
        "no SPA packet sent. Exiting.",
    });
  }
  return { encryptionKey, cutToLegacy, hmac: { key: hmacKey, type: hmac.digest } };
}

/** How to ask for one kind of key. */
interface Asked {
  readonly prompt: string;
  readonly what: string;
  /** How to give the key without a terminal. */
  readonly hint: string;
}

const ASKED = {
  key: {
    prompt: "Enter encryption key: ",
    what: "key",
    hint: "put KEY_BASE64 into the rc file, or use --get-key, --stdin or --fd",
  },
  hmac: {
    prompt: "Enter HMAC key: ",
    what: "HMAC key",
    hint: "put HMAC_KEY_BASE64 into the rc file, or use --get-hmac-key, --stdin or --fd",
  },
  passphrase: {
    prompt: "Enter passphrase for signing: ",
    what: "passphrase for the signing key",
    hint:
      "put GPG_SIGNING_PW, USE_GPG_AGENT Y or, for a key without one, GPG_NO_SIGNING_PW Y into the rc file",
  },
} as const satisfies Readonly<Record<string, Asked>>;

async function obtain(
  source: PlannedKey,
  destination: string,
  reader: KeyReader,
  asked: Asked,
): Promise<Uint8Array | Problem> {
  switch (source.kind) {
    case "bytes":
      return source.bytes;
    case "file":
      return await readKeyFile(source.path, destination);
    case "command":
      return await fromCommand(source.command, reader);
    case "descriptor":
      return await fromDescriptor(source.descriptor, reader);
    case "terminal":
      return await fromTerminal(asked, reader);
    case "none":
      return new Uint8Array();
  }
}

async function readKeyFile(path: string, destination: string): Promise<Uint8Array | Problem> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    return new Problem(`cannot read the key file ${path}: ${systemReasonOf(error)}`, {
      reference: `Could not open config file: ${path}`,
    });
  }
  return findKey(bytes, destination) ??
    new Problem(`${path} has no key for the destination '${destination}'`, {
      hint: `a key file has lines of the form ${destination || "host"}:key`,
      reference: `Could not get key for IP: ${destination} from: ${path}`,
    });
}

const NO_KEY = "[*] getpasswd() key error.";

async function fromDescriptor(
  descriptor: number,
  reader: KeyReader,
): Promise<Uint8Array | Problem> {
  return await reader.readLine(descriptor) ??
    new Problem(`cannot read a key from descriptor ${descriptor}: it is at its end`, {
      hint: "each key is one line, the encryption key first",
      reference: NO_KEY,
    });
}

async function fromCommand(command: string, reader: KeyReader): Promise<Uint8Array | Problem> {
  return await reader.readCommandLine(command) ??
    new Problem(`'${command}' did not print a key`, {
      hint: "the program must print each key on its own line, the encryption key first",
      reference: NO_KEY,
    });
}

async function fromTerminal(
  { prompt, what, hint }: Asked,
  reader: KeyReader,
): Promise<Uint8Array | Problem> {
  const result = await reader.prompt(prompt);
  if (result.kind === "line") return result.line;
  return result.kind === "aborted"
    ? new Problem("interrupted; nothing is sent", { reference: NO_KEY })
    : new Problem(`no ${what}, and no terminal to ask for one`, {
      hint,
      reference: NO_KEY,
    });
}

/** Whether the C client reads this key from base64. It decodes and measures such a key before all other checks. */
function isBase64(source: PlannedKey): boolean {
  return source.kind === "bytes" && source.variable.endsWith("BASE64");
}

function checkKey(key: Uint8Array, source: PlannedKey): Problem | undefined {
  if (key.length >= 1 && key.length <= MAX_KEY_LENGTH) return undefined;
  // The C client prints this range, but refuses 128.
  const reference = isBase64(source) && key.length >= 128
    ? `[*] Invalid key length: '${key.length}', must be in [1,128]`
    : libraryError("fko_spa_data_final", 95, "Invalid key length");
  return usageProblem(
    `the encryption key has ${key.length} bytes; 1 to ${MAX_KEY_LENGTH} are allowed`,
    { reference },
  );
}

function checkPassphrase(passphrase: Uint8Array): Problem | undefined {
  if (passphrase.length <= MAX_PASSPHRASE_LENGTH) return undefined;
  return usageProblem(
    `the passphrase has ${passphrase.length} bytes; up to ${MAX_PASSPHRASE_LENGTH} are allowed`,
  );
}

function checkHmacKey(key: Uint8Array, source: PlannedKey): Problem | undefined {
  if (key.length >= 1 && key.length <= MAX_HMAC_KEY_LENGTH) return undefined;
  return usageProblem(
    `the HMAC key has ${key.length} bytes; 1 to ${MAX_HMAC_KEY_LENGTH} are allowed`,
    {
      reference: `[*] Invalid ${
        isBase64(source) ? "decoded" : "HMAC"
      } key length: '${key.length}', must be in [0,128]`,
    },
  );
}
