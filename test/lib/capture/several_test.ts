import type { Capture } from "../../../lib/capture/datagram.ts";
import { SeveralCaptures } from "../../../lib/capture/several.ts";
import { assertEquals, assertRejects } from "../../assert.ts";

/** A capture that runs until it is closed, or until `fail` is called. */
function standIn(description: string, received: number) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const capture: Capture = {
    description,
    run: () => promise,
    statistics: () => ({ received, dropped: 1, refused: 2 }),
    close: () => Promise.resolve(resolve()),
  };
  return { capture, fail: reject };
}

Deno.test("several captures are described and counted together, and end when all are closed", async () => {
  const several = new SeveralCaptures([standIn("a", 3).capture, standIn("b", 4).capture]);
  assertEquals(several.description, "a, b");
  assertEquals(several.statistics(), { received: 7, dropped: 2, refused: 4 });
  const end = several.run(() => {});
  await several.close();
  await end;
});

Deno.test("the first capture that fails closes the others, and its error is that of all", async () => {
  const [first, second] = [standIn("a", 0), standIn("b", 0)];
  const end = new SeveralCaptures([first.capture, second.capture]).run(() => {});
  second.fail(new Error("the device is gone"));
  await assertRejects(() => end, Error, "the device is gone");
  await first.capture.run(() => {});
});
