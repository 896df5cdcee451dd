import { systemdTimer, waitDetached } from "../../../lib/setup/timer.ts";
import { assert, assertEquals } from "../../assert.ts";

Deno.test("the timer of systemd counts on the monotonic clock, exactly, and has no time of day", () => {
  const words = systemdTimer("some-id", 120);
  assert(words.includes("--on-active=120s"));
  assert(words.includes("--timer-property=AccuracySec=100ms"));
  assert(!words.some((word) => word.startsWith("--on-calendar")));
  assertEquals(words.slice(-4), ["setup", "--undo", "--unless-confirmed", "some-id"]);
});

Deno.test("a detached timer ends when its time is up, or when the trial is over", async () => {
  const start = performance.now();
  assertEquals(await waitDetached(0.2, () => false), true);
  assert(performance.now() - start >= 190);
  assertEquals(await waitDetached(3600, () => true), false);
});
