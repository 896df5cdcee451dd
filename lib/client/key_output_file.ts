/**
 * Writes new keys to a separate file.
 *
 * @module
 */
import { systemReasonOf } from "../errors/reason.ts";
import { createPrivateFile, isSpecialFile, replacePrivateFile } from "../files/private_file.ts";
import { Problem } from "./problem.ts";

/**
 * Writes the text into a file that only its owner can read, from the first byte on.
 *
 * @param replace allows replacing a file. Otherwise an existing file is refused, because its keys may be the only copy.
 * A device or a pipe such as `/dev/stdout` is written to in both cases.
 */
export async function writeKeyFile(
  path: string,
  text: string,
  replace: boolean,
): Promise<Problem | undefined> {
  try {
    if (replace || isSpecialFile(path)) {
      await replacePrivateFile(path, text);
      return undefined;
    }
    createPrivateFile(path, text);
    return undefined;
  } catch (error) {
    const exists = error instanceof Deno.errors.AlreadyExists;
    return new Problem(
      exists
        ? `${path} exists already`
        : `cannot write the keys to ${path}: ${systemReasonOf(error)}`,
      {
        ...(exists ? { hint: "choose another file, or use --force to replace it" } : {}),
        reference: `Unable to create key gen file: ${path}: ${systemReasonOf(error)}`,
      },
    );
  }
}
