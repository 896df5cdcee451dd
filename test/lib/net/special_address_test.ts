import fc from "property-testing";
import { addressFromBytes, parseAddress } from "../../../lib/net/address.ts";
import { specialKind } from "../../../lib/net/special_address.ts";
import { assert, assertEquals } from "../../assert.ts";
import { addressBytes } from "../../support/address_arbitrary.ts";
import { oracleOf } from "../../support/address_oracle.ts";

Deno.test("an address that no other host sends from has a kind, a private one has none", () => {
  const table: Readonly<Record<string, string | undefined>> = {
    "0.1.2.3": "an unspecified address",
    "::": "an unspecified address",
    "127.0.0.1": "a loopback address",
    "::1": "a loopback address",
    "255.255.255.255": "a broadcast address",
    "224.0.0.251": "a multicast address",
    "ff02::fb": "a multicast address",
    "240.0.0.1": "a reserved address",
    "::192.0.2.1": "a reserved address",
    "10.0.0.1": undefined,
    "fe80::1": undefined,
    "2001:db8::1": undefined,
  };
  for (const [text, kind] of Object.entries(table)) {
    const address = parseAddress(text);
    assert(address !== undefined);
    assertEquals(specialKind(address), kind, text);
  }
});

Deno.test("another library says multicast and loopback of the same addresses", () => {
  fc.assert(
    fc.property(addressBytes, (bytes) => {
      const address = addressFromBytes(bytes);
      const theirs = oracleOf(address);
      const kind = specialKind(address);
      assertEquals(kind === "a multicast address", theirs.isMulticast(), address.text);
      assertEquals(kind === "a loopback address", theirs.isLoopback(), address.text);
    }),
    { numRuns: 2000 },
  );
});
