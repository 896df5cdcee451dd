/**
 * Resolves host names by the system's own rules: `/etc/hosts`, `nsswitch.conf`, mDNS, DNS.
 *
 * @module
 */
import { libcName, toCString } from "./libc.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";

const lookupSymbols = {
  getaddrinfo: {
    parameters: [
      "buffer", // const char *node
      "buffer", // const char *service, NULL here
      "buffer", // const struct addrinfo *hints
      "buffer", // struct addrinfo **res
    ],
    result: "i32", // 0 or an EAI_ number
    nonblocking: true, // a name server may take seconds
  },
  freeaddrinfo: {
    parameters: [
      "pointer", // struct addrinfo *res
    ],
    result: "void",
  },
  gai_strerror: {
    parameters: [
      "i32", // int errcode
    ],
    result: "pointer", // const char *
  },
} as const satisfies Deno.ForeignLibraryInterface;

let library: ReturnType<typeof openLibrary<typeof lookupSymbols>> | undefined;

/** The name could not be resolved. The message is the system's own: `Name or service not known`. */
export class NameLookupError extends Error {
  override readonly name = "NameLookupError";
}

/** `struct addrinfo` of LP64 systems. macOS swaps the name and the address. */
const ADDRINFO_SIZE = 48;
const FAMILY = 4;
const SOCKET_TYPE = 8;
const ADDRESS_LENGTH = 16;
const ADDRESS = { linux: 24, darwin: 32 } as const;
const NEXT = 40;

/**
 * Every address of a host, best first (RFC 6724, as the system is configured), 4 or 16 bytes each.
 *
 * @param family 0 for both.
 * @throws {NameLookupError} when the system finds no address.
 */
export async function lookUpName(host: string, family: 0 | 4 | 6): Promise<Uint8Array[]> {
  const symbols = library ??= openLibrary(libcName(), lookupSymbols);
  const { AF_INET, AF_INET6, SOCK_DGRAM } = platform().number;
  const hints = new DataView(new ArrayBuffer(ADDRINFO_SIZE));
  hints.setInt32(FAMILY, family === 0 ? 0 : family === 4 ? AF_INET : AF_INET6, true);
  // Without a type every address would be listed three times: stream, datagram and raw.
  hints.setInt32(SOCKET_TYPE, SOCK_DGRAM, true);
  const result = new BigUint64Array(1);
  const status = await symbols.getaddrinfo(
    toCString(host),
    null,
    new Uint8Array(hints.buffer),
    new Uint8Array(result.buffer),
  );
  if (status !== 0) throw new NameLookupError(errorText(symbols.gai_strerror(status), status));
  const first = Deno.UnsafePointer.create(result[0] ?? 0n);
  try {
    return readAddresses(first, AF_INET, AF_INET6);
  } finally {
    symbols.freeaddrinfo(first);
  }
}

function errorText(pointer: Deno.PointerValue, status: number): string {
  return pointer === null
    ? `name lookup failed (${status})`
    : Deno.UnsafePointerView.getCString(pointer);
}

function readAddresses(first: Deno.PointerValue, inet: number, inet6: number): Uint8Array[] {
  const addressOffset = ADDRESS[Deno.build.os === "darwin" ? "darwin" : "linux"];
  const addresses: Uint8Array[] = [];
  for (let info = first; info !== null;) {
    const view = new Deno.UnsafePointerView(info);
    const family = view.getInt32(FAMILY);
    const address = view.getPointer(addressOffset);
    if (address !== null && (family === inet || family === inet6)) {
      const length = view.getUint32(ADDRESS_LENGTH);
      const bytes = new Uint8Array(new Deno.UnsafePointerView(address).getArrayBuffer(length))
        .slice();
      // struct sockaddr_in has the address at 4. sockaddr_in6 has it after the flow label, at 8.
      addresses.push(family === inet ? bytes.slice(4, 8) : bytes.slice(8, 24));
    }
    info = view.getPointer(NEXT);
  }
  return addresses;
}
