import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { SerialQueues } from "../../../lib/command/serial_queues.ts";

Deno.test("jobs of one queue run in order, and other queues do not wait for them", async () => {
  const queues = new SerialQueues();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queues.run("a", async () => {
    await gate.promise;
    said.push("a1");
  });
  const second = queues.run("a", () => Promise.resolve(said.push("a2")));
  await queues.run("b", () => Promise.resolve(said.push("b1")));
  assertEquals([said, queues.length], [["b1"], 2]);
  gate.resolve();
  await Promise.all([first, second]);
  assertEquals(said, ["b1", "a1", "a2"]);
  await queues.settle();
  assertEquals(queues.length, 0);
});

Deno.test("a job that fails does not delay the next one", async () => {
  const queues = new SerialQueues();
  const failing = queues.run("a", () => Promise.reject(new Error("no")));
  let ran = false;
  const next = queues.run("a", () => Promise.resolve(ran = true));
  await assertRejects(failing);
  await next;
  await queues.settle();
  assert(ran);
});
