import { Deferred } from "../../../lib/daemon/deferred.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("deferred work is done in order, after the code that runs now, without a flush", async () => {
  const deferred = new Deferred();
  const done: string[] = [];
  deferred.add(() => done.push("first"));
  deferred.add(() => {
    done.push("second");
    deferred.add(() => done.push("added meanwhile"));
  });
  done.push("now");
  assertEquals(done, ["now"]);
  await Promise.resolve();
  assertEquals(done, ["now", "first", "second", "added meanwhile"]);
});

Deno.test("a flush does the deferred work at once, and no work is done twice", async () => {
  const deferred = new Deferred();
  let count = 0;
  deferred.add(() => count++);
  deferred.flush();
  assertEquals(count, 1);
  await Promise.resolve();
  assertEquals(count, 1);
});
