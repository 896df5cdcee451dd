/**
 * Whether libpcap can be loaded.
 *
 * @module
 */
import { LibraryUnavailable } from "../../ffi/library.ts";
import { loadPcap } from "../../ffi/pcap.ts";

/** Why libpcap cannot be loaded, and what to do; `undefined` if it can. */
export function missingPcap(): { readonly text: string; readonly hint: string } | undefined {
  try {
    loadPcap();
    return undefined;
  } catch (error) {
    if (!(error instanceof LibraryUnavailable)) throw error;
    return { text: error.message, hint: error.hint };
  }
}
