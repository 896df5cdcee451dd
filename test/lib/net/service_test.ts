import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import {
  formatService,
  formatServices,
  parsePort,
  parseService,
  parseServices,
  sameService,
} from "../../../lib/net/service.ts";

Deno.test("a port is one to five digits with a value of 1 to 65535", () => {
  const ports = ["1", "22", "00022", "65535"].map(parsePort);
  assertEquals(ports, [1, 22, 22, 65535]);
  for (
    const text of [
      "",
      "0",
      "00000",
      "65536",
      "99999",
      "000022",
      "+22",
      "-1",
      " 22",
      "22x",
      "2.2",
      "1e3",
      "0x16",
    ]
  ) {
    assertEquals(parsePort(text), undefined, text);
  }
});

Deno.test("a service is tcp or udp in lower case, a slash and a port", () => {
  assertEquals(parseService("tcp/22"), { protocol: "tcp", port: 22 });
  assertEquals(parseService("udp/00053"), { protocol: "udp", port: 53 });
  for (
    const text of [
      "",
      "tcp",
      "tcp/",
      "/22",
      "22",
      "TCP/22",
      "icmp/8",
      "none/0",
      "tcp/22/1",
      "tcp /22",
      "tcp/ 22",
      " tcp/22",
    ]
  ) {
    assertEquals(parseService(text), undefined, text);
  }
});

Deno.test("a list of services has no blanks and no empty items; repeats are kept", () => {
  assertEquals(parseServices("tcp/22,udp/53,tcp/22")?.map(formatService), [
    "tcp/22",
    "udp/53",
    "tcp/22",
  ]);
  for (const text of ["", ",", "tcp/22,", ",tcp/22", "tcp/22,,udp/53", "tcp/22, udp/53"]) {
    assertEquals(parseServices(text), undefined, text);
  }
});

Deno.test("the text of a list of services parses to the same services", () => {
  const service = fc.record({
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    port: fc.integer({ min: 1, max: 65535 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(fc.array(service, { minLength: 1, maxLength: 5 }), (services) => {
    assertEquals(parseServices(formatServices(services)), services);
  }));
});

Deno.test("services are the same when protocol and port are the same", () => {
  const [tcp22, again, tcp23, udp22] = parseServices("tcp/22,tcp/00022,tcp/23,udp/22") ?? [];
  assert(tcp22 && again && tcp23 && udp22);
  assertEquals([again, tcp23, udp22].map((other) => sameService(tcp22, other)), [
    true,
    false,
    false,
  ]);
});
