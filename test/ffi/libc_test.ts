import assert from "node:assert/strict";
import { check, errorText, fromCString, SystemError, toCString } from "../../ffi/libc.ts";
import { LibraryUnavailable, openLibrary } from "../../ffi/library.ts";
import { ReadinessSet, sockets } from "../../ffi/readiness.ts";

// Loaded outside a test: inside one, Deno 2.4 would report it as a leak.
sockets();
errorText(0);

Deno.test("a failed call throws the system's own text, every time", () => {
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

Deno.test("an absent library is reported with the package that contains it", () => {
  assert.throws(
    () => openLibrary({ candidates: ["libnonexistent.so.9"], hint: "Install libnonexistent9" }, {}),
    (error: unknown) =>
      error instanceof LibraryUnavailable &&
      /^libnonexistent\.so\.9 cannot be/.test(error.message) &&
      error.hint === "Install libnonexistent9" && error.cause !== undefined,
  );
});

Deno.test("text survives the way to C and back; text with a zero byte is refused", () => {
  assert.equal(fromCString(toCString("naïve €")), "naïve €");
  assert.equal(fromCString(Uint8Array.of(65, 66)), "AB");
  assert.throws(() => toCString("a\0b"), TypeError);
});

Deno.test("waking, closing, or a broken descriptor ends a wait", async () => {
  const set = new ReadinessSet();
  const waiting = set.wait();
  set.wake();
  set.wake();
  assert.deepEqual(await waiting, []);
  set.watch([1_000_000]);
  assert.deepEqual(await set.wait(), [1_000_000], "no file has this number: poll reports an error");
  const changed = set.wait();
  set.watch([]);
  await changed;
  const last = set.wait();
  set.close();
  assert.deepEqual(await last, []);
  await assert.rejects(set.wait(), /none after close/);
});
