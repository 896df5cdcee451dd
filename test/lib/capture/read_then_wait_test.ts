import type { Capture } from "../../../lib/capture/datagram.ts";
import { ReadThenWait } from "../../../lib/capture/read_then_wait.ts";
import { assertEquals } from "../../assert.ts";
import { datagram } from "../../support/packet.ts";

/** A file with one packet. */
function fileOf(log: string[], onRead = (): void => {}): Capture {
  return {
    description: "pcap file x",
    run: (receive) => {
      receive(datagram("packet"));
      onRead();
      return Promise.resolve();
    },
    statistics: () => ({ received: 1, dropped: 0, refused: 0 }),
    close: () => void log.push("closed"),
  };
}

Deno.test("the end of a capture file is logged, and the server runs until it is stopped", async () => {
  const log: string[] = [];
  const ended = Promise.withResolvers<void>();
  const capture = new ReadThenWait(fileOf(log), "/x", ({ text }) => {
    log.push(text);
    ended.resolve();
  });
  const run = capture.run(() => log.push("packet")).then(() => log.push("run is over"));
  await ended.promise;
  capture.close();
  await run;
  assertEquals(log, ["packet", "end of /x", "closed", "run is over"]);
});

Deno.test("a server that is stopped while it reads a capture file does not wait", async () => {
  const log: string[] = [];
  const capture: ReadThenWait = new ReadThenWait(
    fileOf(log, () => void capture.close()),
    "/x",
    ({ text }) => log.push(text),
  );
  await capture.run(() => log.push("packet"));
  assertEquals(log, ["packet", "closed"]);
});
