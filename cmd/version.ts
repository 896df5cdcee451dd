/**
 * `fwknop version`.
 *
 * @module
 */
import type { CommandDefinition } from "./command.ts";
import { ExitCode } from "./context.ts";
import { PROTOCOL_VERSION } from "../lib/spa/message.ts";
import { VERSION } from "../lib/version.ts";

/** Prints the version of the program and of the wire format. */
export const version: CommandDefinition = {
  brief: "Print the version of the program and of the wire format",
  group: "This program",
  options: [],
  load: () =>
    Promise.resolve((_options, _words, context) => {
      context.out(`fwknop ${VERSION}, FKO protocol version ${PROTOCOL_VERSION}\n`);
      return Promise.resolve(ExitCode.ok);
    }),
};
