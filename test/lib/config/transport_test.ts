import { isRaw, parseTransport, TRANSPORTS } from "../../../lib/config/transport.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a transport is read in any case, and nothing else is one", () => {
  for (const name of TRANSPORTS) assertEquals(parseTransport(name.toUpperCase()), name);
  assertEquals([parseTransport("sctp"), parseTransport("")], [undefined, undefined]);
});

Deno.test("three transports make the IP packet themselves", () => {
  assertEquals(TRANSPORTS.filter(isRaw), ["udpraw", "tcpraw", "icmp"]);
});
