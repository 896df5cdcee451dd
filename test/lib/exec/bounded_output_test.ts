import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { BoundedOutput, outputLines } from "../../../lib/exec/bounded_output.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";

async function collect(parts: readonly string[], limit: number): Promise<BoundedOutput> {
  const text = new BoundedOutput(limit);
  await text.collect(ReadableStream.from(parts.map(textBytes))).done;
  return text;
}

async function linesOf(parts: readonly string[]): Promise<string[]> {
  return outputLines((await collect(parts, 100)).bytes());
}

Deno.test("output is cut into lines at newlines, without empty lines at the end", async () => {
  assertEquals(await linesOf(["a\r\nb", "c\n\n", "d\n\n"]), ["a", "bc", "", "d"]);
  assertEquals(await linesOf([]), []);
  assertEquals(await linesOf([" \n"]), []);
});

Deno.test("bytes that are not UTF-8 become U+FFFD", async () => {
  const text = new BoundedOutput(10);
  await text.collect(ReadableStream.from([Uint8Array.of(0x61, 0xff, 0x62)])).done;
  assertEquals(outputLines(text.bytes()), ["a\ufffdb"]);
});

Deno.test("no more than the limit is kept, and output above the limit is noticed", async () => {
  const parts = fc.array(fc.stringMatching(/^[a-z]{0,9}$/), { maxLength: 9 });
  await fc.assert(fc.asyncProperty(parts, fc.nat({ max: 40 }), async (list, limit) => {
    const whole = list.join("");
    const text = await collect(list, limit);
    assertEquals(outputLines(text.bytes()).join(""), whole.slice(0, limit));
    assertEquals(text.truncated, whole.length > limit);
  }));
});

Deno.test("a stream that fails has ended, and a cancelled stream is read no further", async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error("no")) });
  const text = new BoundedOutput(10);
  await text.collect(broken).done;
  const endless = text.collect(new ReadableStream());
  endless.cancel();
  await endless.done;
  assertEquals(outputLines(text.bytes()), []);
});
