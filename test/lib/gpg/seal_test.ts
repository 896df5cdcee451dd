import { assert, assertEquals } from "../../assert.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { randomDigits } from "../../../lib/crypto/random.ts";
import { type GpgOpenOptions, openGpgText } from "../../../lib/gpg/open.ts";
import { type GpgSealOptions, sealGpgPacket } from "../../../lib/gpg/seal.ts";
import type { SpaResult } from "../../../lib/spa/error.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import type { SealedPacket } from "../../../lib/spa/seal.ts";
import { GpgHome, gpgTest } from "../../support/gpg_home.ts";

const PASSPHRASE = "geheim & wort";
const HMAC = { key: textBytes("hmackey1"), type: "sha256" } as const;

function aMessage(): SpaMessage {
  return {
    randomValue: randomDigits(16),
    username: "alice",
    timestamp: 1_800_000_000,
    version: "3.0.0",
    type: 1,
    message: "192.0.2.44,tcp/22",
  };
}

/** The keyrings of a client and a server, each with its own secret key and the other's public key. */
class TwoHomes implements AsyncDisposable {
  private constructor(readonly client: GpgHome, readonly server: GpgHome) {}

  static async make(passphrase = ""): Promise<TwoHomes> {
    const homes = new TwoHomes(await GpgHome.make(), await GpgHome.make());
    const signer = await homes.client.generate("client", passphrase);
    await homes.server.generate("server", passphrase);
    await homes.client.give("client", homes.server);
    await homes.server.give("server", homes.client);
    await homes.server.trust(signer);
    // The agents cached passphrases when the keys were made; end them.
    await homes.endAgents();
    return homes;
  }

  async endAgents(): Promise<void> {
    await this.client.endAgent();
    await this.server.endAgent();
  }

  seal(changes: Partial<GpgSealOptions> = {}): Promise<SpaResult<SealedPacket>> {
    return sealGpgPacket(aMessage(), {
      homeDirectory: this.client.path,
      policy: "gpg",
      recipient: "server@example.test",
      signer: "client@example.test",
      passphrase: new Uint8Array(),
      digestName: "sha256",
      ...changes,
    });
  }

