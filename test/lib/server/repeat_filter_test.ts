import { assert, assertEquals } from "../../assert.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { type Reason, type Refusal, refuse, tie } from "../../../lib/server/refusal.ts";
import {
  MAX_KINDS,
  MOST_SHOWN,
  REPEAT_WINDOW,
  RepeatFilter,
} from "../../../lib/server/repeat_filter.ts";
import { anAddress } from "../../support/address.ts";
import { noKey } from "../../../lib/server/prefilter.ts";
import { REFUSED_PACKET } from "../../support/refusals.ts";

const NO_KEY = noKey(REFUSED_PACKET.length);

function refusal(
  source: string,
  reason: Reason = refuse("hmac-mismatch", {}),
  stanzas: readonly number[] = [1],
): Refusal {
  return tie(reason, { ...REFUSED_PACKET, source }, stanzas);
}

function setUp(
  isWatched = false,
): { reported: string[]; clock: { now: number }; filter: RepeatFilter } {
  const reported: string[] = [];
  const clock = { now: 1000 };
  const tell = (event: PacketEvent): void => {
    if (event.kind === "refused") reported.push(event.refusal.packet.source);
    if (event.kind === "repeated") {
      reported.push(
        `${event.refusal?.packet.source ?? "many"} +${event.count} in ${event.seconds} s`,
      );
    }
  };
  return { reported, clock, filter: new RepeatFilter(tell, () => clock.now, isWatched) };
}

Deno.test("the first refusal of a kind is reported at once, and equal refusals are counted", () => {
  const { reported, clock, filter } = setUp();
  for (let count = 0; count < 5; count++) {
    filter.observe({ kind: "refused", refusal: refusal("192.0.2.9") });
  }
  assertEquals(reported, ["192.0.2.9"]);
  assert(filter.isHolding);
  clock.now += REPEAT_WINDOW;
  filter.flush(clock.now);
  assertEquals(reported, ["192.0.2.9", "192.0.2.9 +4 in 60 s"]);
  assert(!filter.isHolding);
});

Deno.test("refusals with another source, code or stanza are of another kind", () => {
  const { reported, filter } = setUp();
  const kinds = [
    refusal("192.0.2.9"),
    refusal("192.0.2.10"),
    refusal("192.0.2.9", refuse("no-stanza-for-source"), []),
    refusal("192.0.2.9", undefined, [2]),
    refusal("192.0.2.9", undefined, [1, 2]),
  ];
  for (const kind of kinds) filter.observe({ kind: "refused", refusal: kind });
  assertEquals(reported.length, kinds.length);
});

Deno.test("refusals of forged sources beyond the limit are reported as one number", () => {
  const { reported, clock, filter } = setUp();
  for (let index = 0; index < MAX_KINDS + 300; index++) {
    const source = `10.0.${index >> 8}.${index & 255}`;
    filter.observe({ kind: "refused", refusal: refusal(source) });
  }
  assertEquals(reported.length, MAX_KINDS);
  clock.now += 7;
  filter.flush(clock.now, true);
  assertEquals(reported.at(-1), "many +300 in 7 s");
});

Deno.test("a refusal is reported again after the window of its kind", () => {
  const { reported, clock, filter } = setUp();
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9") });
  clock.now += REPEAT_WINDOW;
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9") });
  assertEquals(reported, ["192.0.2.9", "192.0.2.9"]);
});

Deno.test("equal refusals of a key holder are counted too, even if their numbers differ", () => {
  const { reported, clock, filter } = setUp();
  for (let seconds = 130; seconds < 135; seconds++) {
    const late = refuse("too-old", { seconds, limit: 120 });
    filter.observe({ kind: "refused", refusal: refusal("192.0.2.9", late) });
  }
  assertEquals(reported, ["192.0.2.9"]);
  filter.flush(clock.now, true);
  assertEquals(reported.at(-1), "192.0.2.9 +4 in 0 s");
});

Deno.test("refusals past authentication for different reasons are reported separately, up to a limit", () => {
  const { reported, filter } = setUp();
  const denied = (service: string): void =>
    filter.observe({
      kind: "refused",
      refusal: refusal("192.0.2.9", refuse("port-denied", { service, reason: "OPEN_PORTS" })),
    });
  for (const service of ["tcp/22", "tcp/80", "tcp/22"]) denied(service);
  assertEquals(reported.length, 2);
  for (let port = 1; port <= MAX_KINDS + 50; port++) denied(`udp/${port}`);
  assertEquals(reported.length, MAX_KINDS);
});

