/**
 * Reading what a program writes, line by line, as it comes.
 *
 * @module
 */
import type { Reading } from "./bounded_output.ts";

/** Characters of a line that are kept: rubbish without line breaks must not fill the memory. */
const MAX_LINE = 65536;

/** Calls `take` with each line of a stream, as soon as it is there, and with what stands after the last line feed. */
export function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Reading {
  const reader = stream.getReader();
  // A decoder in the stream would cost each line a part of a millisecond.
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
      // A stream that breaks has ended.
    }
    if (rest !== "") take(rest);
  };
  return { done: read(), cancel: () => void reader.cancel().catch(() => {}) };
}
