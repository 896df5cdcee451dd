import { signerMissingFrom } from "../../../lib/gpg/signer_list.ts";
import { assertEquals } from "../../assert.ts";

const PRIMARY = "0123456789ABCDEF0123456789ABCDEF01234567";
const SUBKEY = "89ABCDEF0123456789ABCDEF0123456789ABCDEF";
const SIGNATURE = {
  id: "0123456789ABCDEF",
  fingerprint: SUBKEY,
  primaryFingerprint: PRIMARY,
  flaw: undefined,
} as unknown as Parameters<typeof signerMissingFrom>[0];

function missing(remoteIds: readonly string[], fingerprints: readonly string[]) {
  return signerMissingFrom(SIGNATURE, { remoteIds, fingerprints });
}

Deno.test("without lists every signer will do", () => {
  assertEquals(missing([], []), undefined);
});

Deno.test("an id names the end of a key's fingerprint, a fingerprint the whole of it", () => {
  assertEquals(missing(["89abcdef"], []), undefined);
  assertEquals(missing(["deadbeef"], []), "GPG_REMOTE_ID");
  assertEquals(missing([], [PRIMARY.toLowerCase()]), undefined);
  assertEquals(missing([], [SUBKEY]), undefined);
  assertEquals(missing([], [PRIMARY.slice(8)]), "GPG_FINGERPRINT_ID");
});

Deno.test("a signer must be on both lists", () => {
  assertEquals(missing(["89ABCDEF"], ["F".repeat(40)]), "GPG_FINGERPRINT_ID");
  assertEquals(missing(["deadbeef"], [PRIMARY]), "GPG_REMOTE_ID");
});
