import fc from "property-testing";
import { addressFromBytes } from "../../../lib/net/address.ts";
import { isLinkLocal, isLoopback, isNoHost } from "../../../lib/net/host_range.ts";
import { assertEquals } from "../../assert.ts";
import { addressBytes } from "../../support/address_arbitrary.ts";
import { oracleOf } from "../../support/address_oracle.ts";

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
