/**
 * How `nft -i` is spoken to when it is kept open.
 *
 * @module
 */
import type { Handshake } from "../plan.ts";

/**
 * Goes on after a bad line. Errors come on stderr and command output on stdout, so only an answer on stderr is in order
 * with them: hence a line that is no command, which nft repeats in its complaint.
 */
export const NFT_HANDSHAKE: Handshake = {
  stream: "stderr",
  request: (number) => `fwknop_${number}\n`,
  isAnswer: (line, number) => line === `fwknop_${number}`,
  complaint: (said) => {
    const errors = said.filter((line) => line.startsWith("Error: "));
    return errors.length > 1 ? errors[0]?.slice("Error: ".length) : undefined;
  },
  // A bad line is no reason for it to end.
  refusesByEnd: () => false,
  // It keeps a history of its lines, which grows, and which it searches for each of them.
  most: 1000,
};
