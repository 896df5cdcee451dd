/**
 * Explains libpcap's errors to the user.
 *
 * @module
 */
import { LibraryUnavailable } from "../../ffi/library.ts";
import { PcapError, PcapFilterError, PcapStatus } from "../../ffi/pcap.ts";
import { HintedError } from "../errors/hinted_error.ts";

/**
 * A failure to open or read `what` (`eth0`), as the C daemon's line with a hint. Other errors of this program are
 * returned unchanged.
 */
export function explainPcapFailure(
  error: unknown,
  what: string,
  call: "pcap_open_live" | "pcap_open_offline" = "pcap_open_live",
): unknown {
  if (error instanceof LibraryUnavailable) {
    return new HintedError(error.message, { hint: error.hint, cause: error });
  }
  if (error instanceof PcapFilterError) {
    const comment = error.filter.includes("#") ? "; a comment must stand on a line of its own" : "";
    return new HintedError(`[*] Error compiling pcap filter: ${error.message}`, {
      hint: `PCAP_FILTER is '${error.filter}'${comment}`,
      cause: error,
    });
  }
  if (!(error instanceof PcapError)) return error;
  if (call === "pcap_open_offline") {
    return new HintedError(`[*] pcap_open_offline() error: ${error.message}`, {
      hint: `The file is ${what}; tcpdump -U -w FILE makes one`,
      cause: error,
    });
  }
  const hint = hintFor(error);
  return new HintedError(
    `[*] ${call}() error: ${error.message.startsWith(what) ? "" : `${what}: `}${error.message}`,
    {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    },
  );
}

function hintFor(error: PcapError): string | undefined {
  switch (error.status) {
    case PcapStatus.noSuchDevice:
      return "Set PCAP_INTF to an interface that `ip link` lists, or to any";
    case PcapStatus.permissionDenied:
    case PcapStatus.promiscuousDenied:
      return "Sniffing needs root or CAP_NET_RAW";
    case PcapStatus.interfaceNotUp:
      return "Bring it up, or set EXIT_AT_INTF_DOWN N to wait for it";
    default:
      return undefined;
  }
}
