/**
 * Colours of the terminal: SGR parameters of ECMA-48, 8.3.117.
 *
 * @module
 */

let enabled = false;

/** Turns colours on or off; they are off at the start. */
export function setColorEnabled(value: boolean): void {
  enabled = value;
}

/** Makes a function that puts a text between two SGR sequences: one sets an attribute, the other ends it. */
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
