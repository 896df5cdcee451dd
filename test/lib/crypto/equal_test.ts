import { assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { equalBytes } from "../../../lib/crypto/equal.ts";

Deno.test("equalBytes is true only for equal bytes, and accepts different lengths", () => {
  const bytes = fc.uint8Array({ maxLength: 3, max: 1 });
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assertEquals(equalBytes(a, b), a.join() === b.join());
  }));
  assertEquals(equalBytes(new Uint8Array(0), new Uint8Array(0)), true);
  assertEquals(equalBytes(Uint8Array.of(0), new Uint8Array(0)), false);
});
