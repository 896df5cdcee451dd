/**
 * What `fwknop print` is asked for.
 *
 * @module
 */

/** The words that ask for each text. */
export const PRINTABLE = [
  "unit",
  "unit-compatible",
  "fwknopd.conf",
  "access.conf",
  "fwknoprc",
  "man fwknop",
  "man fwknopd",
  "man fwknoprc",
  "man access.conf",
  "man fwknopd.conf",
  "completion bash",
  "completion zsh",
  "completion fish",
] as const;
