import { buildRequest } from "../../../lib/client/request.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import { knockPlan } from "../../support/knock_plan.ts";

const address = "192.0.2.44";

function build(settings: SettingsLevel, drawPort = () => 26999) {
  return buildRequest(knockPlan({ access: "tcp/22", server: "127.0.0.2", ...settings }).request, {
    address,
    drawPort,
  });
}

/** Type, access text and NAT text as one line. */
function summary(settings: SettingsLevel): string {
  const request = build(settings);
  if (request instanceof Problem) return request.facts.reference ?? request.text;
  return `${request.type} ${request.message} ${request.natAccess ?? "-"} ${
    request.clientTimeout ?? "-"
  }`;
}

Deno.test("NAT, local NAT, command and timeout decide the message type", () => {
  const expected: readonly (readonly [SettingsLevel, string])[] = [
    [{}, "1 192.0.2.44,tcp/22 - -"],
    [{ timeout: 30 }, "3 192.0.2.44,tcp/22 - 30"],
    [{ timeout: 0 }, "1 192.0.2.44,tcp/22 - -"],
    [{ natAccess: "10.1.1.1:80" }, "2 192.0.2.44,tcp/22 10.1.1.1,80 -"],
    [{ natAccess: "10.1.1.1:80", timeout: 5 }, "4 192.0.2.44,tcp/22 10.1.1.1,80 5"],
    [{ natLocal: true }, "5 192.0.2.44,tcp/22 127.0.0.2,22 -"],
    [{ natLocal: true, timeout: 5 }, "6 192.0.2.44,tcp/22 127.0.0.2,22 5"],
    [{ natLocal: true, natAccess: "10.1.1.1:33" }, "5 192.0.2.44,tcp/22 10.1.1.1,33 -"],
    [{ command: "id -u", timeout: 5 }, "0 192.0.2.44,id -u - -"],
  ];
  for (const [settings, text] of expected) assertEquals(summary(settings), text);
});

Deno.test("the access string names the outside port, the NAT string the inside target", () => {
  const expected: readonly (readonly [SettingsLevel, string])[] = [
    [{ natAccess: "192.168.10.23:22" }, "2 192.0.2.44,tcp/22 192.168.10.23,22 -"],
    [{ natAccess: "192.168.10.23,22" }, "2 192.0.2.44,tcp/22 192.168.10.23,22 -"],
    [{ natAccess: "192.168.10.23" }, "2 192.0.2.44,tcp/22 192.168.10.23,22 -"],
    [{ natAccess: "192.168.10.23", natPort: 5001 }, "2 192.0.2.44,tcp/5001 192.168.10.23,22 -"],
    [{ natAccess: "host.example.com:80" }, "2 192.0.2.44,tcp/22 host.example.com,80 -"],
    [{ natLocal: true, natPort: 40001 }, "5 192.0.2.44,tcp/40001 127.0.0.2,22 -"],
    [{ natPort: 55000 }, "1 192.0.2.44,tcp/55000 - -"],
    [{ natPort: 0 }, "1 192.0.2.44,tcp/22 - -"],
    [{ natAccess: "[2001:db8::7]:22" }, "2 192.0.2.44,tcp/22 2001:db8::7,22 -"],
    [{ natAccess: "10.1.1.1:80", access: "tcp/1,udp/2" }, "2 192.0.2.44,tcp/1,udp/2 10.1.1.1,80 -"],
  ];
  for (const [settings, text] of expected) assertEquals(summary(settings), text);
});

Deno.test("a random port replaces the outside port, wins over --nat-port, and is reported", () => {
  const request = build({ natAccess: "10.1.1.1", natRandomPort: true, natPort: 5 });
  assert(!(request instanceof Problem));
  assertEquals(request.message, "192.0.2.44,tcp/26999");
  assertEquals(request.natAccess, "10.1.1.1,22");
  assertEquals(request.randomNatPort, 26999);
  const alone = build({ natRandomPort: true });
  assert(!(alone instanceof Problem));
  assertEquals(alone.randomNatPort, 26999);
});

Deno.test("a request that cannot be made is refused with the C client's messages", () => {
  const access = "fko_set_spa_message: Error 102 - Invalid SPA access message format";
  for (
    const list of [
      "tcp22",
      "icmp/1",
      "none/0",
      "TCP/22",
      "tcp/22,",
      "tcp/0",
      "tcp/65536",
      "tcp/22-25",
      "",
    ]
  ) {
    assertEquals(summary({ access: list }), `fwknop: ${access}`);
  }
  const nat = "fwknop: fko_set_nat_access_str: Error 4 - Args contain invalid data";
  assertEquals(summary({ natAccess: "10.1.1.1:0" }), `[*] Invalid port value in -N arg.\n${nat}`);
  assertEquals(summary({ natAccess: ":22" }), `[*] Invalid NAT destination '' for -N arg.\n${nat}`);
  assertEquals(
    summary({ natAccess: "300.1.1.1:22" }),
    `[*] Invalid NAT destination '300.1.1.1' for -N arg.\n${nat}`,
  );
  assertEquals(
    summary({ access: "tcp/1,tcp/2", natPort: 5 }),
    "[*] NAT for multiple ports/protocols not yet supported.",
  );
  assertEquals(
    summary({ command: "" }),
    "fwknop: fko_set_spa_message: Error 101 - Invalid SPA command message format",
  );
});

Deno.test("a request without an access list is refused", () => {
  const request = buildRequest(knockPlan({}).request, { address, drawPort: () => 1 });
  assert(request instanceof Problem && request.facts.usage);
});

Deno.test("the client refuses an address to admit that is not an address", () => {
  for (const text of ["", "host", "010.1.1.1", "1.2.3"]) {
    const request = buildRequest(knockPlan({ access: "tcp/22" }).request, {
      address: text,
      drawPort: () => 1,
    });
    assert(request instanceof Problem);
  }
});
