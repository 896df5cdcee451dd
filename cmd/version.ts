/**
 * `fwknop version`.
 *
 * @module
 */
import { PROTOCOL_VERSION } from "../lib/spa/message.ts";
import { VERSION } from "../lib/version.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./context.ts";

/** Prints the version of the program and of the wire format. */
export const version: Command = {
  options: [],
  run(_options, _words, context) {
    context.out(`fwknop ${VERSION}, FKO protocol version ${PROTOCOL_VERSION}\n`);
    return ExitCode.ok;
  },
};
