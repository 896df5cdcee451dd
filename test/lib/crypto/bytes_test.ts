import { assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { bytesText, concatBytes, textBytes } from "../../../lib/crypto/bytes.ts";

Deno.test("bytes and texts are each other's only form, byte order marks included", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assertEquals(bytesText(textBytes(text)), text);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
    const text = bytesText(bytes);
    if (text !== undefined) assertEquals(textBytes(text), bytes);
  }));
  assertEquals(bytesText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
});

Deno.test("bytes that are not UTF-8 have no text", () => {
  for (const bytes of [[0xe9], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8]]) {
    assertEquals(bytesText(Uint8Array.from(bytes)), undefined);
  }
});

Deno.test("concatBytes joins any number of parts", () => {
  assertEquals(concatBytes(), new Uint8Array(0));
  assertEquals(
    concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)),
    Uint8Array.of(1, 2, 3),
  );
});
