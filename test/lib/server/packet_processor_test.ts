import { assert, assertEquals } from "../../assert.ts";
import type { Datagram } from "../../../lib/capture/datagram.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { decodeBase64, encodeBase64 } from "../../../lib/crypto/base64.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import type { Decision } from "../../../lib/server/decision.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import type { ServerPolicy } from "../../../lib/server/policy.ts";
import { ReplayCache, type ReplayStore } from "../../../lib/server/replay_cache.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import { encodeHttpRequest } from "../../../lib/spa/http.ts";
import { datagram, seal } from "../../support/packet.ts";
import { anAddress } from "../../support/address.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

const EMPTY = { entries: [], horizon: -Infinity, invalidLines: [] };

interface Bench {
  readonly take: (datagram: Datagram) => void;
  readonly decisions: Decision[];
  /** `step/code` of refusals with the stanzas, and `decoded #N`. */
  readonly reported: string[];
  readonly events: PacketEvent[];
  readonly clock: { now: number };
}

function bench(
  stanzas: readonly Stanza[],
  policy: Partial<ServerPolicy> = {},
  store?: ReplayStore,
  replay = new ReplayCache({ window: 120 }),
): Bench {
  const decisions: Decision[] = [];
  const reported: string[] = [];
  const events: PacketEvent[] = [];
  const clock = { now: NOW };
  if (store !== undefined) {
    replay.configure({ window: 120, opened: { store, content: EMPTY } }, NOW);
  }
  const processor = new PacketProcessor({
    stanzas,
    policy: {
      maxAge: 120,
      http: undefined,
      nat: NO_NAT,
      destinationRule: false,
      testMode: false,
      ...policy,
    },
    replay,
    now: () => clock.now,
    observe: (event) => {
      reported.push(describe(event));
      events.push(event);
    },
    act: (decision) => {
      decisions.push(decision);
    },
  });
  let count = 0;
  return {
    take: (datagram) => processor.process(datagram, ++count),
    decisions,
    reported,
    events,
    clock,
  };
}

function describe(event: PacketEvent): string {
  if (event.kind === "decoded") return `decoded #${event.stanza.number}`;
  if (event.kind !== "refused") return event.kind;
  const { step, code, stanzas } = event.refusal;
  return `${step}/${code}${stanzas.map((number) => ` #${number}`).join("")}`;
}

function prefixes(text: string): NonNullable<ReturnType<typeof parsePrefix>>[] {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [] : [prefix];
}

const other = { key: textBytes("another key"), type: "sha256" } as const;

Deno.test("the processor decodes a good packet and makes one decision", () => {
  const { take, decisions, reported } = bench([aStanza()]);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, ["decoded #1"]);
  assertEquals(
    decisions.map((decision) => [decision.kind, "seconds" in decision && decision.seconds]),
    [
      ["open", 30],
    ],
  );
});

Deno.test("the same packet from any source is a replay", () => {
  const { take, decisions, reported } = bench([aStanza()]);
  const { packetText } = seal({}, { time: NOW });
  for (const source of ["192.0.2.9", "192.0.2.9", "203.0.113.7"]) {
    take(datagram(packetText, source));
  }
  assertEquals(reported, ["decoded #1", "seen/duplicate", "seen/replay"]);
  assertEquals(decisions.length, 1);
});

Deno.test("a replay is reported once, even if many stanzas have its keys", () => {
  const { take, reported } = bench([
    aStanza({ number: 1, requireUsername: "bob" }),
    aStanza({ number: 2 }),
  ]);
  const { packetText } = seal({}, { time: NOW });
  take(datagram(packetText));
  take(datagram(packetText));
  assertEquals(reported, [
    "decoded #1",
    "authorize/wrong-username #1",
    "decoded #2",
    "seen/duplicate",
  ]);
});

Deno.test("a copy from the same port within a second is a duplicate, which a second interface saw", () => {
  const { take, reported, decisions, clock } = bench([aStanza()]);
  const packet = datagram(seal({}, { time: NOW }).packetText);
  for (
    const [ago, sourcePort] of [[0, 4000], [0, 4000], [1, 4000], [2, 4000], [0, 4001], [
      -1,
      4000,
    ]] as const
  ) {
    clock.now = NOW + ago;
    take({ ...packet, sourcePort });
  }
  const [duplicate, replay] = ["seen/duplicate", "seen/replay"];
  assertEquals(reported, ["decoded #1", duplicate, duplicate, replay, replay, replay]);
  assertEquals(decisions.length, 1);
});

