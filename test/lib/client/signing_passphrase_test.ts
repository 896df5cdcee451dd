import { assertEquals } from "../../assert.ts";
import { gatherKeys } from "../../../lib/client/keys.ts";
import { Problem } from "../../../lib/client/problem.ts";
import type { SettingsLevel } from "../../../lib/config/client_level.ts";
import { signingPassphrase } from "../../../lib/client/signing_passphrase.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { knockSettings } from "../../support/knock_settings.ts";

const WRITTEN = {
  kind: "bytes",
  bytes: textBytes("secret words"),
  variable: "GPG_SIGNING_PW",
  written: "secret words",
} as const;
const SIGNED = { useGpg: true, gpgRecipient: "server", gpgSigner: "me" };

/** The passphrase, and what was asked on the way. */
async function gather(settings: SettingsLevel): Promise<[passphrase: string, asked: string[]]> {
  const asked: string[] = [];
  const keys = await gatherKeys(knockSettings(settings), {
    prompt: (text) => {
      asked.push(text);
      return Promise.resolve({ kind: "line", line: textBytes("typed") });
    },
    readLine: () => Promise.resolve(undefined),
    readCommandLine: () => Promise.resolve(undefined),
  });
  if (keys instanceof Problem) return [keys.text, asked];
  return [new TextDecoder().decode(keys.encryptionKey), asked];
}

Deno.test("a passphrase that is written down wins over the agent, and both over the prompt", () => {
  assertEquals(
    signingPassphrase(knockSettings({ ...SIGNED, gpgAgent: true, key: WRITTEN })),
    "key",
  );
  assertEquals(signingPassphrase(knockSettings({ ...SIGNED, gpgAgent: true })), "agent");
  assertEquals(signingPassphrase(knockSettings({ ...SIGNED, gpgNoPassphrase: true })), "none");
  assertEquals(signingPassphrase(knockSettings(SIGNED)), "key");
});

Deno.test("nobody is asked for a passphrase when nothing is signed or the agent has it", async () => {
  assertEquals(await gather({ useGpg: true, gpgRecipient: "server" }), ["", []]);
  assertEquals(await gather({ ...SIGNED, gpgAgent: true }), ["", []]);
  assertEquals(await gather({ ...SIGNED, gpgNoPassphrase: true }), ["", []]);
  assertEquals(await gather({ ...SIGNED, key: WRITTEN }), ["secret words", []]);
  assertEquals(await gather(SIGNED), ["typed", ["Enter passphrase for signing: "]]);
});

Deno.test("a passphrase may be longer than a key of the symmetric cipher, up to 128 bytes", async () => {
  const key = (length: number): SettingsLevel => ({
    ...SIGNED,
    key: { ...WRITTEN, bytes: new Uint8Array(length).fill(65) },
  });
  assertEquals((await gather(key(128)))[0].length, 128);
  assertEquals(
    (await gather(key(129)))[0],
    "the passphrase has 129 bytes; up to 128 are possible",
  );
});
