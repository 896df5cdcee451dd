import { assert, assertEquals, assertRejects } from "../assert.ts";
import { embedFacts, releaseKeys } from "../../scripts/build_facts.ts";
import { makeKeyPair, signSums } from "../../scripts/sign.ts";
import { buildFacts } from "../../lib/release/build_facts.ts";
import { withFolder } from "../support/folder.ts";

const SUMS = new TextEncoder().encode("sums\n");

Deno.test("a key with a password, or anything but a secret key of minisign, does not sign", async () => {
  const { publicKey, secretKey } = await makeKeyPair();
  await assertRejects(() => signSums(SUMS, publicKey), /not a secret key/);
  await assertRejects(() => signSums(SUMS, ""), /not a secret key/);
  const [comment, line = ""] = secretKey.split("\n");
  // The name of the key derivation, "Sc", stands after "Ed".
  const locked = btoa(atob(line).replace(/^Ed\0\0/, "EdSc"));
  await assertRejects(() => signSums(SUMS, `${comment}\n${locked}\n`), /has a password/);
});

Deno.test("the build puts the public keys of a folder into the bundle, and refuses any other file there", () =>
  withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/keys`);
    assertEquals(releaseKeys(`${folder}/keys`), []);
    const pairs = [await makeKeyPair(), await makeKeyPair()];
    for (const [index, { publicKey }] of pairs.entries()) {
      Deno.writeTextFileSync(`${folder}/keys/${index}.pub`, publicKey);
    }
    Deno.writeTextFileSync(`${folder}/keys/README.md`, "text");
    const keys = releaseKeys(`${folder}/keys`);
    assertEquals(keys, pairs.map(({ publicKey }) => publicKey));

    Deno.mkdirSync(`${folder}/bundle`);
    const file = `${folder}/bundle/main.js`;
    for (const quote of [`"`, `'`, "`"]) {
      Deno.writeTextFileSync(file, `export const facts = ${quote}@fwknop-build-facts@${quote};`);
      embedFacts(`${folder}/bundle`, { kind: "release", keys });
      const { facts } = await import(`file://${file}?${quote.charCodeAt(0)}`);
      const { kind, keys: embedded } = buildFacts(facts);
      assertEquals([kind, embedded.length], ["release", 2]);
    }
    let complaint = "";
    try {
      embedFacts(`${folder}/bundle`, { kind: "release", keys });
    } catch (error) {
      complaint = String(error);
    }
    assert(complaint.includes("no place for the facts"), complaint);
    Deno.writeTextFileSync(`${folder}/keys/a.pub`, "not a key");
    await assertRejects(
      () => Promise.try(() => releaseKeys(`${folder}/keys`)),
      /a\.pub is not a public key/,
    );
  }));
