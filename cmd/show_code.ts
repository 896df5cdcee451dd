/**
 * Keys as a QR code, on the terminal and in a picture.
 *
 * @module
 */
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { formatKeyCode, type KeyPair } from "../lib/client/key_text.ts";
import type { Problem } from "../lib/client/problem.ts";
import type { Context } from "./context.ts";

/** Modules of light around the code: the standard asks for four, scanners make do with two of a screen. */
const BORDER = { screen: 2, picture: 4 } as const;

/** Prints the code as characters. */
export async function printCode(keys: KeyPair, context: Context): Promise<void> {
  const { renderUnicodeCompact } = await import("qr");
  context.out(`${renderUnicodeCompact(formatKeyCode(keys), { border: BORDER.screen })}\n`);
}

/** Writes the code as an SVG file that the owner alone can read. */
export async function writeCode(
  keys: KeyPair,
  path: string,
  replace: boolean,
): Promise<Problem | undefined> {
  const { renderSVG } = await import("qr");
  const svg = renderSVG(formatKeyCode(keys), { border: BORDER.picture });
  return await writeKeyFile(path, `${svg}\n`, replace);
}
