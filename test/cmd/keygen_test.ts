import { renderUnicodeCompact } from "qr";
import { keygen } from "../../cmd/keygen.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

const { run } = keygen;

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

Deno.test("keygen prints two lines with keys of 32 and 64 bytes, different in each run", async () => {
  const { code, out, err } = await keygenWith();
  assertEquals([code, err], [0, ""]);
  assertEquals(lengths(out), [32, 64]);
  assert(out !== (await keygenWith()).out);
});

Deno.test("the digest decides the length of the HMAC key, unless a length is given", async () => {
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

Deno.test("a key file is private, and an existing file is replaced only with --force", () =>
  withFolder(async (directory) => {
    const file = `${directory}/keys`;
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
  }));

Deno.test("--json prints one object", async () => {
  const keys = JSON.parse((await keygenWith("--json")).out);
  assertEquals(Object.keys(keys), ["key_base64", "hmac_key_base64", "hmac_digest_type"]);
});

Deno.test("--qr shows a QR code, and only the lines go to standard output", async () => {
  const { out, err } = await keygenWith("--qr");
  assertEquals(lengths(out), [32, 64]);
  assertMatch(out, /^KEY_BASE64: \S+\nHMAC_KEY_BASE64: \S+\n$/);
  assertMatch(err, /█▀/);
});

Deno.test("--qr-file writes a private picture and replaces no file", () =>
  withFolder(async (directory) => {
    const file = `${directory}/keys.svg`;
    assertEquals((await keygenWith("--qr-file", file)).code, 0);
    assertMatch(await Deno.readTextFile(file), /^<svg[\s\S]*<\/svg>\n$/);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await keygenWith("--qr-file", file)).code, 1);
  }));

/** An access.conf with two stanzas, the second without HMAC. */
async function withAccessFile(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  const text = "SOURCE ANY\nKEY_BASE64 MDEyMzQ1Njc4OTAxMjM0NQ==\nHMAC_KEY_BASE64 c2VjcmV0\n" +
    "SOURCE 192.0.2.1\nKEY correct horse\n";
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("--from shows the QR code of a stanza's keys, and nothing else", async () => {
  await withAccessFile(async (path) => {
    const { code, out, err } = await keygenWith("--from", `${path}#1`);
    assertEquals([code, err], [0, ""]);
    assertEquals(out, renderUnicodeCompact(CODE_OF_FIRST, { border: 2 }) + "\n");
    const second = await keygenWith("--from", `${path}#2`);
    const text = `KEY_BASE64:${btoa("correct horse")}`;
    assertEquals(second.out, renderUnicodeCompact(text, { border: 2 }) + "\n");
  });
});

const CODE_OF_FIRST = "KEY_BASE64:MDEyMzQ1Njc4OTAxMjM0NQ== HMAC_KEY_BASE64:c2VjcmV0";

Deno.test("--from needs the number of an existing stanza if there are several", async () => {
  await withAccessFile(async (path) => {
    const lines: readonly (readonly [string[], RegExp])[] = [
      [["--from", path], /has 2 stanzas\n {2}say which: --from .*#1 to .*#2\n$/],
      [["--from", `${path}#3`], /has no stanza number 3: the last is 2\n$/],
      [["--from", `${path}#0`], /has no stanza number 0/],
      [["--from", `${path}#1`, "--json"], /--json is for new ones/],
    ];
    for (const [words, message] of lines) {
      const { code, out, err } = await keygenWith(...words);
      assertEquals([code, out], [2, ""], words.join(" "));
      assertMatch(err, message);
    }
    const { code, err } = await keygenWith("--from", `${path}.absent`);
    assertEquals(code, 1);
    assertMatch(err, /^fwknop: .*absent/);
  });
});

Deno.test("--from reads key lines, the output of invite, and an access.conf", async () => {
  await withFolder(async (folder) => {
    const lines = "KEY_BASE64: MDEyMzQ1Njc4OTAxMjM0NQ==\nHMAC_KEY_BASE64: c2VjcmV0\n";
    const server = `SOURCE ANY\n${lines.replaceAll(":", "")}`;
    for (const text of [lines, server, `${server}\n[gate]\nSPA_SERVER gate\n${lines}`]) {
      await Deno.writeTextFile(`${folder}/keys`, `\ufeff${text}`);
      const { code, out, err } = await keygenWith("--from", `${folder}/keys`);
      assertEquals([code, err], [0, ""]);
      assertEquals(out, renderUnicodeCompact(CODE_OF_FIRST, { border: 2 }) + "\n");
    }
    await Deno.writeTextFile(`${folder}/keys`, "KEY correct horse\n");
    const { code, out, err } = await keygenWith("--from", `${folder}/keys`);
    assertEquals([code, out], [1, ""]);
    assertMatch(err, /^fwknop: the value of KEY ends at the blank/);
  });
});
