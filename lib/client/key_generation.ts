/**
 * Reads from the options what kind of keys to make (`docs/spec/client.md` 7).
 *
 * @module
 */
import { MAX_NAMED_LENGTH } from "../config/client_rows.ts";
import type { GivenOptions } from "../config/option.ts";
import { DIGEST_NAMES, type DigestName, parseDigestName } from "../crypto/digest.ts";
import { MAX_KEY_LENGTH } from "../crypto/key_derivation.ts";
import { type KeyGenerationOptions, MAX_HMAC_KEY_LENGTH } from "../crypto/key_generation.ts";
import { badArgument } from "./level.ts";
import type { Dialect } from "../dialect.ts";
import { parseNumber } from "../config/number.ts";
import { Problem, usageProblem } from "./problem.ts";

/** Reads lengths and type from `--key-len`, `--hmac-key-len` and `--hmac-digest-type`. */
export function keyGenerationOptions(
  options: GivenOptions,
  dialect: Dialect,
  hmacType?: DigestName,
): KeyGenerationOptions | Problem {
  const keyLength = parseLength(options, "key-len", MAX_KEY_LENGTH, dialect);
  if (keyLength instanceof Problem) return keyLength;
  const hmacKeyLength = parseLength(options, "hmac-key-len", MAX_HMAC_KEY_LENGTH, dialect);
  if (hmacKeyLength instanceof Problem) return hmacKeyLength;
  const name = options.value("hmac-digest-type");
  const type = name === undefined ? hmacType : parseDigestName(name);
  if (name !== undefined && type === undefined) {
    return usageProblem(`--hmac-digest-type: '${name}' is not one of ${DIGEST_NAMES.join(", ")}`, {
      reference: `* Invalid hmac digest type: ${name}, use {${DIGEST_NAMES.join(",")}}`,
    });
  }
  return {
    ...(keyLength === undefined ? {} : { keyLength }),
    ...(hmacKeyLength === undefined ? {} : { hmacKeyLength }),
    ...(type === undefined ? {} : { hmacType: type }),
  };
}

function parseLength(
  options: GivenOptions,
  name: "key-len" | "hmac-key-len",
  maximum: number,
  dialect: Dialect,
): number | undefined | Problem {
  const text = options.value(name);
  if (text === undefined) return undefined;
  // The C tools print this range. Above the true limit, they fail with an error of their library.
  const isNamed = parseNumber(text, 1, MAX_NAMED_LENGTH, dialect) !== undefined;
  const named = dialect === "native" || isNamed ? maximum : MAX_NAMED_LENGTH;
  return parseNumber(text, 1, maximum, dialect) ?? badArgument(name, text, [1, named]);
}
