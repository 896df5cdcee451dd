import { gatherKeys, type KeyReader, type KnockKeys } from "../../../lib/client/keys.ts";
import { Problem } from "../../../lib/client/problem.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import type { KeySource } from "../../../lib/config/client_values.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { knockPlan } from "../../support/knock_plan.ts";

const text = (value: string) => new TextEncoder().encode(value);

function bytes(value: string): KeySource {
  return { kind: "bytes", bytes: text(value), variable: "KEY", written: value };
}

/** Answers prompts and lines from lists, and records what was asked. */
function reader(...answers: readonly string[]): KeyReader & { asked: string[] } {
  const rest = [...answers];
  const asked: string[] = [];
  const next = () => rest.shift();
  return {
    asked,
    prompt(prompt) {
      asked.push(prompt);
      const line = next();
      return Promise.resolve(
        line === undefined ? { kind: "aborted" } : { kind: "line", line: text(line) },
      );
    },
    readLine(descriptor) {
      asked.push(`fd ${descriptor}`);
      const line = next();
      return Promise.resolve(line === undefined ? undefined : text(line));
    },
    readCommandLine(command) {
      return this.readLine(Number(command));
    },
  };
}

function gather(level: SettingsLevel, reader: KeyReader): Promise<KnockKeys | Problem> {
  return gatherKeys(knockPlan(level).keys, reader);
}

async function refusal(settings: SettingsLevel, ...answers: readonly string[]): Promise<Problem> {
  const keys = await gather(settings, reader(...answers));
  assert(keys instanceof Problem);
  return keys;
}

Deno.test("the client asks for keys that no source gives, the encryption key first", async () => {
  const asks = reader("enc", "mac");
  const keys = await gather({ useHmac: true }, asks);
  assert(!(keys instanceof Problem));
  assertEquals(asks.asked, ["Enter encryption key: ", "Enter HMAC key: "]);
  assertEquals([keys.encryptionKey, keys.hmac?.key], [text("enc"), text("mac")]);
});

Deno.test("the client does not ask for an HMAC key when the HMAC is off", async () => {
  const asks = reader("enc");
  await gather({}, asks);
  assertEquals(asks.asked.length, 1);
});

Deno.test("both keys can come from one descriptor, one line each", async () => {
  const asks = reader("enc", "mac");
  const settings: SettingsLevel = {
    useHmac: true,
    key: { kind: "descriptor", descriptor: 5 },
    keyDescriptor: 5,
  };
  const keys = await gather(settings, asks);
  assert(!(keys instanceof Problem));
  assertEquals(asks.asked, ["fd 5", "fd 5"]);
});

Deno.test("the client sends nothing after an interrupted prompt", async () => {
  assertEquals((await refusal({})).text, "interrupted; nothing is sent");
  await refusal({ useHmac: true }, "enc");
});

Deno.test("the client refuses empty keys and keys that are too long", async () => {
  await refusal({}, "");
  assertEquals(
    (await refusal({ key: bytes("x".repeat(33)) })).facts.reference,
    "fwknop: fko_spa_data_final: Error 95 - Invalid key length",
  );
  await refusal({ key: bytes("x"), useHmac: true, hmacKey: bytes("") });
  await refusal({ key: bytes("x"), useHmac: true, hmacKey: bytes("y".repeat(129)) });
});

Deno.test("the client refuses two equal keys", async () => {
  const problem = await refusal({ key: bytes("same"), useHmac: true, hmacKey: bytes("same") });
  assert(problem.facts.reference?.includes("should not be identical"));
});

Deno.test("the legacy mode cuts a long key and reports it", async () => {
  const keys = await gather({ mode: "legacy", key: bytes("0123456789abcdefXYZ") }, reader());
  assert(!(keys instanceof Problem));
  assertEquals([keys.cutToLegacy, keys.encryptionKey], [true, text("0123456789abcdef")]);
});

Deno.test("the client finds a key in a key file by the destination", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "other: no\nhost: filekey\n");
    const key: KeySource = { kind: "file", path };
    const keys = await gather({ key, server: "host" }, reader());
    assert(!(keys instanceof Problem));
    assertEquals(keys.encryptionKey, text("filekey"));
    assertEquals(
      (await refusal({ key, server: "none" })).facts.reference,
      `Could not get key for IP: none from: ${path}`,
    );
    const missing = await refusal({ key: { kind: "file", path: "/nowhere" } });
    assertEquals(missing.facts.reference, "Could not open config file: /nowhere");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("without a terminal, the client names each missing key and the lines that would give it", async () => {
  const silent = { ...reader(), prompt: () => Promise.resolve({ kind: "no-terminal" } as const) };
  const table: readonly (readonly [SettingsLevel, RegExp, RegExp])[] = [
    [{}, /^no key, /, /KEY_BASE64/],
    [{ key: bytes("x"), useHmac: true }, /^no HMAC key, /, /HMAC_KEY_BASE64/],
    [
      { useGpg: true, gpgRecipient: "a", gpgSigner: "b" },
      /^no passphrase for the signing key, /,
      /GPG_SIGNING_PW, USE_GPG_AGENT Y .*GPG_NO_SIGNING_PW Y/,
    ],
  ];
  for (const [settings, what, hint] of table) {
    const problem = await gather(settings, silent);
    assert(problem instanceof Problem);
    assertMatch(problem.text, what);
    assertMatch(problem.facts.hint ?? "", hint);
  }
});
