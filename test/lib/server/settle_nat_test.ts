import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { allowsInside, parseNatTargets } from "../../../lib/config/nat_targets.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { parseAddress } from "../../../lib/net/address.ts";
import { parseServices, sameService } from "../../../lib/net/service.ts";
import { authorize } from "../../../lib/server/authorize.ts";
import type { NatPolicy } from "../../../lib/server/authorize_nat.ts";
import type { Reason } from "../../../lib/server/refusal.ts";
import { nameToLookUp, settleNat } from "../../../lib/server/settle_nat.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { parseRequest } from "../../../lib/spa/request.ts";
import { anAddress } from "../../support/address.ts";
import { aPlace, aStanza } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const ARRIVED = "198.51.100.7";
const OTHER = "203.0.113.7";
const INSIDE = "192.168.123.31";
const OWN = [ARRIVED, OTHER, "192.168.123.1"];
const BOTH: NatPolicy = { forwarding: true, localNat: true, sourceNat: { enabled: false } };

/** The outcome of a client's request. */
interface Asked {
  readonly stanza?: Partial<Stanza>;
  readonly type?: SpaMessage["type"];
  readonly asks?: string;
  readonly names?: string;
  readonly arrivedAt?: string;
  readonly nat?: NatPolicy;
}

interface Outcome {
  readonly kind: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly target?: string | undefined;
  readonly reason?: string | undefined;
}

function outcome(
  { stanza: changes = {}, type = 5, asks = "tcp/40001", names, arrivedAt = ARRIVED, nat = BOTH }:
    Asked,
): Outcome {
  const stanza = aStanza(changes);
  const message: SpaMessage = {
    randomValue: "1234567890123456",
    username: "alice",
    timestamp: NOW,
    version: "3.0.0",
    type,
    message: `192.0.2.44,${asks}`,
    ...(names === undefined ? {} : { natAccess: names }),
  };
  const request = parseRequest(message);
  assert(request.ok, names);
  const authorization = authorize(stanza, message, request.value, {
    now: NOW,
    maxAge: 120,
    source: anAddress("192.0.2.44"),
    sentTo: anAddress(arrivedAt),
    nat,
  });
  const refused = (reason: Reason): Outcome =>
    reason.code === "nat-target-denied"
      ? { kind: reason.code, ...reason.facts }
      : { kind: reason.code };
  if (!authorization.allowed) return refused(authorization.refusal);
  const { decision } = authorization;
  assert(decision.kind !== "run" && decision.kind !== "cycle");
  const name = nameToLookUp(decision);
  const settled = settleNat(decision, name === undefined ? undefined : parseAddress(INSIDE), {
    stanza,
    nat,
    placeOf: aPlace(...OWN),
  });
  if (!settled.allowed) return refused(settled.refusal);
  const { grant } = settled;
  if (grant.kind === "open") return { kind: "open" };
  return { kind: grant.kind, host: grant.target?.address.text, port: grant.target?.port };
}

function services(text: string) {
  return parseServices(text) ?? [];
}

function targets(text: string) {
  const { value } = parseNatTargets(text);
  assert(value !== undefined);
  return value;
}

const LISTED = { openPorts: services("tcp/40001") };

Deno.test("the target of a local request is the named address if it is this host's, or else the packet's destination", () => {
  const local = (host: string) => ({ kind: "local-nat", host, port: 22 });
  assertEquals(outcome({ names: `${OTHER},22` }), local(OTHER));
  assertEquals(
    outcome({ names: "100.64.0.9,22" }),
    local(ARRIVED),
    "as with a translation in front of this host",
  );
  assertEquals(
    outcome({ names: `${INSIDE},22` }),
    local(ARRIVED),
    "another host is never the target",
  );
  assertEquals(outcome({ names: "127.0.0.1,22" }), local(ARRIVED), "loopback is not used");
  assertEquals(outcome({ names: "255.255.255.255,22" }), local(ARRIVED));
  assertEquals(outcome({ names: "gate.example.com,22" }), local(ARRIVED), "no name is looked up");
  assertEquals(outcome({ names: "127.0.0.1,22", arrivedAt: "127.0.0.1" }), local("127.0.0.1"));
  assertEquals(outcome({ type: 6, names: "100.64.0.9,22" }), local(ARRIVED));
});

