import { assert, assertEquals } from "../../assert.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import {
  type AuthorizationContext,
  authorize,
  cycleSeconds,
  grantSeconds,
} from "../../../lib/server/authorize.ts";
import { refuse } from "../../../lib/server/refusal.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { parseRequest } from "../../../lib/spa/request.ts";
import { anAddress } from "../../support/address.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";
import { parseServices } from "../../../lib/net/service.ts";

const NOW = 1_800_000_000;
const CONTEXT: AuthorizationContext = {
  now: NOW,
  maxAge: 120,
  source: anAddress("192.0.2.9"),
  sentTo: anAddress("198.51.100.7"),
  nat: NO_NAT,
};

function message(changes: Partial<SpaMessage> = {}): SpaMessage {
  return {
    randomValue: "1234567890123456",
    username: "alice",
    timestamp: NOW,
    version: "3.0.0",
    type: 1,
    message: "192.0.2.44,tcp/22",
    ...changes,
  };
}

function outcome(
  stanza: Partial<Stanza>,
  changes: Partial<SpaMessage> = {},
  context: Partial<AuthorizationContext> = {},
): unknown {
  const asked = message(changes);
  const request = parseRequest(asked);
  assert(request.ok);
  const result = authorize(aStanza(stanza), asked, request.value, { ...CONTEXT, ...context });
  return result.allowed ? result.decision : result.refusal;
}

function services(text: string): ReturnType<typeof parseServices> & object {
  return parseServices(text) ?? [];
}

Deno.test("a request that the stanza allows becomes a decision with address, services and seconds", () => {
  assertEquals(outcome({ accessTimeout: 45 }), {
    kind: "open",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: services("tcp/22"),
    seconds: 45,
  });
});

Deno.test("a packet is refused if the clocks differ by more than the limit, in either direction", () => {
  const refusal = (code: "too-old" | "too-new", seconds: number) =>
    refuse(code, { seconds, limit: 120 });
  assertEquals(outcome({}, { timestamp: NOW - 121 }), refusal("too-old", 121));
  assertEquals(outcome({}, { timestamp: NOW + 121 }), refusal("too-new", 121));
  for (const timestamp of [NOW - 120, NOW + 120]) {
    assertEquals((outcome({}, { timestamp }) as { kind: string }).kind, "open");
  }
});

Deno.test("without a check of the age every timestamp is accepted", () => {
  const decision = outcome({}, { timestamp: 0 }, { maxAge: undefined });
  assertEquals((decision as { kind: string }).kind, "open");
});

Deno.test("0.0.0.0 stands for the packet's source, or for the address that a trusted proxy names", () => {
  const any = { message: "0.0.0.0,tcp/22" };
  const address = (decision: unknown) => (decision as { address: unknown }).address;
  assertEquals(address(outcome({}, any)), CONTEXT.source);
  const forwardedFor = anAddress("203.0.113.5");
  assertEquals(address(outcome({}, any, { forwardedFor })), forwardedFor);
  assertEquals(address(outcome({}, {}, { forwardedFor })), anAddress("192.0.2.44"));
});

Deno.test("0.0.0.0 is refused if the stanza requires an address", () => {
  assertEquals(
    outcome({ requireSourceAddress: true }, { message: "0.0.0.0,tcp/22" }),
    refuse("source-address-required", { asked: "0.0.0.0" }),
  );
});

Deno.test("the user name is compared exactly, including case", () => {
  assertEquals(
    outcome({ requireUsername: "alice" }, { username: "Alice" }),
    refuse("wrong-username", { username: "Alice", required: "alice" }),
  );
  const decision = outcome({ requireUsername: "alice" }) as { kind: string };
  assertEquals(decision.kind, "open");
});

Deno.test("every requested service must be in OPEN_PORTS, even if OPEN_PORTS lists another one twice", () => {
  // The C daemon counts matches, so a doubled entry admits one port that is not listed.
  const openPorts = services("tcp/22,tcp/22");
  assertEquals(
    outcome({ openPorts }, { message: "192.0.2.44,tcp/22,tcp/80" }),
    refuse("port-denied", { service: "tcp/80", reason: "OPEN_PORTS" }),
  );
  const decision = outcome({ openPorts }, { message: "192.0.2.44,tcp/22" }) as { kind: string };
  assertEquals(decision.kind, "open");
});

Deno.test("a service in RESTRICT_PORTS is refused even when OPEN_PORTS lists it", () => {
  const lists = { openPorts: services("tcp/22,udp/53"), restrictPorts: services("udp/53") };
  assertEquals(
    outcome(lists, { message: "192.0.2.44,tcp/22,udp/53" }),
    refuse("port-denied", { service: "udp/53", reason: "RESTRICT_PORTS" }),
  );
});

Deno.test("tcp and udp of one number are different services", () => {
  assertEquals(
    outcome({ openPorts: services("tcp/53") }, { message: "192.0.2.44,udp/53" }),
    refuse("port-denied", { service: "udp/53", reason: "OPEN_PORTS" }),
  );
});

