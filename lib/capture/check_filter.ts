/**
 * A filter expression, tried without an interface.
 *
 * @module
 */
import { LibraryUnavailable } from "../../ffi/library.ts";
import { compileFilter } from "../../ffi/pcap.ts";
import { explainPcapFailure } from "./pcap_failure.ts";

/**
 * Finds what a start would find; nothing where libpcap is not there to say so.
 *
 * @throws {HintedError} with libpcap's words and the expression.
 */
export function checkFilter(filter: string): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (error instanceof LibraryUnavailable) return;
    throw explainPcapFailure(error, "");
  }
}