Deno.test("a local request is refused if its packet was not sent to an address of this host", () => {
  for (const arrivedAt of ["198.51.100.255", "255.255.255.255", "224.0.0.1", "0.0.0.0"]) {
    assertEquals(outcome({ names: "100.64.0.9,22", arrivedAt }), {
      kind: "nat-target-denied",
      target: `${arrivedAt} tcp/22`,
      reason: "not-local",
    });
  }
});

Deno.test("the stanza must open or list the port that a local request names", () => {
  const denied = (reason: string) => ({
    kind: "nat-target-denied",
    target: "local tcp/22",
    reason,
  });
  const names = `${ARRIVED},22`;
  const granted = { kind: "local-nat", host: ARRIVED, port: 22 };
  assertEquals(outcome({ stanza: LISTED, names }), denied("NAT_TARGETS"));
  assertEquals(
    outcome({ stanza: { openPorts: services("tcp/40001,udp/22") }, names }),
    denied("NAT_TARGETS"),
  );
  assertEquals(outcome({ stanza: { openPorts: services("tcp/40001,tcp/22") }, names }), granted);
  assertEquals(
    outcome({ stanza: { ...LISTED, natTargets: targets("local tcp/22") }, names }),
    granted,
  );
  assertEquals(
    outcome({ stanza: { ...LISTED, natTargets: targets("local any") }, names }),
    granted,
  );
  assertEquals(
    outcome({ stanza: { ...LISTED, natTargets: targets("any any") }, names }),
    denied("NAT_TARGETS"),
  );
  // Without any list, a client may ask for every port without NAT too.
  assertEquals(outcome({ names }), granted);
  assertEquals(
    outcome({ stanza: { natTargets: targets("10.0.0.0/8 any") }, names }),
    denied("NAT_TARGETS"),
  );
  const restricted = { restrictPorts: services("tcp/22"), natTargets: targets("local tcp/22") };
  assertEquals(outcome({ stanza: restricted, names }), denied("RESTRICT_PORTS"));
});

Deno.test("a target of FORCE_NAT is not checked against lists, and this host is local for every message type", () => {
  const forced = (address: string, port = 22) => ({
    ...LISTED,
    restrictPorts: services("tcp/22"),
    natTargets: targets("local tcp/1"),
    forceNat: { address: anAddress(address), port },
  });
  const local = { kind: "local-nat", host: OTHER, port: 22 };
  const forward = { kind: "forward", host: INSIDE, port: 22 };
  assertEquals(outcome({ stanza: forced(OTHER), type: 1 }), local);
  assertEquals(outcome({ stanza: forced(OTHER), type: 2, names: `${INSIDE},3389` }), local);
  assertEquals(outcome({ stanza: forced(OTHER), type: 5, names: `${INSIDE},3389` }), local);
  assertEquals(outcome({ stanza: forced(INSIDE), type: 1 }), forward);
  assertEquals(outcome({ stanza: forced(INSIDE), type: 5, names: `${ARRIVED},9` }), forward);
  assertEquals(outcome({ stanza: forced("127.0.0.1"), type: 1 }), { ...local, host: "127.0.0.1" });
});

Deno.test("a forwarding request for this host becomes a local request with the checks of one", () => {
  const names = `${OTHER},22`;
  const local = { kind: "local-nat", host: OTHER, port: 22 };
  assertEquals(outcome({ type: 2, names }), local);
  assertEquals(
    outcome({ type: 2, names, nat: { ...BOTH, localNat: false } }).kind,
    "nat-not-enabled",
  );
  assertEquals(outcome({ type: 2, names, stanza: LISTED }).target, "local tcp/22");
  assertEquals(
    outcome({ type: 2, names, stanza: { natTargets: targets("203.0.113.0/24 any") } }).target,
    "local tcp/22",
  );
  assertEquals(outcome({ type: 2, names, stanza: { forwardAll: true } }).reason, "own");
});

