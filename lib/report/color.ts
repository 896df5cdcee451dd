/**
 * Colours of the terminal: SGR parameters of ECMA-48, 8.3.117.
 *
 * @module
 */

let enabled = false;

/** Colours are written only where this was last set to `true`. */
export function setColorEnabled(value: boolean): void {
  enabled = value;
}

/** A function that puts a text between two SGR sequences: one that sets an attribute and one that ends it. */
function painter(set: number, end: number): (text: string) => string {
  return (text) => enabled ? `\x1b[${set}m${text}\x1b[${end}m` : text;
}

/** The text in bold. */
export const bold: (text: string) => string = painter(1, 22);
/** The text in a fainter colour. */
export const dim: (text: string) => string = painter(2, 22);
/** The text in red. */
export const red: (text: string) => string = painter(31, 39);
/** The text in green. */
export const green: (text: string) => string = painter(32, 39);
