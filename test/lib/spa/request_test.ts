import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { MessageType, type SpaMessage } from "../../../lib/spa/message.ts";
import {
  parseAccessMessage,
  parseCommandMessage,
  parseNatAccess,
  parseRequest,
} from "../../../lib/spa/request.ts";
import { anyText } from "../../support/arbitrary.ts";

const COMMON = {
  randomValue: "1234567890123456",
  username: "alice",
  timestamp: 0,
  version: "3.0.0",
};

function request(fields: Pick<SpaMessage, "type" | "message"> & Partial<SpaMessage>) {
  const result = parseRequest({ ...COMMON, ...fields });
  assert(result.ok);
  return result.value;
}

Deno.test("an access message has an address and services", () => {
  const access = request({ type: MessageType.access, message: "192.0.2.1,tcp/00022,udp/53" });
  assert(access.kind === "access");
  assertEquals(access.address.text, "192.0.2.1");
  assertEquals(access.services, [{ protocol: "tcp", port: 22 }, { protocol: "udp", port: 53 }]);
  assertEquals("nat" in access || "clientTimeout" in access, false);
});

Deno.test("an access message may have an IPv6 address, in any of its forms", () => {
  const addressOf = (text: string) => {
    const result = parseAccessMessage(`${text},tcp/22`);
    return result.ok ? result.value.address.text : undefined;
  };
  assertEquals(addressOf("2001:DB8:0::1"), "2001:db8::1");
  assertEquals(addressOf("::ffff:192.0.2.1"), "192.0.2.1");
  assertEquals(addressOf("::"), "::");
  assertEquals(addressOf("[::1]"), undefined);
  assertEquals(addressOf("fe80::1%eth0"), undefined);
});

Deno.test("a command is all text after the first comma", () => {
  const command = request({
    type: MessageType.command,
    message: '4.4.4.4,echo "a,b:c" > /dev/null',
  });
  assert(command.kind === "command");
  assertEquals(command.command, 'echo "a,b:c" > /dev/null');
  for (const text of ["4.4.4.4", "4.4.4.4,", ",id", "id", "", "4.4.4.4,a\0"]) {
    assert(!parseCommandMessage(text).ok, text);
  }
});

Deno.test("a NAT field has an address or a host name, and a port", () => {
  const parse = (text: string) => {
    const result = parseNatAccess(text);
    if (!result.ok) return undefined;
    const { host, port } = result.value;
    return [typeof host === "string" ? `name ${host}` : host.text, port];
  };
  assertEquals(parse("10.1.1.5,80"), ["10.1.1.5", 80]);
  assertEquals(parse("fd00::5,80"), ["fd00::5", 80]);
  assertEquals(parse("web.internal.example,80"), ["name web.internal.example", 80]);
  const refused = [
    ",80",
    "999.1.1.1,80",
    "$(id),80",
    "a;b,80",
    "a b,80",
    "h",
    "h,",
    "h,0",
    "h,1,2",
    "10.1.1.5:80",
    "",
  ];
  for (const text of refused) assertEquals(parse(text), undefined, text);
});

Deno.test("a request states whether its NAT target is the server itself, and its duration", () => {
  const natAccess = "10.1.1.5,80";
  const message = "1.2.3.4,tcp/22";
  const forward = request({ type: MessageType.natAccess, message, natAccess });
  assertEquals([forward.nat?.local, forward.nat?.port, forward.clientTimeout], [
    false,
    80,
    undefined,
  ]);
  const local = request({
    type: MessageType.timeoutLocalNatAccess,
    message,
    natAccess,
    clientTimeout: 60,
  });
  assertEquals([local.nat?.local, local.clientTimeout], [true, 60]);
  const zero = request({ type: MessageType.timeoutAccess, message, clientTimeout: 0 });
  assertEquals(zero.clientTimeout, undefined);
});

Deno.test("a request with a part that does not parse fails with the name of the part", () => {
  const errorOf = (fields: Pick<SpaMessage, "type" | "message"> & Partial<SpaMessage>) => {
    const result = parseRequest({ ...COMMON, ...fields });
    return result.ok || result.error;
  };
  assertEquals(errorOf({ type: 0, message: "x" }), "INVALID_DATA_DECODE_MESSAGE_VALIDFAIL");
  assertEquals(errorOf({ type: 1, message: "x" }), "INVALID_DATA_DECODE_ACCESS_VALIDFAIL");
  const natless = { type: 2, message: "1.2.3.4,tcp/22" } as const;
  assertEquals(errorOf(natless), "INVALID_DATA_DECODE_NATACCESS_VALIDFAIL");
});

Deno.test("parsers of requests accept any text without throwing", () => {
  const text = fc.oneof(
    anyText(30),
    fc.string({ unit: fc.constantFrom(..."1.:,/tcpud") }),
  );
  fc.assert(fc.property(text, (text) => {
    parseAccessMessage(text);
    parseCommandMessage(text);
    parseNatAccess(text);
  }));
});
