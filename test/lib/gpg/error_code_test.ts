import { cannotAsk, failureCode, failureText, foundNoKey } from "../../../lib/gpg/error_code.ts";
import { parseStatus } from "../../../lib/gpg/status.ts";
import { assertEquals } from "../../assert.ts";

function status(...texts: readonly string[]): ReturnType<typeof parseStatus> {
  return parseStatus(texts.map((text) => `[GNUPG:] ${text}\n`).join(""));
}

Deno.test("error numbers get GPGME's texts, whichever program reported them", () => {
  const textOf = (number: string) => failureText(status(`ERROR x ${number}`));
  assertEquals(textOf("67108875"), "Bad passphrase");
  assertEquals(textOf("83918950"), "Inappropriate ioctl for device");
  // Of a keyring that cannot be read, and of one that is not there.
  assertEquals(textOf("33587201"), "Permission denied");
  assertEquals(textOf("33587281"), "No such file or directory");
  assertEquals(textOf("33554433"), "error 1");
  assertEquals(textOf("4294967295"), undefined);
  assertEquals(textOf("-1"), undefined);
  const late = status("ERROR x 33554433", "NODATA 2", "FAILURE decrypt 4294967295");
  assertEquals(failureText(late), "No data");
  for (const [number, isSilent] of [["83918950", true], ["83886165", true], ["67108875", false]]) {
    assertEquals(cannotAsk(failureCode(status(`ERROR x ${number}`))), isSilent);
  }
});

Deno.test("a name without a key and a gpg that could not search have different errors", () => {
  const found = (...texts: readonly string[]) => foundNoKey(failureCode(status(...texts)));
  assertEquals(
    ["ERROR x 9", "ERROR x 17", "ERROR x 37", "NO_SECKEY ABCD"].map((text) => found(text)),
    [
      true,
      true,
      true,
      true,
    ],
  );
  assertEquals(["ERROR x 77", "NODATA 1", "GOODMDC"].map((text) => found(text)), [
    false,
    false,
    false,
  ]);
});
