/**
 * Writing new keys to a file of their own.
 *
 * @module
 */
import { systemReasonOf } from "../errors/reason.ts";
import { createPrivateFile, isSpecialFile, replacePrivateFile } from "../files/private_file.ts";
import { Problem } from "./problem.ts";

/**
 * Writes the text, readable by the owner alone from the first byte on.
 *
 * @param replace take the place of a file that is there; otherwise that is refused, because the keys in it
 * may be the only copy. What is not a file (`/dev/stdout`) is written to.
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
