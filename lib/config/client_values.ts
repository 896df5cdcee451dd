/**
 * Values of the client's settings that are neither a text nor a number.
 *
 * @module
 */

/** Where a key comes from. */
export type KeySource =
  /** The key itself, with its variable and its written text. Never print one. */
  | {
    readonly kind: "bytes";
    readonly bytes: Uint8Array;
    readonly variable: string;
    readonly written: string;
  }
  /** A file of `destination:key` lines. */
  | { readonly kind: "file"; readonly path: string }
  /** A line of a program's output. */
  | { readonly kind: "command"; readonly command: string }
  /** The next line of a file descriptor. */
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** The address to admit, as the settings give it. */
export type AllowSetting =
  /** As written; it is checked later. */
  | { readonly kind: "address"; readonly text: string }
  /** The address that the packet comes from. */
  | { readonly kind: "source" };
