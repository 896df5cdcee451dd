import { keygen } from "../../cmd/keygen.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";

const run = await keygen.load();

async function keygenWith(...args: readonly string[]) {
  const { options, words } = parseCommandLine(args, keygen.options);
  const context = new BufferContext();
  const code = await run(options, words, context);
  return { code, out: context.stdout, err: context.stderr };
}

/** Bytes of the two keys in a text of two lines. */
function lengths(text: string): (number | undefined)[] {
  const match = /^KEY_BASE64: (\S+)\nHMAC_KEY_BASE64: (\S+)\n/.exec(text);
  return [match?.[1], match?.[2]].map((key) => key === undefined ? undefined : atob(key).length);
}

Deno.test("two lines, 32 and 64 bytes, never the same twice", async () => {
  const { code, out, err } = await keygenWith();
  assertEquals([code, err], [0, ""]);
  assertEquals(lengths(out), [32, 64]);
  assert(out !== (await keygenWith()).out);
});

Deno.test("the HMAC key is as long as its digest wants, unless a length is given", async () => {
  const expected = { md5: 16, sha1: 20, sha256: 64, sha384: 128, sha512: 128, sha3_256: 64 };
  for (const [digest, length] of Object.entries(expected)) {
    const { out } = await keygenWith("--hmac-digest-type", digest);
    assertEquals(lengths(out), [32, length], digest);
  }
  assertEquals(lengths((await keygenWith("--key-len", "16", "--hmac-key-len", "99")).out), [
    16,
    99,
  ]);
});

Deno.test("lengths out of range are usage errors", async () => {
  for (
    const [name, value] of [["--key-len", "33"], ["--key-len", "0"], ["--hmac-key-len", "129"]]
  ) {
    const { code, err } = await keygenWith(name!, value!);
    assertEquals(code, 2);
    assertMatch(err, /is not a number of bytes from 1 to/);
  }
});

Deno.test("a file is private, and one that is there is replaced only with --force", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/keys`;
  try {
    assertEquals(
      (await keygenWith("-K", file)).out,
      `[+] Wrote Rijndael and HMAC keys to: ${file}\n`,
    );
    const first = await Deno.readTextFile(file);
    assertEquals(lengths(first), [32, 64]);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    const refused = await keygenWith("-K", file);
    assertEquals(refused.code, 1);
    assertMatch(refused.err, /exists already\n {2}choose another file, or use --force/);
    assertEquals(await Deno.readTextFile(file), first);
    await Deno.chmod(file, 0o644);
    await keygenWith("-K", file, "--force");
    assert(await Deno.readTextFile(file) !== first);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals(Array.from(Deno.readDirSync(directory)).length, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("--json prints one object", async () => {
  const keys = JSON.parse((await keygenWith("--json")).out);
  assertEquals(Object.keys(keys), ["key_base64", "hmac_key_base64", "hmac_digest_type"]);
});

Deno.test("--qr shows a code below the lines", async () => {
  const { out } = await keygenWith("--qr");
  assertEquals(lengths(out), [32, 64]);
  assertMatch(out, /█▀/);
});

Deno.test("--qr-file writes a private picture and replaces none", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/keys.svg`;
  try {
    assertEquals((await keygenWith("--qr-file", file)).code, 0);
    assertMatch(await Deno.readTextFile(file), /^<svg[\s\S]*<\/svg>\n$/);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await keygenWith("--qr-file", file)).code, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
