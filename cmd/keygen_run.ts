/**
 * The run of `fwknop keygen`.
 *
 * @module
 */
import { keyGenerationOptions } from "../lib/client/key_generation.ts";
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { formatKeyCode, formatKeyLines, keyBase64 } from "../lib/client/key_text.ts";
import { Problem } from "../lib/client/problem.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { generateKeys } from "../lib/crypto/key_generation.ts";
import { type Context, ExitCode } from "./context.ts";
import { describeProblem } from "./problem_text.ts";

/** Draws the keys and prints or writes them. */
export async function runKeygen(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const wanted = keyGenerationOptions(options, "native");
  if (wanted instanceof Problem) return fail(wanted, context);
  const keys = generateKeys(wanted);
  const hmacType = wanted.hmacType ?? "sha256";
  const text = options.has("json")
    ? `${
      JSON.stringify({
        key_base64: keyBase64(keys.key),
        hmac_key_base64: keyBase64(keys.hmacKey),
        hmac_digest_type: hmacType,
      })
    }\n`
    : formatKeyLines(keys);
  const file = options.value("key-gen-file");
  if (file === undefined) context.out(text);
  else {
    const problem = await writeKeyFile(file, text, options.has("force"));
    if (problem !== undefined) return fail(problem, context);
    context.out(`[+] Wrote Rijndael and HMAC keys to: ${file}\n`);
  }
  if (options.has("qr")) {
    const { renderUnicodeCompact } = await import("qr");
    context.out(`${renderUnicodeCompact(formatKeyCode(keys), { border: 2 })}\n`);
  }
  const svgFile = options.value("qr-file");
  if (svgFile !== undefined) {
    const { renderSVG } = await import("qr");
    const svg = renderSVG(formatKeyCode(keys), { border: 4 });
    const problem = await writeKeyFile(svgFile, `${svg}\n`, options.has("force"));
    if (problem !== undefined) return fail(problem, context);
  }
  return ExitCode.ok;
}

function fail(problem: Problem, context: Context): number {
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}
