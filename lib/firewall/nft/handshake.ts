/**
 * The protocol for `nft -i` as a helper process.
 *
 * @module
 */
import type { Handshake } from "../plan.ts";

/**
 * The program continues after a bad line. It prints errors on stderr and output on stdout, so only an answer on stderr
 * is in order with errors. So the request is a line that is not a command, which nft repeats in its error.
 */
export const NFT_HANDSHAKE: Handshake = {
  stream: "stderr",
  request: (number) => `fwknop_${number}\n`,
  isAnswer: (line, number) => line === `fwknop_${number}`,
  complaint: (said) => {
    const errors = said.filter((line) => line.startsWith("Error: "));
    return errors.length > 1 ? errors[0]?.slice("Error: ".length) : undefined;
  },
  // A bad line does not end it.
  refusesByEnd: () => false,
  // It keeps a growing history of its lines, and searches it for each line.
  most: 1000,
};
