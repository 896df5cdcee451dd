import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { Lanes } from "../../../lib/command/lanes.ts";

Deno.test("jobs of one lane run in order, and other lanes do not wait for them", async () => {
  const lanes = new Lanes();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lanes.run("a", async () => {
    await gate.promise;
    said.push("a1");
  });
  const second = lanes.run("a", () => Promise.resolve(said.push("a2")));
  await lanes.run("b", () => Promise.resolve(said.push("b1")));
  assertEquals([said, lanes.length], [["b1"], 2]);
  gate.resolve();
  await Promise.all([first, second]);
  assertEquals(said, ["b1", "a1", "a2"]);
  await lanes.settle();
  assertEquals(lanes.length, 0);
});

Deno.test("a job that fails does not hold up the next one", async () => {
  const lanes = new Lanes();
  const failing = lanes.run("a", () => Promise.reject(new Error("no")));
  let ran = false;
  const next = lanes.run("a", () => Promise.resolve(ran = true));
  await assertRejects(failing);
  await next;
  await lanes.settle();
  assert(ran);
});
