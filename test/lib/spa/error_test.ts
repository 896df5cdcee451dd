import { assert, assertEquals } from "../../assert.ts";
import { SPA_ERRORS, type SpaErrorName } from "../../../lib/spa/error.ts";
import { libfko, LIBFKO_NEEDS } from "../../support/libfko.ts";
import { testWhere } from "../../support/needs.ts";

testWhere("errors have the numbers and texts of the C library", LIBFKO_NEEDS, () => {
  for (const [name, { code, text }] of Object.entries(SPA_ERRORS)) {
    if (code !== undefined && code < 4096) assertEquals(text, libfko?.systemReasonOf(code), name);
  }
});

Deno.test("errors have the texts that logs show", () => {
  const text = (name: SpaErrorName) => SPA_ERRORS[name].text;
  assertEquals(
    text("INVALID_DATA_HMAC_COMPAREFAIL"),
    "Args contain invalid data: FKO_ERROR_INVALID_DATA_HMAC_COMPAREFAIL",
  );
  assertEquals(text("DECRYPTION_FAILURE"), "Decryption failed or decrypted data is invalid");
  assertEquals(text("SPA_MSG_BAD_DATA"), "Data is not a valid SPA message format");
  assertEquals(SPA_ERRORS.NO_ENCRYPTION_TYPE_MATCH.code, undefined);
});

Deno.test("no two errors share a number", () => {
  const codes = Object.values(SPA_ERRORS).flatMap(({ code }) => code ?? []);
  assertEquals(new Set(codes).size, codes.length);
  assert(codes.length > 50);
});
