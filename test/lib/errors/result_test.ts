import { failure, type Result, success } from "../../../lib/errors/result.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a result holds a value, or a reason and perhaps a detail", () => {
  const half = (number: number): Result<number, "odd"> =>
    number % 2 === 0 ? success(number / 2) : failure("odd", `${number}`);
  assertEquals(half(4), { ok: true, value: 2 });
  assertEquals(half(5), { ok: false, error: "odd", detail: "5" });
  assertEquals(Object.hasOwn(failure("odd"), "detail"), false);
});
