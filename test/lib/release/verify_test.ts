/** Signatures beside those of Debian's minisign and signify, and every way to change a release. */
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { isSignedBy, parsePublicKey, parseSignature } from "../../../lib/release/minisign.ts";
import type { PublicKey } from "../../../lib/release/minisign.ts";
import { type ReleaseFiles, verifyProgram } from "../../../lib/release/verify.ts";
import { toHex } from "../../../lib/crypto/hex.ts";
import { digest } from "../../../lib/crypto/digest.ts";
import { mustRun, run } from "../../../scripts/process.ts";
import { type KeyPair, makeKeyPair, signSums } from "../../../scripts/sign.ts";
import { gzip, tarBytes } from "../../../scripts/package/tar.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const PLATFORM = "linux-x64";
const NAME = `fwknop-1.2.3-${PLATFORM}`;
const PROGRAM = new TextEncoder().encode("the program");
const encoder = new TextEncoder();

function keyOf({ publicKey }: KeyPair): PublicKey {
  const key = parsePublicKey(publicKey);
  assert(key !== undefined);
  return key;
}

/** The files of a release with these programs by name; `name` is the one that is looked at. */
async function release(
  pair: KeyPair,
  programs: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = { [NAME]: PROGRAM },
  name = NAME,
  version = "1.2.3",
): Promise<ReleaseFiles> {
  const lines = Object.entries(programs).map(([file, bytes]) =>
    `${toHex(digest("sha256", bytes))}  ${file}\n`
  );
  const sums = encoder.encode(lines.join(""));
  const signature = encoder.encode(await signSums(sums, pair.secretKey, version));
  return { name, bytes: programs[name] ?? PROGRAM, sums, signature };
}

const verify = (files: ReleaseFiles, ...keys: PublicKey[]) => verifyProgram(files, keys, PLATFORM);

Deno.test("a program that one of our keys signed is taken, alone and in an archive", async () => {
  const [old, young] = [await makeKeyPair(), await makeKeyPair()];
  for (const pair of [old, young]) {
    const { version, program, keyId } = await verify(
      await release(pair),
      keyOf(old),
      keyOf(young),
    );
    assertEquals([version, program, keyId], ["1.2.3", PROGRAM, keyOf(pair).id]);
  }
  const archive = gzip(tarBytes([
    { kind: "file", path: `${NAME}/fwknop`, mode: 0o755, content: PROGRAM },
  ], 0));
  const name = `${NAME}.tar.gz`;
  const files = await release(old, { [name]: archive }, name);
  assertEquals((await verify(files, keyOf(old))).program, PROGRAM);
});

Deno.test("a change of any byte of file, sums or signature is noticed", async () => {
  const pair = await makeKeyPair();
  const files = await release(pair);
  // minisign does not sign its first line: only its beginning is fixed.
  const free = new TextDecoder().decode(files.signature).indexOf("\n");
  for (const part of ["bytes", "sums", "signature"] as const) {
    for (let at = 0; at < files[part].length; at++) {
      if (part === "signature" && at >= "untrusted comment: ".length && at < free) continue;
      for (const bit of [1, 0x20, 0x80]) {
        const changed = new Uint8Array(files[part]);
        changed[at] = (changed[at] ?? 0) ^ bit;
        await assertRejects(
          () => verify({ ...files, [part]: changed }, keyOf(pair)),
          HintedError,
          `byte ${at} of ${part}`,
        );
      }
    }
    const shorter = new Uint8Array(files[part].slice(0, -2));
    await assertRejects(() => verify({ ...files, [part]: shorter }, keyOf(pair)), HintedError);
  }
});