Deno.test("connections are never forwarded to loopback, multicast, broadcast or an unspecified address, even if listed", () => {
  for (
    const host of [
      "127.0.0.1",
      "127.9.9.9",
      "0.0.0.0",
      "0.1.2.3",
      "224.0.0.1",
      "255.255.255.255",
      "::1",
      "::",
      "ff02::1",
      "::ffff:127.0.0.1",
    ]
  ) {
    for (const stanza of [{}, { forwardAll: true }, { natTargets: targets("any any") }]) {
      const { kind } = outcome({ type: 2, names: `${host},22`, stanza });
      assertEquals([host, kind], [host, "nat-target-denied"]);
    }
  }
});

Deno.test("NAT_TARGETS limits the inside hosts, by address and by name", () => {
  const stanza = { natTargets: targets("192.168.123.0/24 tcp/3389") };
  const inside = { kind: "forward", host: INSIDE, port: 3389 };
  const names = `${INSIDE},3389`;
  assertEquals(outcome({ type: 2, names, stanza }), inside);
  assertEquals(outcome({ type: 2, names: "desk.example.com,3389", stanza }), inside);
  assertEquals(
    outcome({ type: 2, names: "192.168.124.31,3389", stanza }).target,
    "192.168.124.31 tcp/3389",
  );
  assertEquals(outcome({ type: 2, names: `${INSIDE},22`, stanza }).target, `${INSIDE} tcp/22`);
  assertEquals(
    outcome({ type: 2, names: "desk.example.com,22", stanza }).target,
    `${INSIDE} tcp/22`,
  );
  assertEquals(outcome({ type: 2, names, asks: "udp/40001", stanza }).target, `${INSIDE} udp/3389`);
  // Without NAT_TARGETS every host is allowed, as in the C daemon.
  assertEquals(outcome({ type: 2, names: "192.168.124.31,22" }).kind, "forward");
});

Deno.test("for every request, a connection ends only where the stanza allows it", () => {
  const hosts = [
    ...OWN,
    INSIDE,
    "10.0.0.9",
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.9",
    "a.example.com",
  ];
  const lists = [
    undefined,
    "local tcp/22",
    `${INSIDE} tcp/22, any tcp/80`,
    "local tcp/80, 10.0.0.0/8 any",
  ];
  fc.assert(fc.property(
    fc.constantFrom<SpaMessage["type"]>(2, 4, 5, 6),
    fc.constantFrom(...hosts),
    fc.constantFrom(22, 80, 3306),
    fc.constantFrom(...lists),
    fc.constantFrom(undefined, "tcp/40001", "tcp/40001,tcp/22"),
    fc.constantFrom("", "tcp/80"),
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom(ARRIVED, "127.0.0.1", "198.51.100.255"),
    (type, host, port, listed, open, restricted, forwarding, localNat, arrivedAt) => {
      const openPorts = open === undefined ? undefined : services(open);
      const natTargets = listed === undefined ? undefined : targets(listed);
      const restrictPorts = restricted === "" ? [] : services(restricted);
      const stanza = {
        restrictPorts,
        ...(openPorts && { openPorts }),
        ...(natTargets && { natTargets }),
      };
      const nat = { ...BOTH, forwarding, localNat };
      const found = outcome({ type, names: `${host},${port}`, stanza, nat, arrivedAt });
      const service = { protocol: "tcp", port } as const;
      const isIn = (list: readonly { protocol: "tcp" | "udp"; port: number }[] | undefined) =>
        list?.some((each) => sameService(each, service)) === true;
      if (found.kind === "local-nat") {
        assert(localNat);
        assert(
          [...OWN, ...(arrivedAt === "127.0.0.1" ? [arrivedAt] : [])].includes(found.host ?? ""),
        );
        assert(!isIn(restrictPorts));
        assert(
          isIn(openPorts) || natTargets?.some(({ place, services }) =>
            place === "local" && (services === "any" || isIn(services))
          ) ||
            (openPorts === undefined && natTargets === undefined),
        );
      } else if (found.kind === "forward") {
        assert(forwarding && (type === 2 || type === 4));
        assert([INSIDE, "10.0.0.9"].includes(found.host ?? ""));
        assert(
          natTargets === undefined ||
            allowsInside(natTargets, anAddress(found.host ?? ""), service),
        );
      } else assert(["nat-target-denied", "nat-not-enabled"].includes(found.kind), found.kind);
    },
  ));
});
