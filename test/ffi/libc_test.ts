import assert from "node:assert/strict";
import { check, errorText, fromCString, SystemError, toCString } from "../../ffi/libc.ts";
import { LibraryUnavailable, openLibrary } from "../../ffi/library.ts";
import { ReadinessSet, sockets } from "../../ffi/readiness.ts";

// Loaded here and not within a test, where Deno 2.4 would call it a leak.
sockets();
errorText(0);

Deno.test("a failed call is told in the system's own words, again and again", () => {
  for (let count = 0; count < 10_000; count++) {
    assert.equal(sockets().close(-1), -1);
    if (count % 1000 === 0) {
      assert.throws(
        () => check(sockets().close(-1), "close"),
        (error: unknown) =>
          error instanceof SystemError && error.message === "close: Bad file descriptor",
      );
    }
  }
});

Deno.test("a library that is absent is told with the package that has it", () => {
  assert.throws(
    () => openLibrary({ candidates: ["libnonexistent.so.9"], hint: "Install libnonexistent9" }, {}),
    (error: unknown) =>
      error instanceof LibraryUnavailable &&
      /^libnonexistent\.so\.9 cannot be/.test(error.message) &&
      error.hint === "Install libnonexistent9" && error.cause !== undefined,
  );
});

Deno.test("text goes to C and back; a zero byte within it is refused", () => {
  assert.equal(fromCString(toCString("naïve €")), "naïve €");
  assert.equal(fromCString(Uint8Array.of(65, 66)), "AB");
  assert.throws(() => toCString("a\0b"), TypeError);
});

Deno.test("a wait ends by waking, by closing and by a descriptor that is broken", async () => {
  const set = new ReadinessSet();
  const waiting = set.wait();
  set.wake();
  set.wake();
  assert.deepEqual(await waiting, []);
  set.watch([1_000_000]);
  assert.deepEqual(await set.wait(), [1_000_000], "nothing has this number: trouble to be read");
  const changed = set.wait();
  set.watch([]);
  await changed;
  const last = set.wait();
  set.close();
  assert.deepEqual(await last, []);
  await assert.rejects(set.wait(), /none after close/);
});
