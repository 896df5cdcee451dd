/**
 * The answer of the C client to `-V`.
 *
 * @module
 */
import { PROTOCOL_VERSION } from "../../lib/spa/message.ts";
import { VERSION } from "../../lib/version.ts";

/** One line, of which the third word is the version: scripts cut it out. */
export function clientVersion(): string {
  return `fwknop client ${VERSION}, FKO protocol version ${PROTOCOL_VERSION}\n`;
}
