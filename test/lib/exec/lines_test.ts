import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { forEachLine } from "../../../lib/exec/lines.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";

Deno.test("lines do not depend on where the stream is cut, and a last line needs no line feed", async () => {
  const text = fc.stringMatching(/^[a-cé\n]{0,30}$/);
  await fc.assert(fc.asyncProperty(text, fc.array(fc.nat({ max: 8 })), async (whole, cuts) => {
    const bytes = textBytes(whole);
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const cut of cuts) parts.push(bytes.slice(from, from += cut));
    parts.push(bytes.slice(from));
    const lines: string[] = [];
    await forEachLine(ReadableStream.from(parts), (line) => lines.push(line)).done;
    const expected = whole.split("\n");
    if (expected.at(-1) === "") expected.pop();
    assertEquals(lines, expected);
  }));
});

Deno.test("a cancelled stream has ended", async () => {
  const reading = forEachLine(new ReadableStream(), () => {});
  reading.cancel();
  await reading.done;
});
