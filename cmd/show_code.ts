/**
 * Shows keys as a QR code, on the terminal and in a picture.
 *
 * @module
 */
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { formatKeyCode, type KeyPair } from "../lib/client/key_text.ts";
import type { Problem } from "../lib/client/problem.ts";

/** Width of the light border in modules. The standard demands four; on a screen, scanners need only two. */
const BORDER = { screen: 2, picture: 4 } as const;

/** The QR code as characters, with a line feed at its end. */
export async function codeText(keys: KeyPair): Promise<string> {
  const { renderUnicodeCompact } = await import("qr");
  return `${renderUnicodeCompact(formatKeyCode(keys), { border: BORDER.screen })}\n`;
}

/** Writes the QR code as an SVG file that only its owner can read. */
export async function writeCode(
  keys: KeyPair,
  path: string,
  replace: boolean,
): Promise<Problem | undefined> {
  const { renderSVG } = await import("qr");
  const svg = renderSVG(formatKeyCode(keys), { border: BORDER.picture });
  return await writeKeyFile(path, `${svg}\n`, replace);
}
