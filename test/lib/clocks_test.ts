import { HOST_CLOCKS, isOver, steadyDeadline } from "../../lib/clocks.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("a deadline has passed when either clock has reached it", () => {
  let [now, steady] = [1_000_000, 500];
  const clocks = { now: () => now, steady: () => steady };
  const deadline = { seconds: 1010, at: steadyDeadline(clocks, 1010) };
  assertEquals(deadline.at, 10_500);
  assertEquals(isOver(clocks, deadline), false);
  // The time of day is set back by an hour, and ten seconds go by.
  now -= 3_590_000;
  steady = 10_500;
  assertEquals(isOver(clocks, deadline), true);
  // The time of day is set forward.
  [now, steady] = [1_010_000, 501];
  assertEquals(isOver(clocks, deadline), true);
});

Deno.test("the host's steady clock never goes back", () => {
  const first = HOST_CLOCKS.steady();
  assert(HOST_CLOCKS.steady() >= first && HOST_CLOCKS.now() > 1_700_000_000_000);
});