Deno.test("a packet that policy refuses cannot be used again", () => {
  const { take, reported } = bench([aStanza({ openPorts: [{ protocol: "tcp", port: 80 }] })]);
  const { packetText } = seal({}, { time: NOW });
  take(datagram(packetText));
  take(datagram(packetText));
  assertEquals(reported, ["decoded #1", "authorize/port-denied #1", "seen/duplicate"]);
});

Deno.test("the processor tries stanzas in file order until one takes the packet", () => {
  const { take, decisions, reported } = bench([
    aStanza({ number: 1, hmac: other }),
    aStanza({ number: 2, encryptionKey: textBytes("wrong") }),
    aStanza({ number: 3, requireUsername: "bob" }),
    aStanza({ number: 4 }),
    aStanza({ number: 5 }),
  ]);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, [
    "authenticate/hmac-mismatch #1",
    "authenticate/undecodable #2",
    "decoded #3",
    "authorize/wrong-username #3",
    "decoded #4",
  ]);
  assertEquals(decisions.map(({ stanza }) => stanza), [4]);
});

Deno.test("an HMAC mismatch is marked if another stanza's key made the packet", () => {
  const { take, events } = bench([
    aStanza({ number: 1, hmac: other }),
    aStanza({ number: 2 }),
    aStanza({ number: 3, hmac: other }),
  ]);
  take(datagram(seal({}, { time: NOW }).packetText));
  take(
    datagram(
      seal({}, { time: NOW, hmac: { key: textBytes("unknown"), type: "sha256" } }).packetText,
    ),
  );
  const marks = events.flatMap((event) =>
    event.kind === "refused" ? [[event.refusal.stanzas, event.refusal.elsewhere]] : []
  );
  assertEquals(marks, [[[1], true], [[1, 2, 3], undefined]]);
});

Deno.test("junk causes one refusal, even with many stanzas", () => {
  const stanzas = Array.from({ length: 50 }, (_, index) => aStanza({ number: index + 1 }));
  const { take, reported } = bench(stanzas);
  take(datagram("A".repeat(204)));
  assertEquals(reported.length, 1);
  assert(reported[0]?.startsWith("authenticate/hmac-mismatch #1 #2"));
});

Deno.test("the processor tries only stanzas for the packet's source and destination", () => {
  const { take, reported, decisions } = bench([
    aStanza({ number: 1, source: prefixes("10.0.0.0/8") }),
    aStanza({ number: 2, destination: prefixes("198.51.100.8") }),
    aStanza({ number: 3, source: prefixes("192.0.2.0/24"), destination: prefixes("198.51.100.7") }),
  ]);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, ["decoded #3"]);
  assertEquals(decisions.length, 1);
});

Deno.test("the processor refuses a source that no stanza lists before it uses any key", () => {
  const { take, reported } = bench([aStanza({ source: prefixes("10.0.0.0/8") })]);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, ["source/no-stanza-for-source"]);
});

Deno.test("an expired stanza is reported once and admits no client", () => {
  const { take, reported, decisions } = bench([aStanza({ expires: NOW - 1 })]);
  for (let count = 0; count < 2; count++) {
    take(datagram(seal({}, { time: NOW }).packetText));
  }
  assertEquals(reported, ["stanza/stanza-expired #1"]);
  assertEquals(decisions, []);
});

Deno.test("in test mode the processor checks everything and does nothing", () => {
  const { take, reported, decisions } = bench([aStanza()], { testMode: true });
  const { packetText } = seal({}, { time: NOW });
  take(datagram(packetText));
  take(datagram(packetText));
  assertEquals(reported, ["decoded #1", "act/test-mode #1", "seen/duplicate"]);
  assertEquals(decisions, []);
});

Deno.test("a packet that cannot be written to the replay file opens nothing", () => {
  const fail = () => {
    throw new Error("No space left on device");
  };
  const store = { append: fail, replace: fail, reopen: () => undefined, close: () => {} };
  const { take, reported, decisions } = bench([aStanza()], {}, store);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, ["remember/not-remembered #1"]);
  assertEquals(decisions, []);
});

