import { assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { bytesText, concatBytes, textBytes } from "../../../lib/crypto/bytes.ts";

Deno.test("bytes and texts convert both ways unchanged, byte order marks included", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assertEquals(bytesText(textBytes(text)), text);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
    const text = bytesText(bytes);
    if (text !== undefined) assertEquals(textBytes(text), bytes);
  }));
  assertEquals(bytesText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
});

Deno.test("texts and bytes have one form at every length, in the loop and in the coder", () => {
  const coder = {
    encode: new TextEncoder(),
    decode: new TextDecoder("utf-8", { ignoreBOM: true }),
  };
  for (const length of [0, 1, 2047, 2048, 2049, 5000]) {
    for (
      const [end, isText] of [["z", true], ["\x7f", true], ["é", true], ["\ud800", false]] as const
    ) {
      const text = "a".repeat(length) + end;
      assertEquals(textBytes(text), coder.encode.encode(text));
      assertEquals(
        bytesText(textBytes(text)),
        isText ? text : coder.decode.decode(textBytes(text)),
      );
    }
    const bytes = new Uint8Array(length + 1).fill(0x61);
    bytes[length] = 0x80;
    assertEquals(bytesText(bytes), undefined);
  }
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
