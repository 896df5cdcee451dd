import { assert, assertEquals, assertThrows } from "../../assert.ts";
import fc from "property-testing";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { parseAddress } from "../../../lib/net/address.ts";
import { isNoHost } from "../../../lib/net/host_range.ts";
import { decodeHttpRequest, encodeHttpRequest, type HttpRules } from "../../../lib/spa/http.ts";
import { base64Text } from "../../support/arbitrary.ts";

const TEXT = `+/${"8".repeat(150)}+/`;
const RULES: HttpRules = { anyUserAgent: false, forwardedFor: true };
const NO_PROXY = { forwardedFor: false };

function decode(request: string, rules: Partial<HttpRules> = {}) {
  const result = decodeHttpRequest(textBytes(request), { ...RULES, ...rules });
  return result.ok ? result.value : result.error;
}

function forwardedFor(...headers: string[]): string | undefined {
  const request = ["GET /" + TEXT + " HTTP/1.1", "User-Agent: Fwknop", ...headers, "", ""];
  const packet = decode(request.join("\r\n"));
  assert(typeof packet === "object");
  assertEquals(packet.text, TEXT);
  if (packet.invalidForwardedFor !== undefined) return `invalid ${packet.invalidForwardedFor}`;
  return packet.forwardedFor?.text;
}

Deno.test("a request returns the packet text that was put into it", () => {
  fc.assert(fc.property(base64Text(140, 1300), (text) => {
    const request = encodeHttpRequest(text, { host: "192.0.2.10" });
    assertEquals(decode(request), { text });
  }));
});

Deno.test("a request to a server and a request through a proxy differ in target and host", () => {
  assertEquals(
    encodeHttpRequest("a+b/c", { host: "spa.example.com" }),
    "GET /a-b_c HTTP/1.0\r\nUser-Agent: Fwknop/2.6.10\r\nAccept: */*\r\n" +
      "Host: spa.example.com\r\nConnection: close\r\n\r\n",
  );
  assertEquals(
    encodeHttpRequest("a+b/c", {
      host: "spa.example.com",
      proxyHost: "proxy",
      userAgent: "Fwknop/x",
    }),
    "GET http://spa.example.com/a-b_c HTTP/1.0\r\nUser-Agent: Fwknop/x\r\nAccept: */*\r\n" +
      "Host: proxy\r\nConnection: close\r\n\r\n",
  );
});

Deno.test("no host and no user agent can end a line of the request", () => {
  for (const host of ["a\r\nb", "a b", "\u00e9"]) {
    assertThrows(() => encodeHttpRequest("x", { host }), RangeError);
    assertThrows(() => encodeHttpRequest("x", { host: "a", proxyHost: host }), RangeError);
  }
  assertThrows(() => encodeHttpRequest("x", { host: "a", userAgent: "a\nb" }), RangeError);
});

Deno.test("the method is read in any case, the user agent exactly, and the rest is ignored", () => {
  assertEquals(decode(`get /${TEXT} \nxUser-Agent: Fwknop`, NO_PROXY), { text: TEXT });
  assertEquals(decode(`GET /${TEXT}\tUser-Agent: Fwknop/9`, NO_PROXY), { text: TEXT });
  assertEquals(decode(`GET /${TEXT} HTTP/1.0\r\nUser-Agent: fwknop`), "SPA_MSG_NOT_SPA_DATA");
  assertEquals(decode(`GET /${TEXT} HTTP/1.0\r\nUser-Agent: curl`), "SPA_MSG_NOT_SPA_DATA");
  assertEquals(decode(`GET /${TEXT} HTTP/1.0`, { ...NO_PROXY, anyUserAgent: true }), {
    text: TEXT,
  });
  for (const method of ["POST /", "GET  /", "GET http://host/", " GET /", "GET ", ""]) {
    assertEquals(decode(`${method}${TEXT} User-Agent: Fwknop`), "SPA_MSG_NOT_SPA_DATA", method);
  }
});

Deno.test("the target ends at the first white space and has at least 140 characters", () => {
  for (const space of [" ", "\t", "\n", "\v", "\f", "\r"]) {
    assertEquals(decode(`GET /${TEXT}${space}User-Agent: Fwknop`, NO_PROXY), { text: TEXT });
  }
  assertEquals(decode(`GET /${"8".repeat(139)} User-Agent: Fwknop`), "SPA_MSG_BAD_DATA");
  assertEquals(decode(`GET / User-Agent: Fwknop`), "SPA_MSG_BAD_DATA");
});