  /** The signer of the packet, or the error. */
  async open(fullText: string, changes: Partial<GpgOpenOptions> = {}): Promise<string> {
    const opened = await openGpgText(fullText, {
      homeDirectory: this.server.path,
      policy: "gpg",
      requireSignature: true,
      ignoreSignatureErrors: false,
      ...changes,
    });
    if (!opened.ok) return [opened.error, opened.detail].filter(Boolean).join(": ");
    return `${opened.value.message.username} by ${opened.value.signature?.id}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function must(sealed: SpaResult<SealedPacket>): SealedPacket {
  if (!sealed.ok) throw new Error(`${sealed.error} ${sealed.detail}`);
  return sealed.value;
}

function errorOf(sealed: SpaResult<unknown>): string {
  return sealed.ok ? "" : [sealed.error, sealed.detail].filter(Boolean).join(": ");
}

gpgTest("a packet that is sealed for a key is opened by it, with the signer's name", async () => {
  await using homes = await TwoHomes.make();
  const id = (await homes.client.fingerprint("client")).slice(-8);
  const sealed = must(await homes.seal({ hmac: HMAC }));
  assert(sealed.fullText.startsWith("hQ"));
  assertEquals(sealed.packetText, sealed.fullText.slice(2) + sealed.mac);
  assertEquals(await homes.open(sealed.fullText), `alice by ${id}`);
});

gpgTest("passphrases go to gpg through its input, in client and server", async () => {
  await using homes = await TwoHomes.make(PASSPHRASE);
  const id = (await homes.client.fingerprint("client")).slice(-8);
  const passphrase = textBytes(PASSPHRASE);
  assertEquals(errorOf(await homes.seal()), "GPGME_ENCRYPT_SIGN: No passphrase given");
  assertEquals(
    errorOf(await homes.seal({ passphrase: textBytes("wrong") })),
    "GPGME_ENCRYPT_SIGN: Bad passphrase",
  );
  const { fullText } = must(await homes.seal({ passphrase }));
  assert((await homes.open(fullText)).startsWith("GPGME_DECRYPT_FAILED"));
  const wrong = await homes.open(fullText, { passphrase: textBytes("wrong") });
  assert(wrong.startsWith("GPGME_DECRYPT_FAILED"), wrong);
  assertEquals(await homes.open(fullText, { passphrase }), `alice by ${id}`);
  assertEquals(
    await homes.open(fullText, { passphrase: textBytes("two\nlines") }),
    "GPGME_DECRYPT_FAILED: GPG_DECRYPT_PW has a line feed or a NUL in it",
  );
});

gpgTest(
  "a name that matches no key and one that matches several are different errors",
  async () => {
    await using homes = await TwoHomes.make();
    const error = async (changes: Partial<GpgSealOptions>): Promise<string> => {
      const sealed = await homes.seal(changes);
      return sealed.ok ? "" : sealed.error;
    };
    assertEquals(await error({ recipient: "unknown" }), "GPGME_RECIPIENT_NOT_FOUND");
    assertEquals(await error({ recipient: "example.test" }), "GPGME_RECIPIENT_AMBIGUOUS");
    assertEquals(await error({ recipient: "--yes" }), "GPGME_RECIPIENT_NOT_FOUND");
    // The server's public key is there, but not its secret key.
    assertEquals(await error({ signer: "server@example.test" }), "GPGME_SIGNER_NOT_FOUND");
    await homes.client.generate("other");
    assertEquals(await error({ signer: "example.test" }), "GPGME_SIGNER_AMBIGUOUS");
  },
);

gpgTest("a gpg whose agent does not start is not reported as a missing key", async () => {
  await using homes = await TwoHomes.make();
  await Deno.writeTextFile(`${homes.client.path}/gpg.conf`, "agent-program /bin/false\n");
  assertEquals(errorOf(await homes.seal()), "GPG_CANNOT_LIST_SIGNERS: No agent running");
});

gpgTest(
  "keys whose messages begin differently are refused before a packet is sent",
  async () => {
    await using homes = await TwoHomes.make();
    await homes.client.generate("small", "", 1024);
    const curve = ["--passphrase", "", "--pinentry-mode", "loopback", "--quick-gen-key"];
    await homes.client.gpg(...curve, "curve <curve@example.test>", "future-default", "default");
    for (const name of ["small", "curve"]) {
      const sealed = await homes.seal({ recipient: `${name}@example.test` });
      assertEquals(sealed.ok ? "" : sealed.error, "GPG_RECIPIENT_UNSUITABLE", name);
    }
  },
);

gpgTest("a packet that is too long for any server is refused", async () => {
  await using homes = await TwoHomes.make();
  await homes.client.generate("large", "", 4096);
  const sealed = await homes.seal({
    recipient: "large@example.test",
    signer: "large@example.test",
    hmac: { ...HMAC, type: "sha512" },
  });
  assertEquals(sealed.ok ? "" : sealed.error, "INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL");
});

gpgTest("the user's gpg.conf cannot change the packet", async () => {
  await using homes = await TwoHomes.make();
  const conf = "armor\nverbose\nthrow-keyids\nencrypt-to client@example.test\n";
  await Deno.writeTextFile(`${homes.client.path}/gpg.conf`, conf);
  const { fullText } = must(await homes.seal());
  assert((await homes.open(fullText)).startsWith("alice by "));
});

gpgTest("an unsigned packet is opened only where no signature is required", async () => {
  await using homes = await TwoHomes.make();
  const { fullText } = must(await homes.seal({ signer: undefined }));
  assertEquals(await homes.open(fullText), "GPGME_NO_SIGNATURE");
  assertEquals(await homes.open(fullText, { requireSignature: false }), "alice by undefined");
  const ignoring = await homes.open(fullText, { ignoreSignatureErrors: true });
  assertEquals(ignoring, "GPGME_NO_SIGNATURE");
});

gpgTest("a signature is valid only if its key is present, valid and not revoked", async () => {
  await using homes = await TwoHomes.make();
  const { fullText } = must(await homes.seal());
  const fingerprint = await homes.client.fingerprint("client");
  const bad = (why: string): string => `GPGME_BAD_SIGNATURE: ${why}`;
  assert((await homes.open(fullText)).startsWith("alice by "));
  await homes.server.gpg("--yes", "--delete-keys", fingerprint);
  assertEquals(await homes.open(fullText), bad("the signing key is not in the keyring"));
  assertEquals(
    await homes.open(fullText, { ignoreSignatureErrors: true }),
    `alice by ${fingerprint.slice(-8)}`,
  );
  await using stranger = await GpgHome.make();
  await homes.client.give("client", stranger);
  const secret = await homes.server.gpg(
    ...["--pinentry-mode", "loopback", "--passphrase", ""],
    ...["--armor", "--export-secret-keys", "server@example.test"],
  );
  await stranger.import(secret);
  assertEquals(
    await homes.open(fullText, { homeDirectory: stranger.path }),
    bad("the signing key is not trusted in the keyring"),
  );
});

gpgTest(
  "a message that was cut or changed is not opened, even if gpg prints a part of it",
  async () => {
    await using homes = await TwoHomes.make();
    const { fullText } = must(await homes.seal());
    for (const length of [520, 600, 800, fullText.length - 4]) {
      const opened = await homes.open(fullText.slice(0, length - length % 4));
      assert(opened.startsWith("GPGME_DECRYPT_FAILED"), `${length}: ${opened}`);
    }
    const changed = `${fullText.slice(0, 700)}${fullText[700] === "A" ? "B" : "A"}${
      fullText.slice(701)
    }`;
    assert((await homes.open(changed)).startsWith("GPGME_DECRYPT_FAILED"));
  },
);

gpgTest("a gpg that cannot run is a refusal with the reason", async () => {
  await using homes = await TwoHomes.make();
  const { fullText } = must(await homes.seal());
  assertEquals(
    await homes.open(fullText, { program: "/nowhere/gpg" }),
    "GPGME_DECRYPT_FAILED: /nowhere/gpg was not found",
  );
  assertEquals(
    await homes.open(fullText, { homeDirectory: "/nowhere" }),
    "GPGME_DECRYPT_FAILED: No secret key",
  );
});
