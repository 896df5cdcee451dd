/**
 * Colours of the terminal.
 *
 * @module
 */
// @ts-types="./color.d.ts"
export { bold, dim, green, red, setColorEnabled } from "std/colors";
