import { stanza } from "../../cmd/stanza.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

const { run } = stanza;

const FILE = `# mine
[default]
SPOOF_USER alice

# the house
[home]
SPA_SERVER home.example   # moved
KEY_BASE64 MDEyMzQ1Njc4OTAxMjM0NQ==
#HMAC_KEY secret
KYE_TYPO secret

# the office
[office]
SPA_SERVER office.example
`;

/** A home directory with an rc file, in which the command runs. */
async function withRc(
  text: string | undefined,
  use: (
    stanzaWith: (...args: string[]) => Promise<{ code: number; out: string; err: string }>,
    path: string,
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (home) => {
    const path = `${home}/.fwknoprc`;
    if (text !== undefined) await Deno.writeTextFile(path, text, { mode: 0o600 });
    await use(async (...args) => {
      const { options, words } = parseCommandLine(args, stanza.options);
      const context = new BufferContext({ HOME: home });
      const code = await run(options, words, context);
      return { code, out: context.stdout, err: context.stderr };
    }, path);
  });
}

Deno.test("stanza add appends a stanza to a private file, with the keys of keygen's lines", async () => {
  await withRc(undefined, async (stanzaWith, path) => {
    const keys = `${path}.keys`;
    await Deno.writeTextFile(
      keys,
      "KEY_BASE64: MDEyMzQ1Njc4OTAxMjM0NQ==\nHMAC_KEY_BASE64: c2VjcmV0\n",
    );
    const words = ["-D", "home.example", "-A", "tcp/22", "-R", "--keys", keys];
    const { code, out, err } = await stanzaWith("add", "home", ...words);
    assertEquals([code, err], [0, ""]);
    assertEquals(out, `[home] is in ${path}. To use it: fwknop knock -n home\n`);
    const line = (name: string, value: string): string => `${name.padEnd(28)}${value}\n`;
    assertEquals(
      await Deno.readTextFile(path),
      "[home]\n" + line("ACCESS", "tcp/22") + line("SPA_SERVER", "home.example") +
        line("RESOLVE_IP_HTTPS", "Y") + line("KEY_BASE64", "MDEyMzQ1Njc4OTAxMjM0NQ==") +
        line("HMAC_KEY_BASE64", "c2VjcmV0"),
    );
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  });
});

Deno.test("--keys reads the output of invite, with the variables about the keys, and refuses a cut key", async () => {
  await withRc(undefined, async (stanzaWith, path) => {
    const keys = `${path}.keys`;
    const add = async (name: string, text: string | Uint8Array) => {
      await (typeof text === "string" ? Deno.writeTextFile : Deno.writeFile)(keys, text as never);
      return await stanzaWith("add", name, "-D", "h.example", "-A", "tcp/22", "--keys", keys);
    };
    const invited = "\ufeff# For the server\nSOURCE ANY\nKEY_BASE64 b3RoZXI=\n\n" +
      "[gate]\nSPA_SERVER gate.example\nKEY_BASE64 a2V5\nHMAC_DIGEST_TYPE SHA512\n" +
      "HMAC_KEY_BASE64 aG1hYw==\nUSE_HMAC Y\n";
    assertEquals((await add("one", invited)).err, "");
    assertMatch(
      await Deno.readTextFile(path),
      /^\[one\]\nACCESS +tcp\/22\nSPA_SERVER +h.example\nKEY_BASE64 +a2V5\nHMAC_DIGEST_TYPE +SHA512\nHMAC_KEY_BASE64 +aG1hYw==\nUSE_HMAC +Y\n$/,
    );
    const cut = await add("two", "HMAC_KEY_BASE64 aG1hYw==\nKEY correct horse\n");
    assertEquals(cut.code, 1);
    assertMatch(cut.err, /^fwknop: the value of KEY ends at the blank.*\n {2}at .*\.keys:2:13\n/);
    const stray = await add("two", "KEY_BASE64 a2V5\nACCESS tcp/22\n");
    assertMatch(stray.err, /is not a file of keys\n {2}at .*\.keys:2:1\n/);
    const wide = new Uint8Array(Uint16Array.from("\ufeffKEY a", (c) => c.charCodeAt(0)).buffer);
    assertMatch(
      (await add("two", wide)).err,
      /is in UTF-16, must be in UTF-8\n {2}iconv -f UTF-16/,
    );
    assert(!(await Deno.readTextFile(path)).includes("[two]"));
  });
});

Deno.test("stanza add replaces an existing stanza only with --force, and keeps the others", async () => {
  await withRc(FILE, async (stanzaWith, path) => {
    const refused = await stanzaWith("add", "HOME", "-D", "new.example");
    assertEquals([refused.code, refused.out], [1, ""]);
    assertMatch(refused.err, /^fwknop: there is a stanza \[HOME\] .*already\n {2}--force/);
    assertEquals(await Deno.readTextFile(path), FILE);
    assertEquals((await stanzaWith("add", "home", "--force", "-D", "new.example")).code, 0);
    const text = await Deno.readTextFile(path);
    assertEquals(
      text,
      FILE.replace("SPA_SERVER home.example   # moved", `${"SPA_SERVER".padEnd(28)}new.example`)
        .replace(/KEY_BASE64.*\n/, "").replace(/KYE_TYPO.*\n/, ""),
    );
  });
});

