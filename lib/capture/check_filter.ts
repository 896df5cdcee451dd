/**
 * Checks a filter expression without opening an interface.
 *
 * @module
 */
import { LibraryUnavailable } from "../../ffi/library.ts";
import { compileFilter } from "../../ffi/pcap.ts";
import { explainPcapFailure } from "./pcap_failure.ts";

/**
 * Reports the error that a start would report. Reports nothing where libpcap is missing.
 *
 * @throws {HintedError} with libpcap's text and the expression.
 */
export function checkFilter(filter: string): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (error instanceof LibraryUnavailable) return;
    throw explainPcapFailure(error, "");
  }
}
