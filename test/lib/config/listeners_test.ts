import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import {
  type ListenerName,
  listenersOf,
  openedPorts,
  portOf,
} from "../../../lib/config/listeners.ts";
import { formatServices } from "../../../lib/net/service.ts";
import { assert, assertEquals } from "../../assert.ts";
import { readTexts } from "../../support/config_files.ts";

function settings(...lines: readonly string[]) {
  const { config } = readTexts({ conf: lines.join("\n") });
  assert(config !== undefined);
  return config.settings;
}

Deno.test("one main listener is opened, the TCP server beside it, and each opens its own port", () => {
  const cases: readonly [readonly string[], readonly ListenerName[], string][] = [
    [[], ["sniffer"], ""],
    [["PCAP_FILE /tmp/x"], ["sniffer"], ""],
    [["ENABLE_UDP_SERVER Y"], ["UDP server"], "udp/62201"],
    [["ENABLE_TCP_SERVER Y", "TCPSERV_PORT 80"], ["sniffer", "TCP server"], "tcp/80"],
    [
      ["ENABLE_TCP_SERVER Y", "ENABLE_UDP_SERVER Y", "UDPSERV_PORT 53"],
      ["UDP server", "TCP server"],
      "udp/53,tcp/62201",
    ],
    [["ENABLE_NFQ_CAPTURE Y", "ENABLE_UDP_SERVER Y"], ["queue"], ""],
  ];
  for (const [lines, names, ports] of cases) {
    const given = settings(...lines);
    assertEquals(listenersOf(given), names);
    assertEquals(formatServices(openedPorts(given)), ports);
  }
});

Deno.test("the port of a listener comes with its variable", () => {
  const given = settings("UDPSERV_PORT 53");
  assertEquals(portOf("UDP server", given), {
    protocol: "udp",
    variable: "UDPSERV_PORT",
    port: 53,
  });
  assertEquals(portOf("sniffer", given), undefined);
});

Deno.test("a variable that holds the port of a listener shapes that listener", () => {
  const given = settings();
  for (const name of ["UDP server", "TCP server"] as const) {
    const row = FWKNOPD_ROWS.find((row) => row.name === portOf(name, given)?.variable);
    assertEquals(row?.parts, [name]);
  }
});