Deno.test("header names are case-insensitive, and blanks around a value are optional", () => {
  const anyCase = (name: string): fc.Arbitrary<string> =>
    fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map((upper) =>
      Array.from(name, (letter, i) => upper[i] ? letter.toUpperCase() : letter).join("")
    );
  const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
  const address = fc.oneof(fc.ipV4(), fc.ipV6()).map(parseAddress)
    .filter((parsed) => parsed !== undefined && !isNoHost(parsed));
  fc.assert(fc.property(
    anyCase("user-agent"),
    anyCase("x-forwarded-for"),
    blanks,
    blanks,
    address,
    fc.constantFrom("\r\n", "\n"),
    (agent, forwarded, before, after, address, end) => {
      const request = [
        `GET /${TEXT} HTTP/1.1`,
        `${agent}:${before}Fwknop/2.6.10`,
        `${forwarded}:${before}${address?.text}${after}`,
        "",
        "",
      ].join(end);
      assertEquals(decode(request), { text: TEXT, forwardedFor: address });
    },
  ));
});

Deno.test("an X-Forwarded-For without exactly one host address differs from a missing one", () => {
  assertEquals(forwardedFor(), undefined);
  assertEquals(forwardedFor("X-Forwarded-For-Port: 198.51.100.7"), undefined);
  for (
    const value of [
      "host",
      "unknown",
      "",
      "198.51.100.7, 10.0.0.1",
      "198.51.100.7 10.0.0.1",
      "2001:db8::7 trailing",
      "198.51.100.7:4711",
      "[2001:db8::7]:4711",
      "fe80::1%eth0",
      '"198.51.100.7"',
      "0.0.0.0",
      "255.255.255.255",
      "ff02::1",
    ]
  ) {
    assertEquals(forwardedFor(`X-Forwarded-For: ${value}`), `invalid ${value}`);
  }
  assertEquals(
    forwardedFor("X-Forwarded-For: 203.0.113.1", "x-forwarded-for:198.51.100.7"),
    "invalid 203.0.113.1, 198.51.100.7",
  );
  // Readers treat such a line differently: each may read another header.
  assertEquals(forwardedFor("X-Forwarded-For : 198.51.100.7"), "invalid  : 198.51.100.7");
  assertEquals(
    forwardedFor("X-Forwarded-For: 198.51.100.7", " 10.0.0.1"),
    "invalid 198.51.100.7\r\n 10.0.0.1",
  );
  assertEquals(forwardedFor("X-Forwarded-For:", " 198.51.100.7"), "198.51.100.7");
});

Deno.test("a request whose head is cut off anywhere gives no address of the client", () => {
  const request = [
    `GET /${TEXT} HTTP/1.0`,
    "User-Agent: Fwknop",
    "Cookie: a=1",
    "X-Forwarded-For: 198.51.100.77",
    "",
    "",
  ].join("\r\n");
  const first = request.indexOf("Cookie");
  for (let length = first; length < request.length; length++) {
    const packet = decode(request.slice(0, length));
    assert(typeof packet !== "string");
    assertEquals([length, packet.forwardedFor], [length, undefined]);
    assert(packet.invalidForwardedFor !== undefined, "the proxy is not its sender");
  }
  const whole = decode(request);
  assert(typeof whole !== "string");
  assertEquals(whole.forwardedFor?.text, "198.51.100.77");
});

Deno.test("X-Forwarded-For must be a separate header, and is read only where the rules say so", () => {
  assertEquals(forwardedFor("Referer: X-Forwarded-For: 198.51.100.7"), undefined);
  assertEquals(forwardedFor("", "X-Forwarded-For: 198.51.100.7"), undefined, "after the head");
  const request =
    `GET /${TEXT} HTTP/1.0\r\nUser-Agent: Fwknop\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n`;
  assertEquals(decode(request, { forwardedFor: false }), { text: TEXT });
});

Deno.test("decodeHttpRequest accepts any bytes of any length without throwing", () => {
  const bytes = fc.uint8Array({ maxLength: 1600 });
  const rules = fc.record({ anyUserAgent: fc.boolean(), forwardedFor: fc.boolean() });
  fc.assert(fc.property(bytes, rules, (bytes, rules) => {
    decodeHttpRequest(bytes, rules);
    decodeHttpRequest(Uint8Array.of(...textBytes("GET /"), ...bytes), rules);
  }));
});
