import { askedServices } from "../../../lib/doctor/asked_services.ts";
import { formatService } from "../../../lib/net/service.ts";
import { assert, assertEquals } from "../../assert.ts";
import { readTexts } from "../../support/config_files.ts";

const KEYS = "KEY one\nHMAC_KEY two\n";

/** The questions for stanzas of these lines: services of the host, possible outside ports, and targets inside. */
function asked(
  switches: { readonly forwarding?: boolean; readonly localNat?: boolean },
  ...stanzas: string[]
): Record<"services" | "outside" | "inside", string> {
  const { forwarding = false, localNat = false } = switches;
  const conf = `${forwarding ? "ENABLE_IPT_FORWARDING Y\n" : ""}${
    localNat ? "ENABLE_IPT_LOCAL_NAT Y\n" : ""
  }`;
  const access = stanzas.map((lines) => `SOURCE ANY\n${lines}\n${KEYS}`).join("\n");
  const { config } = readTexts({ conf, access });
  assert(config !== undefined);
  const all = config.stanzas.map(({ stanza }) => stanza);
  const { services, outside = [], inside = [] } = askedServices(all, { forwarding, localNat });
  return {
    services: services.map(formatService).join(),
    outside: outside.map(formatService).join(),
    inside: inside.map(({ address, service }) =>
      `${address?.text ?? "any"} ${service === undefined ? "any" : formatService(service)}`
    ).join(),
  };
}

const forwarding = true;

Deno.test("for a stanza that only opens ports, the doctor examines these ports, or ssh if it names none", () => {
  const none = { outside: "", inside: "" };
  assertEquals(asked({}, "OPEN_PORTS tcp/80, udp/53", "OPEN_PORTS tcp/80"), {
    services: "tcp/80,udp/53",
    ...none,
  });
  assertEquals(asked({}, "REQUIRE_SOURCE_ADDRESS Y"), { services: "tcp/22", ...none });
  assertEquals(asked({ forwarding }, "OPEN_PORTS tcp/80\nENABLE_FORWARD_ACCESS N"), {
    services: "tcp/80",
    ...none,
  });
});

Deno.test("for a stanza with FORCE_NAT, the doctor examines the service inside and not the port outside", () => {
  const forced = "OPEN_PORTS tcp/33389\nFORCE_NAT 10.77.2.2 3389";
  assertEquals(asked({ forwarding }, forced), {
    services: "",
    outside: "",
    inside: "10.77.2.2 tcp/3389",
  });
  assertEquals(asked({ forwarding }, forced, "OPEN_PORTS tcp/22\nENABLE_FORWARD_ACCESS N"), {
    services: "tcp/22",
    outside: "",
    inside: "10.77.2.2 tcp/3389",
  });
});

Deno.test("for a stanza with FORWARD_ALL, the doctor examines every host inside", () => {
  assertEquals(asked({ forwarding }, "FORWARD_ALL Y\nDISABLE_DNAT Y"), {
    services: "",
    outside: "",
    inside: "any any",
  });
});

Deno.test("the ports of a stanza may be outside ports if its clients may name a host inside or a port of this host", () => {
  assertEquals(asked({ forwarding }, "OPEN_PORTS tcp/33389"), {
    services: "tcp/33389",
    outside: "tcp/33389",
    inside: "any any",
  });
  assertEquals(asked({ localNat: true }, "OPEN_PORTS tcp/40001"), {
    services: "tcp/40001",
    outside: "tcp/40001",
    inside: "",
  });
  const twice = asked(
    { forwarding },
    "OPEN_PORTS tcp/22",
    "OPEN_PORTS tcp/22\nENABLE_FORWARD_ACCESS N",
  );
  assertEquals(
    [twice.services, twice.outside],
    ["tcp/22", ""],
    "another stanza opens it on this host",
  );
});

Deno.test("the doctor examines the services of this host and the hosts inside that NAT_TARGETS lists", () => {
  const targets =
    "NAT_TARGETS local tcp/22, 10.77.2.2 tcp/3389, 10.77.3.0/24 tcp/443 udp/53, any tcp/80";
  assertEquals(asked({ forwarding, localNat: true }, `OPEN_PORTS tcp/40001\n${targets}`), {
    services: "tcp/40001,tcp/22",
    outside: "tcp/40001",
    inside: "10.77.2.2 tcp/3389,any tcp/443,any udp/53,any tcp/80",
  });
});
