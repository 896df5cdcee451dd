/**
 * Values of the client's settings that are more than a text or a number.
 *
 * @module
 */

/** Where a key comes from. */
export type KeySource =
  /** The key itself, with the variable and the text it was written as. Never print one. */
  | {
    readonly kind: "bytes";
    readonly bytes: Uint8Array;
    readonly variable: string;
    readonly written: string;
  }
  /** A file of `destination:key` lines. */
  | { readonly kind: "file"; readonly path: string }
  /** A line of what a program prints. */
  | { readonly kind: "command"; readonly command: string }
  /** The next line of a descriptor. */
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** The address to admit, as far as the settings say. */
export type AllowSetting =
  /** As written, to be checked. */
  | { readonly kind: "address"; readonly text: string }
  /** Whatever address the packet comes from. */
  | { readonly kind: "source" };