Deno.test("a packet whose mac was cut off is a replay for a stanza without HMAC", () => {
  const { hmac: _, ...withoutHmac } = aStanza({ number: 2 });
  const { take, reported, decisions } = bench([aStanza({ number: 1 }), withoutHmac]);
  const { packetText, mac = "" } = seal({}, { time: NOW });
  take(datagram(packetText));
  take(datagram(packetText.slice(0, -mac.length)));
  assertEquals(reported, ["decoded #1", "authenticate/hmac-mismatch #1", "seen/replay"]);
  assertEquals(decisions.length, 1);
});

Deno.test("in mode legacy a packet of an old client opens without padding, and with padding it is a replay", () => {
  const { hmac: _, ...stanza } = aStanza();
  const opened = { legacy: 0, cbc: 0 };
  for (const mode of ["legacy", "cbc"] as const) {
    for (let length = 1; length <= 24; length++) {
      const { take, reported, decisions } = bench([{ ...stanza, encryptionMode: mode }]);
      const message = { username: "a".repeat(length) };
      const { fullText, packetText } = seal(message, { time: NOW, mode, hmac: undefined });
      // If the text fills its last block, the next block holds only padding.
      const blob = decodeBase64(fullText) ?? new Uint8Array();
      take(datagram(encodeBase64(blob.subarray(0, -16)).slice(10)));
      opened[mode] += decisions.length;
      if (decisions.length === 0) continue;
      take(datagram(packetText));
      assertEquals(reported.at(-1), "seen/replay");
    }
  }
  assertEquals(opened, { legacy: 2, cbc: 0 });
});

Deno.test("a packet that one stanza refuses is not a replay for the next stanza, even without an HMAC", () => {
  const { hmac: _, ...withoutHmac } = aStanza();
  const { take, reported, decisions } = bench([
    { ...withoutHmac, requireUsername: "bob" },
    { ...withoutHmac, number: 2 },
  ]);
  take(datagram(seal({}, { time: NOW, hmac: undefined }).packetText));
  assertEquals(reported, ["decoded #1", "authorize/wrong-username #1", "decoded #2"]);
  assertEquals(decisions.length, 1);
});

Deno.test("a captured packet with its prefix restored is a replay, plain or in HTTP", () => {
  const http = { anyUserAgent: false, forwardedFor: false };
  const { hmac: _, ...withoutHmac } = aStanza();
  const { take, reported, decisions } = bench([withoutHmac], { http });
  const { packetText } = seal({}, { time: NOW, hmac: undefined });
  take(datagram(packetText));
  const withPrefix = `U2FsdGVkX1${packetText}`;
  take(datagram(withPrefix));
  take(datagram(encodeHttpRequest(withPrefix, { host: "server.example" })));
  assertEquals(reported, ["decoded #1", "screen/not-spa", "screen/not-spa"]);
  assertEquals(decisions.length, 1);
});

Deno.test("over HTTP the address of X-Forwarded-For replaces 0.0.0.0, and 0.0.0.0 with another header is refused", () => {
  const http = { anyUserAgent: false, forwardedFor: true };
  const { take, reported, decisions } = bench([aStanza()], { http });
  for (
    const [header, asked] of [
      ["203.0.113.5", "0.0.0.0"],
      ["203.0.113.5,10.0.0.1", "0.0.0.0"],
      ["", "::"],
      ["unknown", "192.0.2.44"],
    ] as const
  ) {
    const { packetText } = seal({ message: `${asked},tcp/22` }, { time: NOW });
    const request = encodeHttpRequest(packetText, { host: "server.example" })
      .replace("Accept:", `X-Forwarded-For: ${header}\r\nAccept:`);
    take(datagram(request));
  }
  const unusable = ["bad-forwarded-for", "decoded #1", "authorize/forwarded-for-unusable #1"];
  assertEquals(reported, [
    "decoded #1",
    ...unusable,
    ...unusable,
    "bad-forwarded-for",
    "decoded #1",
  ]);
  // The proxy's address is never admitted.
  assertEquals(decisions.map(({ address }) => address.text), ["203.0.113.5", "192.0.2.44"]);
});

