/**
 * Reads the output of a program line by line while it runs.
 *
 * @module
 */
import type { StreamReading } from "./bounded_output.ts";

/** Characters of a line that are kept, so that output without line breaks does not fill the memory. */
const MAX_LINE = 65536;

/** Calls `take` with each line of a stream as soon as it arrives, and finally with the text after the last line feed. */
export function forEachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): StreamReading {
  const reader = stream.getReader();
  // A decoder stream would cost each line a fraction of a millisecond.
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    let rest = "";
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
        rest = (lines.pop() ?? "").slice(0, MAX_LINE);
        for (const line of lines) take(line);
      }
    } catch {
      // A stream that fails has ended.
    }
    if (rest !== "") take(rest);
  };
  return { done: read(), cancel: () => void reader.cancel().catch(() => {}) };
}
