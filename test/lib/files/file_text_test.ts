import fc from "property-testing";
import { fileText, foreignEncoding, withoutMark } from "../../../lib/files/file_text.ts";
import { assert, assertEquals } from "../../assert.ts";

const MARK = [0xef, 0xbb, 0xbf];

/** The bytes of a text in UTF-16, in either byte order. */
function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) {
    view.setUint16(index * 2, text.charCodeAt(index), littleEndian);
  }
  return bytes;
}

Deno.test("one byte order mark at the start is removed from a file's text, and any other stays", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const bytes = new TextEncoder().encode(text);
    assertEquals(fileText(Uint8Array.of(...MARK, ...bytes)), text);
    assertEquals(withoutMark(Uint8Array.of(...MARK, ...bytes)), bytes);
    assertEquals(fileText(Uint8Array.of(...MARK, ...MARK, ...bytes)), `\ufeff${text}`);
  }));
  assertEquals(fileText(Uint8Array.of(0x61, 0xff)), "a\ufffd");
});

Deno.test("a file in UTF-16 is recognized with or without a byte order mark", () => {
  const line = fc.string({ minLength: 2 }).map((text) => text.replace(/[^ -~]/g, "x"));
  fc.assert(fc.property(line, fc.boolean(), fc.boolean(), (text, littleEndian, marked) => {
    const found = foreignEncoding(utf16(`${marked ? "\ufeff" : ""}${text}`, littleEndian), "f");
    assert(found?.text.startsWith("f is in UTF-16"), found?.text);
    assertEquals(foreignEncoding(new TextEncoder().encode(text), "f"), undefined);
  }));
  assertEquals(
    foreignEncoding(Uint8Array.of(0xff, 0xfe, 0, 0), "f")?.text.slice(0, 14),
    "f is in UTF-32",
  );
  for (const bytes of [[], [0], [0, 0, 0, 0], [0x61, 0], [...MARK]]) {
    assertEquals(foreignEncoding(Uint8Array.from(bytes), "f"), undefined);
  }
});
