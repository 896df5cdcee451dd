import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import {
  MOST_NETWORKS,
  NetworkLimits,
  networkOf,
  networkRate,
} from "../../../lib/server/network_limits.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import { refuseNames } from "../../../lib/server/look_up.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { Server } from "../../../lib/server/server.ts";
import { anAddress } from "../../support/address.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aPlace, aStanza, NO_NAT } from "../../support/stanza.ts";

/** The burst of a limit of 100 packets a second: 50 packets. */
const [RATE, BURST] = [100, 50];

function limits() {
  const clock = { now: 0 };
  return { clock, limits: new NetworkLimits(RATE, () => clock.now) };
}

const arrivals = fc.array(
  fc.record({ after: fc.nat(40), host: fc.nat(254), network: fc.nat(2) }),
  { maxLength: 400, size: "max" },
);

Deno.test("over any time, a network gets at most its limit and one burst", () => {
  fc.assert(
    fc.property(arrivals, (packets) => {
      const { clock, limits: limit } = limits();
      const admitted: { readonly at: number; readonly network: number }[] = [];
      for (const { after, host, network } of packets) {
        clock.now += after / 8;
        if (limit.admits(anAddress(`192.0.${network}.${host}`))) {
          admitted.push({ at: clock.now, network });
        }
      }
      for (const [index, { at: from, network }] of admitted.entries()) {
        let count = 0;
        for (const { at, network: other } of admitted.slice(index)) {
          if (other !== network) continue;
          count++;
          assert(count <= BURST + (at - from) / 1000 * RATE + 1, `${count} in ${at - from} ms`);
        }
      }
    }),
  );
});

Deno.test("a network that stays below its limit loses no packet, whatever other networks send", () => {
  fc.assert(
    fc.property(arrivals, (packets) => {
      const { clock, limits: limit } = limits();
      for (const { host } of packets) {
        clock.now += 1000 / RATE;
        for (let junk = 0; junk < 5; junk++) limit.admits(anAddress(`192.0.2.${host}`));
        assert(limit.admits(anAddress(`198.51.100.${host}`)));
        assert(limit.admits(anAddress(`2001:db8::${host.toString(16)}`)));
      }
    }),
  );
});

Deno.test("a source that a key proved is not starved by its network, but has a limit too", () => {
  const { clock, limits: limit } = limits();
  const [proven, other] = [anAddress("192.0.2.9"), anAddress("192.0.2.10")];
  limit.prove(proven);
  let refused = 0;
  for (let count = 0; count < 1000; count++) if (!limit.admits(other)) refused++;
  assertEquals(refused, 1000 - BURST);
  let admitted = 0;
  for (let count = 0; count < 1000; count++) if (limit.admits(proven)) admitted++;
  assertEquals(admitted, BURST);
  clock.now += 3_600_000;
  for (let count = 0; count < BURST; count++) limit.admits(other);
  assert(!limit.admits(proven), "an hour later it counts for its network again");
});

Deno.test("forged sources do not fill the memory, and quiet networks make room", () => {
  const { clock, limits: limit } = limits();
  const address = (index: number) => anAddress(`10.${index >> 8}.${index & 255}.1`);
  for (let index = 0; index < MOST_NETWORKS; index++) assert(limit.admits(address(index)));
  const next = anAddress("192.0.2.9");
  for (let count = 0; count < 1000; count++) assert(limit.admits(next), "it is not followed");
  clock.now += 1000;
  let admitted = 0;
  for (let count = 0; count < 1000; count++) if (limit.admits(next)) admitted++;
  assertEquals(admitted, BURST);
});

Deno.test("a network is an IPv4 /24 or an IPv6 /48", () => {
  assertEquals(networkOf(anAddress("192.0.2.9")), "192.0.2.0/24");
  assertEquals(networkOf(anAddress("2001:db8:1:2::9")), "2001:db8:1::/48");
  const { limits: limit } = limits();
  for (let host = 0; host < BURST; host++) assert(limit.admits(anAddress(`2001:db8:1:${host}::1`)));
  assert(!limit.admits(anAddress("2001:db8:1:ffff::1")));
  assert(limit.admits(anAddress("2001:db8:2::1")));
});

Deno.test("the limit follows what the stanzas cost, and never is zero", () => {
  const stanzas = (count: number, change = {}) =>
    Array.from({ length: count }, () => aStanza(change));
  const { hmac: _, ...open } = aStanza();
  const rates = [
    networkRate(stanzas(1)),
    networkRate(stanzas(1000)),
    networkRate(stanzas(1000, { hmac: { type: "sha512", key: new Uint8Array(8) } })),
    networkRate(Array.from({ length: 1_000_000 }, () => open)),
  ];
  assertEquals(rates, [...rates].sort((a, b) => b - a));
  assert((rates[0] ?? 0) > 20_000);
  assertEquals(rates.at(-1), 1);
});

Deno.test("while one network floods the server, a knock from another and one from a proven source are accepted", async () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const elsewhere = parsePrefix("203.0.113.0/24");
  assert(elsewhere !== undefined);
  const costly = { hmac: { type: "sha512", key: new Uint8Array(8) }, source: [elsewhere] } as const;
  const stanzas = [
    aStanza(),
    ...Array.from({ length: 200 }, (_, index) => aStanza({ number: index + 2, ...costly })),
  ];
  const events: string[] = [];
  const knock = (source: string) =>
    datagram(seal({ message: "0.0.0.0,tcp/22" }).packetText, source);
  // It decrypts and is not accepted, so its source is not proven.
  const old = (source: string) => {
    const { packetText } = seal({ message: "0.0.0.0,tcp/22" }, { time: now() - 3600 });
    return datagram(packetText, source);
  };
  const junk = Array.from({ length: 1000 }, () => datagram("A".repeat(210), "192.0.2.66"));
  const packets = [
    ...[knock("192.0.2.9"), old("192.0.2.10"), ...junk],
    ...[old("192.0.2.10"), knock("192.0.2.9"), knock("198.51.100.9")],
  ];
  const server = new Server({
    stanzas,
    capture: {
      description: "by hand",
      run: (receive) => {
        for (const packet of packets) receive(packet);
        return Promise.resolve();
      },
      statistics: () => ({ received: 0, dropped: 0, refused: 0 }),
      close: () => {},
    },
    firewall: undefined,
    commands: undefined,
    cycles: undefined,
    placeOf: aPlace(),
    lookUp: refuseNames,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: true },
  }, {
    observe: (event) => {
      if (event.kind === "decoded") events.push(event.packet.source);
      if (event.kind === "refused" && event.refusal.code === "network-limit") events.push("limit");
      if (event.kind === "repeated") events.push("end");
    },
    repeats: { count: () => true },
    replay: new ReplayCache({ window: 120 }),
    now,
    steady: () => 0,
    packetLimit: 0,
  });
  await server.run();
  assertEquals(events, [
    "192.0.2.9",
    "192.0.2.10",
    "limit",
    "192.0.2.9",
    "198.51.100.9",
    "end",
  ]);
});