Deno.test("show hides every key, also in comments and misspelt variables, unless --show-keys is given", async () => {
  await withRc(FILE, async (stanzaWith) => {
    const { code, out } = await stanzaWith("show", "home");
    assertEquals(code, 0);
    assertEquals(
      out,
      "[home]\nSPA_SERVER home.example   # moved\nKEY_BASE64 (hidden)\n#HMAC_KEY (hidden)\n" +
        "KYE_TYPO (hidden)\n",
    );
    assertMatch((await stanzaWith("show", "home", "--show-keys")).out, /KEY_BASE64 MDEy/);
    assertEquals((await stanzaWith("show")).out.match(/^\[.*\]$/gm), [
      "[default]",
      "[home]",
      "[office]",
    ]);
  });
});

Deno.test("show prints no value that may be secret, whatever the name of its variable", async () => {
  const lines = ["TOTP_SEED_BASE64 S3cret", "TOTP_SEED_BASE64=S3cret", "# TOTP_SEED_BASE64 S3cret"];
  lines.push("S3cret", "KEY=S3cret", "KEY S3cret # S3cret");
  await withRc(`[home]\nACCESS=tcp/22\n${lines.join("\n")}\n`, async (stanzaWith) => {
    const { code, out } = await stanzaWith("show", "home");
    assertEquals(code, 0);
    assert(!out.includes("S3cret"), out);
    assert(out.includes("\nACCESS=tcp/22\n"), out);
    assertEquals((await stanzaWith("show", "home", "--show-keys")).out.split("S3cret").length, 8);
  });
});

Deno.test("remove removes a stanza and its comments, and a stanza with keys only with --force", async () => {
  await withRc(FILE, async (stanzaWith, path) => {
    const { code, err } = await stanzaWith("remove", "home");
    assertEquals(code, 1);
    assertMatch(err, /holds keys, and this may be the only copy\n {2}.*--force/);
    const { out } = await stanzaWith("remove", "home", "--force");
    assertEquals(out, `[home] is no longer in ${path}.\n`);
    const start = FILE.indexOf("[home]");
    const end = FILE.indexOf("\n# the office");
    assertEquals(await Deno.readTextFile(path), FILE.slice(0, start) + FILE.slice(end));
    assertEquals((await stanzaWith("remove", "office")).code, 0);
  });
});

Deno.test("an empty list of stanzas says why it is empty", async () => {
  await withRc(undefined, async (stanzaWith, path) => {
    const { code, out, err } = await stanzaWith("show");
    assertEquals([code, out], [0, ""]);
    assertMatch(err, /^fwknop: no stanzas: there is no file .*\n {2}.*fwknop stanza add NAME/);
    await Deno.writeTextFile(path, "[default]\nUSE_HMAC Y\n", { mode: 0o600 });
    const { out: shown, err: none } = await stanzaWith("show");
    assertMatch(shown, /USE_HMAC/);
    assertMatch(none, /\.fwknoprc has none\n/);
  });
});

Deno.test("each refusal of the command stanza has a hint or says what is allowed", async () => {
  await withRc(FILE, async (stanzaWith, path) => {
    const lines: readonly (readonly [string[], number, RegExp])[] = [
      [[], 2, /^fwknop: stanza takes add, show or remove, and a name\n {2}.*fwknop stanza show/],
      [["list"], 2, /takes add, show or remove/],
      [["toString"], 2, /takes add, show or remove/],
      [["show", "a", "b"], 2, /unexpected word 'b'/],
      [["show", "hme"], 2, /there is no stanza \[hme\].*\n {2}did you mean home\?/],
      [["remove"], 2, /remove needs the name/],
      [["show", "home", "-D", "x"], 2, /--destination does not go with show/],
      [["remove", "home", "--show-keys"], 2, /--show-keys does not go with remove/],
      [["add"], 2, /a stanza needs a name/],
      [["add", "x]"], 2, /a stanza needs a name without \]/],
      [["add", "x"], 2, /no settings for the stanza/],
      [["add", "x", "-U", "a b"], 2, /cannot be written: SPOOF_USER would contain a blank/],
      [["add", "x", "-a", "01.2.3.4"], 2, /--allow-ip: '01.2.3.4' is not an address/],
      [["add", "x", "--keys", "/nonexistent"], 1, /cannot read the keys/],
      [["add", "x", "--keys", path], 1, /has several stanzas/],
    ];
    for (const [words, status, message] of lines) {
      const { code, out, err } = await stanzaWith(...words);
      assertEquals([code, out], [status, ""], words.join(" "));
      assertMatch(err, message);
    }
    assertEquals(await Deno.readTextFile(path), FILE);
  });
});
