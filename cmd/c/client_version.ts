/**
 * The C client's answer to `-V`.
 *
 * @module
 */
import { PROTOCOL_VERSION } from "../../lib/spa/message.ts";
import { VERSION } from "../../lib/version.ts";

/** One line, whose third word is the version. Scripts cut it out. */
export function clientVersion(): string {
  return `fwknop client ${VERSION}, FKO protocol version ${PROTOCOL_VERSION}\n`;
}
