import fc from "property-testing";
import { addressFromBytes, parseAddress } from "../../../lib/net/address.ts";
import { isPrivate } from "../../../lib/net/private_address.ts";
import { assert, assertEquals } from "../../assert.ts";
import { addressBytes } from "../../support/address_arbitrary.ts";
import { oracleOf } from "../../support/address_oracle.ts";

Deno.test("private addresses are distinguished from public ones", () => {
  const table: Readonly<Record<string, boolean>> = {
    "10.1.2.3": true,
    "172.15.0.1": false,
    "172.31.255.255": true,
    "192.168.0.1": true,
    "169.254.1.1": true,
    "100.64.0.1": true,
    "100.128.0.1": false,
    "127.0.0.1": true,
    "8.8.8.8": false,
    "::1": true,
    "fd00::1": true,
    "fe80::1": true,
    "2001:db8::1": false,
    "::ffff:10.0.0.1": true,
  };
  for (const [text, expected] of Object.entries(table)) {
    const address = parseAddress(text);
    assert(address !== undefined);
    assertEquals(isPrivate(address), expected, text);
  }
});

Deno.test("another library calls the same addresses private, shared, local or loopback", () => {
  fc.assert(
    fc.property(addressBytes, (bytes) => {
      const address = addressFromBytes(bytes);
      const theirs = oracleOf(address);
      const expected = theirs.isPrivate() || theirs.isLoopback() || theirs.isLinkLocal() ||
        theirs.isCGNAT();
      assertEquals(isPrivate(address), expected, address.text);
    }),
    { numRuns: 2000 },
  );
});