Deno.test("clients without a key cannot hide the refusals of key holders", () => {
  const { reported, filter } = setUp();
  for (let index = 0; index < MAX_KINDS + 50; index++) {
    const source = `10.0.${index >> 8}.${index & 255}`;
    filter.observe({ kind: "refused", refusal: refusal(source) });
  }
  const denied = refuse("wrong-username", { username: "bob", required: "alice" });
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9", denied) });
  assertEquals(reported.at(-1), "192.0.2.9");
});

Deno.test("in test mode every packet is reported with what it would have opened", () => {
  const { reported, filter } = setUp();
  const tested = refusal(
    "192.0.2.9",
    refuse("test-mode", { does: "run", address: "192.0.2.9", command: "true" }),
  );
  for (let count = 0; count < 3; count++) filter.observe({ kind: "refused", refusal: tested });
  assertEquals(reported.length, 3);
});

Deno.test("after the clock was set back, no refusal is held back until the clock has caught up", () => {
  const { reported, clock, filter } = setUp();
  const tell = (): void => filter.observe({ kind: "refused", refusal: refusal("192.0.2.9") });
  tell();
  tell();
  clock.now -= 86_400;
  tell();
  assertEquals(reported, ["192.0.2.9", "192.0.2.9 +1 in 0 s", "192.0.2.9"]);
  clock.now += REPEAT_WINDOW;
  tell();
  assertEquals(reported.length, 4);
});

Deno.test("an administrator who watches sees every refusal, of clients without a key at most a hundred in a second", () => {
  const { reported, clock, filter } = setUp(true);
  const denied = refuse("command-not-allowed");
  for (let count = 0; count < MOST_SHOWN + 50; count++) {
    filter.observe({ kind: "refused", refusal: refusal("192.0.2.10") });
    filter.observe({ kind: "refused", refusal: refusal("192.0.2.9", denied) });
  }
  const shown = (source: string) => reported.filter((text) => text === source).length;
  // One more: the first that is held back is reported too.
  assertEquals(shown("192.0.2.10"), MOST_SHOWN + 1);
  assertEquals(shown("192.0.2.9"), MOST_SHOWN + 50);
  clock.now++;
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.10") });
  assertEquals(shown("192.0.2.10"), MOST_SHOWN + 2);
});

Deno.test("packets of the kind and source of a reported refusal are counted before a refusal of them is made", () => {
  const { reported, clock, filter } = setUp();
  const [source, other] = [anAddress("192.0.2.9"), anAddress("2001:db8::9")];
  assert(!filter.count(source, NO_KEY));
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9") });
  filter.observe({
    kind: "refused",
    refusal: refusal("2001:db8::9", refuse("no-stanza-for-source"), []),
  });
  for (let count = 0; count < 3; count++) assert(filter.count(source, NO_KEY));
  assert(filter.count(other, "no-source"));
  assert(!filter.count(source, "no-source"));
  assert(!filter.count(other, NO_KEY));
  assert(!filter.count(source, "SPA_MSG_BAD_DATA"));
  clock.now += REPEAT_WINDOW;
  assert(!filter.count(source, NO_KEY), "its window has ended");
  filter.flush(clock.now);
  assertEquals(reported.slice(2), ["192.0.2.9 +3 in 60 s", "2001:db8::9 +1 in 60 s"]);
});

Deno.test("a refusal of a key holder or of a replay lets no packet be counted", () => {
  const { filter } = setUp();
  const facts = {
    source: "192.0.2.9",
    sourcePort: 1,
    protocol: 17,
    destinationPort: 1,
    time: 1,
    ago: 9,
  };
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9", refuse("replay", facts), []) });
  filter.observe({ kind: "refused", refusal: refusal("192.0.2.9", refuse("command-not-allowed")) });
  assert(!filter.count(anAddress("192.0.2.9"), NO_KEY));
});

Deno.test("while forged sources fill the table, packets of further sources are counted, until its window ends", () => {
  const { clock, filter } = setUp();
  const sourceOf = (index: number) => `10.0.${index >> 8}.${index & 255}`;
  for (let index = 0; index < MAX_KINDS; index++) {
    filter.observe({ kind: "refused", refusal: refusal(sourceOf(index)) });
  }
  const next = anAddress(sourceOf(MAX_KINDS));
  assert(filter.count(next, NO_KEY));
  assert(filter.isHolding);
  clock.now += REPEAT_WINDOW;
  assert(!filter.count(next, NO_KEY));
});
