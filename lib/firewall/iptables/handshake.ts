/**
 * The protocol for `iptables-restore` as a helper process.
 *
 * @module
 */
import type { Handshake } from "../plan.ts";

/** The program echoes a comment line (-v) after it has committed the lines before it. It ends on a bad line. */
export const RESTORE_HANDSHAKE: Handshake = {
  stream: "stdout",
  // The comment is echoed within a table too. So a wrapper that loses COMMIT would look successful; naming the table
  // again makes that an error.
  request: (number, document) => `${document.split("\n", 1)[0]}\nCOMMIT\n# fwknop ${number}\n`,
  isAnswer: (line, number) => line === `# fwknop ${number}`,
  complaint: () => undefined,
  // `Error occurred at line: 4`, `line 2 failed`: a document is one table, and nothing of it is in force then.
  refusesByEnd: (said) => said.some((line) => /\bline:? [0-9]+/.test(line)),
};
