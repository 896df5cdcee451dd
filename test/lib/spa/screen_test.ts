import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import type { SpaErrorName } from "../../../lib/spa/error.ts";
import type { HttpRules } from "../../../lib/spa/http.ts";
import { screenPacket } from "../../../lib/spa/screen.ts";
import { base64Text } from "../../support/arbitrary.ts";

const HTTP: HttpRules = { anyUserAgent: false, forwardedFor: true };

function outcome(text: string, http?: HttpRules): string | SpaErrorName {
  const result = screenPacket(textBytes(text), { http });
  return result.ok ? result.value.text : result.error;
}

function request(text: string): string {
  return `GET /${text} HTTP/1.0\r\nUser-Agent: Fwknop/2.6.10\r\n\r\n`;
}

Deno.test("a packet text has 140 to 1499 characters", () => {
  assertEquals(outcome("8".repeat(139)), "SPA_MSG_BAD_DATA");
  assertEquals(outcome("8".repeat(140)), "8".repeat(140));
  assertEquals(outcome("8".repeat(1499)), "8".repeat(1499));
  assertEquals(outcome("8".repeat(1500)), "INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL");
  assertEquals(outcome("8".repeat(1501)), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(""), "SPA_MSG_BAD_DATA");
});

Deno.test("a text whose prefix was left on is refused, GnuPG's only above 400 characters", () => {
  assertEquals(outcome(`U2FsdGVkX1${"8".repeat(160)}`), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(`U2FsdGVkX${"8".repeat(160)}`), `U2FsdGVkX${"8".repeat(160)}`);
  assertEquals(outcome(`hQ${"8".repeat(399)}`), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(`hQ${"8".repeat(398)}`), `hQ${"8".repeat(398)}`);
});

Deno.test("only the 64 base64 characters pass, at every position", () => {
  const packet = "8".repeat(160);
  for (let code = 0; code < 256; code++) {
    const payload = textBytes(packet);
    payload[code % payload.length] = code;
    const isText = /^[A-Za-z0-9+/]$/.test(String.fromCharCode(code));
    const result = screenPacket(payload);
    assertEquals(result.ok, isText, `byte ${code}`);
    if (!result.ok) assertEquals(result.error, "SPA_MSG_NOT_SPA_DATA");
  }
});

Deno.test("an HTTP request is unwrapped only where the rules say so", () => {
  const packet = "8".repeat(160);
  assertEquals(outcome(request(packet), HTTP), packet);
  assertEquals(outcome(request(packet)), "SPA_MSG_NOT_SPA_DATA");
  assertEquals(outcome(packet, HTTP), packet);
});

Deno.test("the text from a request is screened again", () => {
  const long = (length: number) => request("8".repeat(length));
  assertEquals(outcome(request(`U2FsdGVkX1${"8".repeat(160)}`), HTTP), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(request(`hQ${"8".repeat(399)}`), HTTP), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(request(`${"8".repeat(160)}=`), HTTP), "SPA_MSG_NOT_SPA_DATA");
  assertEquals(outcome(long(139), HTTP), "SPA_MSG_BAD_DATA");
  assertEquals(outcome(long(140), HTTP), "8".repeat(140));
  assertEquals(outcome(long(1460), HTTP), "SPA_MSG_BAD_DATA");
});

Deno.test("screening accepts any bytes of any length without throwing", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1600 }),
    base64Text(0, 1600).map(textBytes),
    base64Text(130, 200).map((text) => textBytes(request(text))),
    fc.uint8Array({ maxLength: 300 }).map((bytes) =>
      Uint8Array.of(...textBytes("GET /"), ...bytes)
    ),
    fc.uint8Array({ maxLength: 100 }).map((bytes) =>
      Uint8Array.of(...textBytes(request("8".repeat(160)) + "X-Forwarded-For: "), ...bytes)
    ),
  );
  const http = fc.option(
    fc.record({ anyUserAgent: fc.boolean(), forwardedFor: fc.boolean() }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(bytes, http, (payload, http) => {
      const result = screenPacket(payload, { http });
      if (result.ok) assert(/^[A-Za-z0-9+/]{140,1499}$/.test(result.value.text));
    }),
    { numRuns: 500 },
  );
});
