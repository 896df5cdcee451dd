/**
 * `fwknop keygen`.
 *
 * @module
 */
import { keyGenerationOptions } from "../lib/client/key_generation.ts";
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { formatKeyLines, keyBase64, type KeyPair } from "../lib/client/key_text.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { OptionRow } from "../lib/config/option.ts";
import type { DigestName } from "../lib/crypto/digest_name.ts";
import { type GeneratedKeys, generateKeys } from "../lib/crypto/key_generation.ts";
import { toJson } from "../lib/one_line.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { existingKeys } from "./existing_keys.ts";
import { codeText, writeCode } from "./show_code.ts";
import { tellProblem } from "./problem_text.ts";

const OPTIONS: readonly OptionRow[] = [
  { name: "key-len", argument: "BYTES", brief: "Length of the encryption key, 1 to 32" },
  {
    name: "hmac-key-len",
    argument: "BYTES",
    brief: "Length of the HMAC key, 1 to 128; the default depends on its digest",
  },
  {
    name: "hmac-digest-type",
    argument: "DIGEST",
    brief: "Digest of the HMAC; default: sha256",
  },
  {
    name: "key-gen-file",
    short: "K",
    argument: "FILE",
    brief: "Write the keys to a new file, readable by you alone",
  },
  { name: "force", brief: "Replace existing files" },
  { name: "json", brief: "Print one JSON object" },
  { name: "qr", brief: "Also show the keys as a QR code for a phone" },
  {
    name: "qr-file",
    argument: "FILE",
    brief: "Also write the QR code to a new SVG file, readable by you alone",
  },
  {
    name: "from",
    argument: "FILE[#N]",
    brief: "Show existing keys as a QR code: those of stanza N of an access.conf, or of key lines",
  },
];

/** Makes a pair of keys. */
export const keygen: Command = {
  description: [
    "Prints an encryption key and an HMAC key. Put both lines into the client's stanza in ~/.fwknoprc and into the",
    "server's stanza in access.conf. To show existing keys to a phone:",
    "",
    "  fwknop keygen --from /etc/fwknop/access.conf#1",
    "  fwknopd --key-gen | fwknop keygen --from -",
  ].join("\n"),
  options: OPTIONS,
  /** Draws the keys, and prints or writes them. Existing keys are shown only as a QR code. */
  async run(options, _words, context) {
    const place = options.value("from");
    const keys = place === undefined
      ? await makeKeys(options, context)
      : checkFrom(options) ?? await existingKeys(place);
    if (keys instanceof Problem) return tellProblem(keys, context);
    const file = options.value("qr-file");
    // Standard output holds only what belongs in a file: new keys, or the QR code of existing ones.
    if (place === undefined && options.has("qr")) context.err(await codeText(keys));
    else if (place !== undefined && (options.has("qr") || file === undefined)) {
      context.out(await codeText(keys));
    }
    if (file !== undefined) {
      const problem = await writeCode(keys, file, options.has("force"));
      if (problem !== undefined) return tellProblem(problem, context);
    }
    return ExitCode.ok;
  },
};

/** Options that describe new keys. */
const MAKING: readonly string[] = [
  "key-len",
  "hmac-key-len",
  "hmac-digest-type",
  "key-gen-file",
  "json",
];

function checkFrom(options: GivenOptions): Problem | undefined {
  const name = MAKING.find((option) => options.has(option));
  return name === undefined
    ? undefined
    : usageProblem(`--from shows existing keys; --${name} is for new ones`);
}

async function makeKeys(options: GivenOptions, context: Context): Promise<KeyPair | Problem> {
  const wanted = keyGenerationOptions(options, "native");
  if (wanted instanceof Problem) return wanted;
  const keys = generateKeys(wanted);
  const text = options.has("json")
    ? formatJson(keys, wanted.hmacType ?? "sha256")
    : formatKeyLines(keys);
  const file = options.value("key-gen-file");
  if (file === undefined) context.out(text);
  else {
    const problem = await writeKeyFile(file, text, options.has("force"));
    if (problem !== undefined) return problem;
    context.out(`[+] Wrote Rijndael and HMAC keys to: ${file}\n`);
  }
  return keys;
}

function formatJson({ key, hmacKey }: GeneratedKeys, hmacType: DigestName): string {
  return `${
    toJson({
      key_base64: keyBase64(key),
      hmac_key_base64: keyBase64(hmacKey),
      hmac_digest_type: hmacType,
    })
  }\n`;
}
