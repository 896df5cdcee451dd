/**
 * How `iptables-restore` is spoken to when it is kept open.
 *
 * @module
 */
import type { Handshake } from "../plan.ts";

/** Echoes a comment line (-v) once what stands before it has been committed; ends on a bad line. */
export const RESTORE_HANDSHAKE: Handshake = {
  stream: "stdout",
  // The comment alone is echoed within a table as well, so a wrapper that loses COMMIT would be believed: there the
  // other table is an error.
  request: (number, document) => `${document.split("\n", 1)[0]}\nCOMMIT\n# fwknop ${number}\n`,
  isAnswer: (line, number) => line === `# fwknop ${number}`,
  complaint: () => undefined,
  // `Error occurred at line: 4`, `line 2 failed`: a document is one table, of which nothing is in force then.
  refusesByEnd: (said) => said.some((line) => /\bline:? [0-9]+/.test(line)),
};