Deno.test("NAT and commands are refused if no setting enables them", () => {
  const nat = outcome({}, { type: 2, natAccess: "10.0.0.1,22" });
  assertEquals(nat, refuse("nat-not-enabled", { kind: "forward" }));
  const local = outcome({}, { type: 5, natAccess: "10.0.0.1,22" });
  assertEquals(local, refuse("nat-not-enabled", { kind: "local" }));
  const enabled = { forwarding: true, localNat: true, sourceNat: { enabled: false } };
  const byStanza = outcome({ refuseForwardNat: true }, { type: 2, natAccess: "10.0.0.1,22" }, {
    nat: enabled,
  });
  assertEquals(
    byStanza,
    refuse("nat-not-enabled", { kind: "forward", line: "ENABLE_FORWARD_ACCESS N" }),
  );
  const command = outcome({}, { type: 0, message: "192.0.2.44,reboot" });
  assertEquals(command, refuse("command-not-allowed"));
});

Deno.test("a link-local address is refused, whether the client names it or sends from it", () => {
  const refused = (address: string) => refuse("link-local-address", { address });
  const linkLocal = { source: anAddress("fe80::1"), sentTo: anAddress("fe80::2") };
  for (const stanza of [{}, { forwardAll: true }, { cycle: CYCLE }]) {
    const named = outcome(stanza, { message: "fe80::9,tcp/22" }, linkLocal);
    assertEquals(named, refused("fe80::9"));
    const left = outcome(stanza, { message: "::,tcp/22" }, linkLocal);
    assertEquals(left, refused("fe80::1"));
  }
  const forwardedFor = anAddress("febf::1");
  assertEquals(outcome({}, { message: "::,tcp/22" }, { forwardedFor }), refused("febf::1"));
  const global = outcome({}, { message: "2001:db8::9,tcp/22" }, linkLocal) as { kind: string };
  assertEquals(global.kind, "open");
});

Deno.test("the client's timeout is granted up to the stanza's maximum", () => {
  const stanza = aStanza({ accessTimeout: 30, maxTimeout: 300 });
  assertEquals(grantSeconds(stanza, 60), 60);
  assertEquals(grantSeconds(stanza, 65536), 300);
  assertEquals(grantSeconds(stanza, 0), 30);
  assertEquals(grantSeconds(stanza, undefined), 30);
});

const CYCLE = { open: "/bin/open $SRC", close: "/bin/close $SRC", timer: 60 };

Deno.test("a command is allowed if the stanza allows commands, independent of its port lists", () => {
  const command = { type: 0, message: "192.0.2.44,id -u; reboot" } as const;
  const stanza = { commandExecution: {}, openPorts: services("tcp/22") };
  assertEquals(outcome(stanza, command), {
    kind: "run",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    command: "id -u; reboot",
  });
});

Deno.test("a cycle gets the first service, both addresses of the packet and the duration", () => {
  assertEquals(outcome({ cycle: CYCLE }, { message: "0.0.0.0,tcp/22,udp/53" }), {
    kind: "cycle",
    stanza: 1,
    address: anAddress("192.0.2.9"),
    services: services("tcp/22"),
    seconds: 60,
    packetSource: anAddress("192.0.2.9"),
    destination: anAddress("198.51.100.7"),
  });
});

Deno.test("all requested ports are checked before a cycle, even those that it does not open", () => {
  // The C daemon checks neither list.
  const stanza = { cycle: CYCLE, openPorts: services("tcp/22") };
  assertEquals(
    outcome(stanza, { message: "192.0.2.44,tcp/22,tcp/80" }),
    refuse("port-denied", { service: "tcp/80", reason: "OPEN_PORTS" }),
  );
  const restricted = { cycle: CYCLE, restrictPorts: services("tcp/22") };
  assertEquals((outcome(restricted) as { code: string }).code, "port-denied");
});

Deno.test("a command to a stanza with a cycle is refused, even if commands are enabled", () => {
  const command = { type: 0, message: "192.0.2.44,id" } as const;
  const refusal = refuse("no-service-for-cycle");
  assertEquals(outcome({ cycle: CYCLE, commandExecution: {} }, command), refusal);
});

Deno.test("a cycle lasts as the client asks, or as CMD_CYCLE_TIMER says, or as long as a grant, up to the maximum", () => {
  const stanza = aStanza({ cycle: CYCLE, accessTimeout: 25, maxTimeout: 300 });
  assertEquals(cycleSeconds(stanza, 90), 90);
  assertEquals(cycleSeconds(stanza, 65536), 300);
  assertEquals(cycleSeconds(stanza, 0), 60);
  assertEquals(cycleSeconds(stanza, undefined), 60);
  // The C daemon passes 0, which ipset takes for "for ever".
  const untimed = aStanza({ cycle: { open: "/bin/open" }, accessTimeout: 25, maxTimeout: 300 });
  assertEquals(cycleSeconds(untimed, 0), 25);
});
