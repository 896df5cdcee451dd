/**
 * The run of `fwknop keygen`.
 *
 * @module
 */
import { toJson } from "../lib/one_line.ts";
import { keyGenerationOptions } from "../lib/client/key_generation.ts";
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { formatKeyLines, keyBase64, type KeyPair } from "../lib/client/key_text.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { DigestName } from "../lib/crypto/digest_name.ts";
import { type GeneratedKeys, generateKeys } from "../lib/crypto/key_generation.ts";
import { type Context, ExitCode } from "./context.ts";
import { existingKeys } from "./existing_keys.ts";
import { codeText, writeCode } from "./show_code.ts";
import { tellProblem } from "./tell_problem.ts";

/** Draws the keys and prints or writes them; existing ones are shown as a code only. */
export async function runKeygen(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const place = options.value("from");
  const keys = place === undefined
    ? await makeKeys(options, context)
    : checkFrom(options) ?? await existingKeys(place);
  if (keys instanceof Problem) return tellProblem(keys, context);
  const file = options.value("qr-file");
  // Standard output is what goes to a file: new keys, or the code of those that are there.
  if (place === undefined && options.has("qr")) context.err(await codeText(keys));
  else if (place !== undefined && (options.has("qr") || file === undefined)) {
    context.out(await codeText(keys));
  }
  if (file !== undefined) {
    const problem = await writeCode(keys, file, options.has("force"));
    if (problem !== undefined) return tellProblem(problem, context);
  }
  return ExitCode.ok;
}

/** Options that say what new keys are to be like. */
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
    : usageProblem(`--from shows keys that are there; --${name} is for new ones`);
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
