import fc from "property-testing";
import { type Address, addressFromBytes, parseAddress } from "../../../lib/net/address.ts";
import { isLinkLocal, isLoopback, isNoHost } from "../../../lib/net/host_range.ts";
import { parsePrefix, prefixContains } from "../../../lib/net/prefix.ts";
import { assertEquals } from "../../assert.ts";
import { addressBytes } from "../../support/address_arbitrary.ts";
import { oracleOf } from "../../support/address_oracle.ts";

/** The same ranges as prefixes, each with the function that knows it. */
const RANGES: readonly (readonly [(address: Address) => boolean, readonly string[]])[] = [
  [isLoopback, ["127.0.0.0/8", "::1/128"]],
  [isNoHost, ["0.0.0.0/8", "224.0.0.0/4", "255.255.255.255", "::/128", "ff00::/8"]],
  [isLinkLocal, ["fe80::/10"]],
];

function assertInRange(address: Address): void {
  for (const [isIn, prefixes] of RANGES) {
    const expected = prefixes.some((text) => {
      const prefix = parsePrefix(text);
      return prefix !== undefined && prefixContains(prefix, address);
    });
    assertEquals(isIn(address), expected, `${isIn.name} ${address.text}`);
  }
}

Deno.test("another library finds loopback, link-local and no host in the same addresses", () => {
  fc.assert(
    fc.property(addressBytes, (bytes) => {
      const address = addressFromBytes(bytes);
      const theirs = oracleOf(address);
      assertEquals(isLoopback(address), theirs.isLoopback(), address.text);
      // Of IPv4 too it has a word for the addresses of one link; none of ours asks for those.
      const isLocal = address.family === 6 && theirs.isLinkLocal();
      assertEquals(isLinkLocal(address), isLocal, address.text);
      // It takes 0.0.0.0 alone for unspecified; RFC 1122 the whole of 0.0.0.0/8.
      const isThisNetwork = address.family === 4 && address.bytes[0] === 0;
      const expected = isThisNetwork || theirs.isUnspecified() || theirs.isMulticast() ||
        address.text === "255.255.255.255";
      assertEquals(isNoHost(address), expected, address.text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("the ends of the ranges are in them, and their neighbours are not", () => {
  const texts =
    "126.255.255.255 127.0.0.0 127.255.255.255 128.0.0.0 0.0.0.0 0.255.255.255 1.0.0.0 " +
    "223.255.255.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255 :: ::1 ::2 " +
    "fe7f:: fe80:: febf:ffff:: fec0:: feff:: ff00:: ffff::";
  for (const text of texts.split(" ")) {
    const address = parseAddress(text);
    if (address === undefined) throw new Error(text);
    assertInRange(address);
  }
});
