import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { addressFromBytes } from "../../../lib/net/address.ts";
import { addressKey } from "../../../lib/net/address_key.ts";
import { addressBytes } from "../../support/address_arbitrary.ts";

Deno.test("two addresses have the same key only if they are the same address", () => {
  fc.assert(
    fc.property(addressBytes, addressBytes, (one, two) => {
      const [first, second] = [addressFromBytes(one), addressFromBytes(two)];
      assertEquals(addressKey(first) === addressKey(second), first.text === second.text);
      assertEquals(addressKey(first), addressKey(addressFromBytes(first.bytes)));
    }),
  );
});