Deno.test("the processor tries a long symmetric packet with the stanza's symmetric key", () => {
  const services = Array.from({ length: 12 }, (_, index) => `tcp/${10001 + index}`).join();
  const { take, decisions } = bench([aStanza()]);
  const { packetText } = seal({ message: `192.0.2.44,${services}` }, {
    time: NOW,
    commandStanza: true,
  });
  assert(packetText.length >= 400);
  take(datagram(packetText));
  assertEquals(decisions.length, 1);
});

Deno.test("ENABLE_DESTINATION_RULE limits a grant to the destination of the packet", () => {
  const { take, decisions } = bench([aStanza()], { destinationRule: true });
  take(datagram(seal({}, { time: NOW }).packetText));
  const [decision] = decisions;
  assert(decision?.kind === "open");
  assertEquals(decision.destination?.text, "198.51.100.7");
});

Deno.test("in test mode no command and no cycle runs, and the next stanza is tried", () => {
  // The C daemon still runs CMD_CYCLE_OPEN.
  const cycle = { open: "/bin/open $SRC" };
  const { take, reported, decisions } = bench(
    [aStanza({ number: 1, commandExecution: {} }), aStanza({ number: 2, cycle })],
    { testMode: true },
  );
  take(datagram(seal({ type: 0, message: "192.0.2.44,id" }, { time: NOW }).packetText));
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(reported, [
    "decoded #1",
    "act/test-mode #1",
    "decoded #2",
    "authorize/no-service-for-cycle #2",
    "decoded #1",
    "act/test-mode #1",
    "decoded #2",
    "act/test-mode #2",
  ]);
  assertEquals(decisions, []);
});

Deno.test("after the clock was set back, a packet that may have been forgotten opens nothing", () => {
  const replay = new ReplayCache({ window: 120, kept: 0 });
  const { take, reported, decisions, clock } = bench([aStanza()], {}, undefined, replay);
  const { packetText } = seal({}, { time: NOW });
  take(datagram(packetText));
  clock.now = NOW + 86_400;
  take(datagram(seal({}, { time: NOW + 86_400 }).packetText));
  clock.now = NOW + 10;
  take(datagram(packetText));
  assertEquals(reported.at(-1), "authorize/forgotten-time #1");
  clock.now = NOW + 200;
  take(datagram(seal({}, { time: NOW + 200 }).packetText));
  assertEquals(decisions.length, 3);
});

Deno.test("after the clock was set right, new packets open and earlier packets do not", () => {
  const { take, reported, decisions, clock } = bench([aStanza()]);
  clock.now = NOW + 7200;
  const early = seal({}, { time: NOW }).packetText;
  take(datagram(early));
  for (const time of [NOW + 7200, NOW + 7500, NOW + 7800]) {
    clock.now = time;
    take(datagram(seal({}, { time }).packetText));
  }
  clock.now = NOW + 60;
  take(datagram(early));
  assertEquals(reported.at(-1), "seen/replay");
  for (const time of [NOW - 60, NOW + 60, NOW + 180]) {
    take(datagram(seal({}, { time }).packetText));
    assertEquals(reported.at(-1), "decoded #1");
  }
  assertEquals(decisions.length, 6);
});

Deno.test("packets beyond the limit of their key are refused before they are remembered, and packets of other keys are not", () => {
  const second = { number: 2, encryptionKey: textBytes("another one"), hmac: other };
  const { take, reported, decisions, clock } = bench([
    aStanza({ maxPacketsPerMinute: 2 }),
    aStanza(second),
  ]);
  const knock = () => datagram(seal({}, { time: clock.now }).packetText);
  const packets = [knock(), knock(), knock()];
  for (const packet of packets) take(packet);
  assertEquals(reported, [
    "decoded #1",
    "decoded #1",
    "remember/too-many-packets #1",
    "authenticate/hmac-mismatch #2",
  ]);
  take(
    datagram(seal({}, { time: NOW, encryptionKey: second.encryptionKey, hmac: other }).packetText),
  );
  assertEquals(reported.at(-1), "decoded #2");
  clock.now += 60;
  for (const packet of packets) take(packet);
  assertEquals(reported.slice(-3), ["seen/replay", "seen/replay", "decoded #1"]);
  assertEquals(decisions.length, 4);
});

