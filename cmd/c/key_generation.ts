/**
 * `--key-gen` of the C client's command line (`docs/spec/client.md` 7).
 *
 * @module
 */
import { keyGenerationOptions } from "../../lib/client/key_generation.ts";
import { writeKeyFile } from "../../lib/client/key_output_file.ts";
import { formatKeyLines, keyBase64 } from "../../lib/client/key_text.ts";
import { Problem } from "../../lib/client/problem.ts";
import type { SettingsLevel } from "../../lib/config/client_rows.ts";
import type { GivenOptions } from "../../lib/config/option.ts";
import type { DigestName } from "../../lib/crypto/digest_name.ts";
import { generateKeys } from "../../lib/crypto/key_generation.ts";
import type { Context } from "../context.ts";

/** New keys for a stanza, a file or the screen. */
export interface MadeKeys {
  /** What `--save-rc-stanza` writes. */
  readonly level: SettingsLevel;
  /** Prints the keys, or where they were written. */
  report(context: Context, savedTo: string | undefined): Promise<Problem | undefined>;
}

/** Draws a pair of keys of the requested lengths. @param hmacDigest the settings' digest, if no option names one. */
export function makeKeys(options: GivenOptions, hmacDigest?: DigestName): MadeKeys | Problem {
  const wanted = keyGenerationOptions(options, "c", hmacDigest);
  if (wanted instanceof Problem) return wanted;
  const keys = generateKeys(wanted);
  const written = { key: keyBase64(keys.key), hmacKey: keyBase64(keys.hmacKey) };
  return {
    level: {
      key: { kind: "bytes", bytes: keys.key, variable: "KEY_BASE64", written: written.key },
      hmacKey: {
        kind: "bytes",
        bytes: keys.hmacKey,
        variable: "HMAC_KEY_BASE64",
        written: written.hmacKey,
      },
    },
    async report(context, savedTo) {
      const file = options.value("key-gen-file");
      if (file !== undefined) {
        const problem = await writeKeyFile(file, formatKeyLines(keys), true);
        if (problem !== undefined) return problem;
        context.out(`[+] Wrote Rijndael and HMAC keys to: ${file}\n`);
      } else if (savedTo !== undefined) {
        context.out(`[+] Wrote Rijndael and HMAC keys to rc file: ${savedTo}\n`);
      } else context.out(formatKeyLines(keys));
      return undefined;
    },
  };
}
