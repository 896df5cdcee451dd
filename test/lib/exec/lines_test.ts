import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { readLines } from "../../../lib/exec/lines.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";

Deno.test("lines are the same wherever the stream is cut, and what stands after the last one counts", async () => {
  const text = fc.stringMatching(/^[a-cé\n]{0,30}$/);
  await fc.assert(fc.asyncProperty(text, fc.array(fc.nat({ max: 8 })), async (whole, cuts) => {
    const bytes = textBytes(whole);
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const cut of cuts) parts.push(bytes.slice(from, from += cut));
    parts.push(bytes.slice(from));
    const lines: string[] = [];
    await readLines(ReadableStream.from(parts), (line) => lines.push(line)).done;
    const expected = whole.split("\n");
    if (expected.at(-1) === "") expected.pop();
    assertEquals(lines, expected);
  }));
});

Deno.test("a stream that is given up has ended", async () => {
  const reading = readLines(new ReadableStream(), () => {});
  reading.cancel();
  await reading.done;
});