Deno.test("an eavesdropper cannot use up the limit of a key with many old packets", () => {
  const { take, reported, decisions, clock } = bench([aStanza({ maxPacketsPerMinute: 2 })]);
  const old = [1, 2, 3].map((age) => seal({}, { time: NOW - 1000 - age }).packetText);
  for (const text of old) take(datagram(text));
  assertEquals(reported, [
    ...Array(2).fill(["decoded #1", "authorize/too-old #1"]).flat(),
    "remember/too-many-packets #1",
  ]);
  take(datagram(seal({}, { time: clock.now }).packetText));
  assertEquals(decisions.length, 1);
});

Deno.test("a packet up to the horizon is judged once and does not use up the limit of its key", () => {
  for (const maxAge of [120, undefined]) {
    const replay = new ReplayCache({ window: 120 });
    replay.load({ ...EMPTY, horizon: NOW - 1000 });
    const stanzas = [aStanza({ maxPacketsPerMinute: 2 })];
    const { take, reported, decisions } = bench(stanzas, { maxAge }, undefined, replay);
    const old = [1, 2].map((age) => seal({}, { time: NOW - 1000 - age }).packetText);
    for (const text of [...old, ...old, ...old]) take(datagram(text, "203.0.113.7"));
    const code = maxAge === undefined ? "forgotten-time" : "too-old";
    assertEquals(reported, [
      ...Array(2).fill(["decoded #1", `authorize/${code} #1`]).flat(),
      ...Array(4).fill("seen/duplicate"),
    ]);
    assertEquals(replay.size, 0);
    for (let count = 0; count < 2; count++) take(datagram(seal({}, { time: NOW }).packetText));
    assertEquals(decisions.length, 2);
  }
});

Deno.test("another text of a packet does not use up the limit of its key", () => {
  const { hmac: _, ...withoutHmac } = aStanza({ number: 2, maxPacketsPerMinute: 1 });
  const { take, reported } = bench([aStanza(), withoutHmac]);
  const { packetText } = seal({}, { time: NOW });
  take(datagram(packetText));
  for (let count = 0; count < 3; count++) take(datagram(packetText.slice(0, -43)));
  assertEquals(reported.at(-1), "seen/replay");
  take(datagram(seal({}, { time: NOW }).packetText.slice(0, -43)));
  assertEquals(reported.at(-1), "decoded #2");
});

Deno.test("few packets that are too far ahead are remembered, and the others never open", () => {
  const replay = new ReplayCache({ window: 120, kept: 2 });
  // For example a packet that gpg decrypts after a reload with a smaller window.
  const { take, reported, decisions } = bench([aStanza()], { maxAge: 7300 }, undefined, replay);
  for (let count = 0; count < 5; count++) {
    take(datagram(seal({}, { time: NOW + 7200 }).packetText));
  }
  assertEquals(reported.at(-1), "authorize/forgotten-time #1");
  assertEquals(replay.size, 2);
  assertEquals(decisions.length, 2);
  take(datagram(seal({}, { time: NOW }).packetText));
  assertEquals(decisions.length, 3);
});

Deno.test("an X-Forwarded-For header of a client without a key causes no log line", () => {
  const http = { anyUserAgent: true, forwardedFor: true };
  const { take, reported } = bench([aStanza()], { http });
  const request = encodeHttpRequest("A".repeat(204), { host: "server.example" });
  take(datagram(request.replace("Accept:", "X-Forwarded-For: unknown\r\nAccept:")));
  assertEquals(reported, ["authenticate/hmac-mismatch #1"]);
});

Deno.test("a packet to an address that no DESTINATION contains is refused once and can still be used", () => {
  const { take, reported, decisions } = bench([
    aStanza({ number: 1, source: prefixes("203.0.113.0/24") }),
    aStanza({ number: 2, destination: prefixes("192.0.2.1/32") }),
    aStanza({ number: 3, destination: prefixes("192.0.2.2/32") }),
  ]);
  const good = datagram(seal({}, { time: NOW }).packetText);
  take(good);
  take(datagram("A".repeat(204)));
  take({ ...good, destination: anAddress("192.0.2.2") });
  const refusal = "stanza/no-stanza-for-destination #2 #3";
  assertEquals(reported, [refusal, refusal, "decoded #3"]);
  assertEquals(decisions.map(({ stanza }) => stanza), [3]);
});
