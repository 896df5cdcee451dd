import { formatKeyCode, formatKeyLines, keyBase64 } from "../../../lib/client/key_text.ts";
import { assertEquals } from "../../assert.ts";

const [key, hmacKey] = [Uint8Array.of(0, 255), Uint8Array.of(1, 2, 3)];

Deno.test("keys are printed as lines of a stanza, or as one text for a QR code", () => {
  assertEquals(keyBase64(key), "AP8=");
  assertEquals(formatKeyLines({ key, hmacKey }), "KEY_BASE64: AP8=\nHMAC_KEY_BASE64: AQID\n");
  assertEquals(formatKeyCode({ key, hmacKey }), "KEY_BASE64:AP8= HMAC_KEY_BASE64:AQID");
  assertEquals(formatKeyLines({ key }), "KEY_BASE64: AP8=\n");
});
