import { assertEquals } from "../../assert.ts";
import { GpgQueue, QUEUE_LIMITS } from "../../../lib/gpg/work_queue.ts";

/** A queue whose jobs end on command. */
function bench(limits = QUEUE_LIMITS): {
  queue: GpgQueue;
  begun: string[];
  clock: { now: number };
  add(name: string, authenticated: boolean, stanza?: number): boolean;
  end(): Promise<void>;
} {
  const clock = { now: 0 };
  const queue = new GpgQueue(limits, () => clock.now);
  const begun: string[] = [];
  let running = Promise.withResolvers<void>();
  return {
    queue,
    begun,
    clock,
    add: (name, authenticated, stanza = 1) =>
      queue.add({
        authenticated,
        stanza,
        run: () => {
          begun.push(name);
          return running.promise;
        },
      }),
    end: async () => {
      const ended = running;
      running = Promise.withResolvers();
      ended.resolve();
      // The queue continues in the following microtasks.
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

Deno.test("one job runs at a time, and those with a valid HMAC go first", async () => {
  const { queue, begun, add, end } = bench();
  add("junk 1", false);
  add("junk 2", false);
  add("good 1", true);
  add("good 2", true);
  assertEquals(begun, ["junk 1"]);
  for (let count = 0; count < 4; count++) await end();
  assertEquals(begun, ["junk 1", "good 1", "good 2", "junk 2"]);
  await queue.settle();
});

Deno.test("few jobs wait, and junk takes no place from authenticated jobs", async () => {
  const limits = { ...QUEUE_LIMITS, burst: 100 };
  const { queue, add, end } = bench(limits);
  const taken = (authenticated: boolean): number =>
    Array.from({ length: 100 }, (_, index) => add("x", authenticated, index % 10)).filter((took) =>
      took
    ).length;
  assertEquals(taken(false), limits.unauthenticated + 1);
  assertEquals(taken(true), limits.authenticated);
  queue.clear();
  await end();
  await queue.settle();
});

Deno.test("a key holder of one stanza leaves room for the packets of others", async () => {
  const { queue, add, end } = bench();
  const taken = (stanza: number): number =>
    Array.from({ length: 100 }, () => add("x", true, stanza)).filter((took) => took).length;
  // One job has started and no longer waits.
  assertEquals(taken(1), QUEUE_LIMITS.perStanza + 1);
  assertEquals(taken(2), QUEUE_LIMITS.perStanza);
  queue.clear();
  await end();
  await queue.settle();
});

Deno.test("unauthenticated jobs are started at a limited rate", async () => {
  const { queue, clock, begun, add, end } = bench();
  const flood = async (): Promise<void> => {
    for (let count = 0; count < 50; count++) {
      add("junk", false);
      await end();
    }
  };
  await flood();
  assertEquals(begun.length, QUEUE_LIMITS.burst);
  clock.now += 1000;
  await flood();
  assertEquals(begun.length, QUEUE_LIMITS.burst + QUEUE_LIMITS.rate);
  clock.now += 3_600_000;
  await flood();
  assertEquals(begun.length, 2 * QUEUE_LIMITS.burst + QUEUE_LIMITS.rate);
  await queue.settle();
});

Deno.test("settleFirst waits neither for later jobs nor for dropped ones", async () => {
  const { queue, begun, add, end } = bench();
  add("running", false);
  add("junk", false);
  let isDone = false;
  const done = queue.settleFirst().then(() => isDone = true);
  add("later", true);
  await end();
  assertEquals([isDone, begun.at(-1)], [false, "junk"], "the jobs that waited go first");
  await end();
  assertEquals(begun.at(-1), "later");
  await done;
  add("forgotten", true);
  const forgotten = queue.settleFirst();
  queue.clear();
  await end();
  await forgotten;
  assertEquals(begun.length, 3);
});