Deno.test("a file under another name, for another platform or of another release is refused", async () => {
  const pair = await makeKeyPair();
  const key = keyOf(pair);
  const other = "fwknop-1.2.3-linux-arm64";
  const both = { [NAME]: PROGRAM, [other]: encoder.encode("for arm") };
  const of = (name: string) => release(pair, both, name);
  await assertRejects(
    async () => verify(await of(other), key),
    /is for linux-arm64, and this host/,
  );
  const renamed = { ...await of(NAME), bytes: encoder.encode("for arm") };
  await assertRejects(() => verify(renamed, key), /its SHA-256 differs/);
  const newer = { ...await of(NAME), name: `fwknop-9.9.9-${PLATFORM}` };
  await assertRejects(() => verify(newer, key), /signed for version 1.2.3/);
  const unlisted = { ...await of(NAME), name: `${NAME}.tar.gz` };
  await assertRejects(() => verify(unlisted, key), /does not list/);
  await assertRejects(
    async () => verify({ ...await of(NAME), name: "fwknop" }, key),
    /not the name/,
  );
  const deb = { ...await of(NAME), name: "fwknop_1.2.3_amd64.deb" };
  await assertRejects(() => verify(deb, key), /not the name/);
});

Deno.test("another key is refused, also one that has taken our key's id", async () => {
  const [ours, theirs] = [await makeKeyPair(), await makeKeyPair()];
  const files = await release(theirs);
  await assertRejects(() => verify(files, keyOf(ours)), /this program trusts only/);
  const named = { ...keyOf(ours), id: keyOf(theirs).id, idBytes: keyOf(theirs).idBytes };
  await assertRejects(() => verify(files, named), /The signature of SHA256SUMS is wrong/);
  const elsewhere = await release(ours, undefined, NAME, "1.2.3 of another program");
  await assertRejects(() => verify(elsewhere, keyOf(ours)), /trusted comment/);
});

testWhere(
  "minisign and signify verify what we sign, and notice a change",
  { programs: ["minisign", "signify-openbsd"] },
  () =>
    withFolder(async (folder) => {
      const pair = await makeKeyPair();
      const { sums, signature } = await release(pair);
      const [file, key] = [`${folder}/SHA256SUMS`, `${folder}/key.pub`];
      Deno.writeFileSync(file, sums);
      Deno.writeFileSync(`${file}.minisig`, signature);
      Deno.writeTextFileSync(key, pair.publicKey);
      const checks = [
        ["minisign", ["-V", "-p", key, "-m", file]],
        ["signify-openbsd", ["-V", "-p", key, "-x", `${file}.minisig`, "-m", file]],
      ] as const;
      const said = await Promise.all(
        checks.map(([program, words]) => mustRun(program, [...words])),
      );
      assert(said[0]?.includes("fwknop 1.2.3"), said[0]);
      Deno.writeTextFileSync(file, "changed\n");
      for (const [program, words] of checks) {
        const { code } = await run(program, [...words]);
        assert(code !== 0, program);
      }
    }),
);

testWhere(
  "we verify what minisign signs, with a key of minisign",
  { programs: ["minisign"] },
  () =>
    withFolder(async (folder) => {
      const [file, pub, sec] = [`${folder}/SHA256SUMS`, `${folder}/key.pub`, `${folder}/key`];
      await mustRun("minisign", ["-G", "-W", "-p", pub, "-s", sec]);
      const pair = { publicKey: Deno.readTextFileSync(pub), secretKey: Deno.readTextFileSync(sec) };
      const { sums } = await release(pair);
      Deno.writeFileSync(file, sums);
      const sign = async (...more: string[]) => {
        await mustRun("minisign", ["-S", "-s", sec, "-m", file, "-t", "fwknop 1.2.3", ...more]);
        return Deno.readFileSync(`${file}.minisig`);
      };
      const signature = await sign("-l");
      const files = { name: NAME, bytes: PROGRAM, sums, signature };
      assertEquals((await verify(files, keyOf(pair))).version, "1.2.3");
      const parsed = parseSignature(signature);
      assert(typeof parsed !== "string" && await isSignedBy(keyOf(pair), parsed, sums));
      const digested = { ...files, signature: await sign() };
      await assertRejects(() => verify(digested, keyOf(pair)), /signs a digest/);
      // The same key signs here as there.
      const ours = await signSums(sums, pair.secretKey, "1.2.3");
      const line = (text: string) => text.split("\n")[1];
      assertEquals(line(ours), line(new TextDecoder().decode(signature)));
    }),
);
