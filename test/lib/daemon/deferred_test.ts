import { Deferred } from "../../../lib/daemon/deferred.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("what is put off is done in order, after what runs now and without anybody asking", async () => {
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

Deno.test("a flush does at once what was put off, and it is done only once", async () => {
  const deferred = new Deferred();
  let count = 0;
  deferred.add(() => count++);
  deferred.flush();
  assertEquals(count, 1);
  await Promise.resolve();
  assertEquals(count, 1);
});
