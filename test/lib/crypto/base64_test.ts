import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { decodeBase64, decodeKeyBase64, encodeBase64 } from "../../../lib/crypto/base64.ts";
import { bytesText, textBytes } from "../../../lib/crypto/bytes.ts";
import { anyText } from "../../support/arbitrary.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base64Text = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 40 });

Deno.test("base64 agrees with the vectors of RFC 4648 section 10, without their padding", () => {
  const vectors = {
    "": "",
    f: "Zg",
    fo: "Zm8",
    foo: "Zm9v",
    foob: "Zm9vYg",
    fooba: "Zm9vYmE",
    foobar: "Zm9vYmFy",
  };
  for (const [text, encoded] of Object.entries(vectors)) {
    assertEquals(encodeBase64(textBytes(text)), encoded);
    assertEquals(bytesText(decodeBase64(encoded) ?? new Uint8Array(1)), text);
  }
});

Deno.test("base64 decodes its own texts, and agrees with the runtime", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    const text = encodeBase64(bytes);
    assertEquals(decodeBase64(text), bytes);
    assertEquals(text, btoa(String.fromCharCode(...bytes)).replaceAll("=", ""));
  }));
});

Deno.test("base64 has one text per byte string: a text that decodes encodes to itself", () => {
  fc.assert(fc.property(base64Text, (text) => {
    const bytes = decodeBase64(text);
    if (bytes !== undefined) assertEquals(encodeBase64(bytes), text);
  }));
});

Deno.test("base64 refuses padding, nonzero low bits, a single character and foreign ones", () => {
  for (
    const text of [
      "Zg==",
      "Zh",
      "Zm9=",
      "Zm9",
      "Z",
      "Zm9vY",
      "Zm 9v",
      "Zm9v\n",
      "Zm-_",
      "Zm9\u0160",
    ]
  ) {
    assertEquals(decodeBase64(text), undefined, text);
  }
});

Deno.test("base64 of keys accepts correct padding only", () => {
  for (const text of ["Zg", "Zg==", "Zm8=", "Zm8", "Zm9v", ""]) {
    assert(decodeKeyBase64(text) !== undefined, text);
  }
  for (
    const text of [
      "Zg=",
      "Zm8==",
      "Zm9v=",
      "Zm9v====",
      "Zg===",
      "=",
      "==",
      "====",
      "Zh==",
      "Z===",
      "Zm=8",
      "Zg== ",
    ]
  ) {
    assertEquals(decodeKeyBase64(text), undefined, text);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
    assertEquals(decodeKeyBase64(btoa(String.fromCharCode(...bytes))), bytes);
  }));
});

Deno.test("base64 decoding never throws", () => {
  fc.assert(fc.property(anyText(60), (text) => {
    decodeBase64(text);
    decodeKeyBase64(text);
  }));
});
