import { accept } from "../../cmd/accept.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";
import { typeOnTerminal } from "../support/terminal.ts";
import { testWhere } from "../support/needs.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const KEYS = "KEY_BASE64                  QUFBQQ==\nHMAC_KEY_BASE64             QkJCQg==\n";
const STANZA = "[gate.example]\nACCESS                      tcp/22\n" +
  `SPA_SERVER                  gate.example\n${KEYS}`;

/** A home with FILE in it, which `invite` wrote. */
async function withHome(
  use: (home: string, acceptIn: typeof accepted) => Promise<void>,
  text = STANZA,
): Promise<void> {
  await withFolder(async (home) => {
    await Deno.writeTextFile(`${home}/alice`, text, { mode: 0o600 });
    await use(home, accepted);
  });
}

async function accepted(home: string, ...args: string[]) {
  const { options, words } = parseCommandLine(args, accept.options);
  const context = new BufferContext({ HOME: home });
  const code = await accept.run(options, words, context);
  return { code, out: context.stdout, err: context.stderr };
}

function mode(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

Deno.test("accept makes a private rc file, and says how to knock and what to write for ssh", async () => {
  await withHome(async (home, acceptIn) => {
    const { code, out, err } = await acceptIn(home, `${home}/alice`);
    assertEquals([code, err], [0, ""]);
    assertEquals(Deno.readTextFileSync(`${home}/.fwknoprc`), STANZA);
    assertEquals(mode(`${home}/.fwknoprc`), 0o600);
    assertMatch(
      out,
      /^\[gate\.example\] is in \S+\/\.fwknoprc\.\n[^]*\nHost gate\.example\n {4}ProxyCommand fwknop knock -n gate\.example --wait --proxy\n/,
    );
    assertMatch(out, /\nTo knock: fwknop knock -n gate\.example --wait\n$/);
  });
});

Deno.test("accept appends to the file and changes no byte of it, and its mode becomes private", async () => {
  await withHome(async (home, acceptIn) => {
    const before = new TextEncoder().encode(
      "\ufeff# mine\r\n[home]\r\n\r\nSPA_SERVER  a ; x\r\n\tBROKEN",
    );
    await Deno.writeFile(`${home}/.fwknoprc`, before, { mode: 0o644 });
    const { code, err } = await acceptIn(home, `${home}/alice`);
    assertEquals(code, 0);
    assertMatch(err, /permissions should only be user read\/write/);
    const after = Deno.readFileSync(`${home}/.fwknoprc`);
    assertEquals(after.subarray(0, before.length), before);
    const added = new TextDecoder().decode(after.subarray(before.length));
    assertEquals(added, `\r\n\r\n${STANZA.replaceAll("\n", "\r\n")}`);
    assertEquals(mode(`${home}/.fwknoprc`), 0o600);
    assertEquals([...Deno.readDirSync(home)].length, 2, "no temporary file stays");
  });
});

Deno.test("a stanza of the same name is not replaced, --as adds it under another, and the same one again changes nothing", async () => {
  await withHome(async (home, acceptIn) => {
    const rc = `${home}/.fwknoprc`;
    const other = "# mine\n[Gate.Example]\nSPA_SERVER other\n";
    await Deno.writeTextFile(rc, other, { mode: 0o600 });
    const refused = await acceptIn(home, `${home}/alice`);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertMatch(
      refused.err,
      /there is another stanza \[gate\.example\] in .*\n {2}at \S+\.fwknoprc:2:1\n {2}to keep both: fwknop accept \S+ --as OTHER_NAME/,
    );
    assertEquals(Deno.readTextFileSync(rc), other);
    const named = await acceptIn(home, `${home}/alice`, "--as", "work");
    assertEquals([named.code, named.err], [0, ""]);
    const both = `${other}\n${STANZA.replace("gate.example", "work")}`;
    assertEquals(Deno.readTextFileSync(rc), both);
    assertMatch(named.out, /Host gate\.example\n {4}ProxyCommand fwknop knock -n work /);
    const again = await acceptIn(home, `${home}/alice`, "--as", "work");
    assertEquals([again.code, Deno.readTextFileSync(rc)], [0, both]);
    assertMatch(again.out, /^\[work\] is in \S+ already, with the same settings\.\n/);
  });
});

Deno.test("a file of keys that others can read is named, with what to type", async () => {
  await withHome(async (home, acceptIn) => {
    Deno.renameSync(`${home}/alice`, `${home}/my file`);
    Deno.chmodSync(`${home}/my file`, 0o644);
    const { code, err } = await acceptIn(home, `${home}/my file`);
    assertEquals(code, 0);
    assertMatch(
      err,
      /others on this host can read .*my file \(mode 0644\).*\n.*rm '\/.*\/my file'; /,
    );
    assert(!err.includes("QUFBQQ"));
  });
});

Deno.test("another rc file is in every command that accept prints", async () => {
  await withHome(async (home, acceptIn) => {
    const { code, out } = await acceptIn(home, `${home}/alice`, "--rc-file", `${home}/its rc`);
    assertEquals([code, Deno.readTextFileSync(`${home}/its rc`)], [0, STANZA]);
    const commands = out.match(/fwknop knock -n gate\.example --rc-file '\/\S+\/its rc' --wait/g);
    assertEquals(commands?.length, 2);
  });
});

Deno.test("what is no invitation changes nothing, and the message has the place and no key", async () => {
  const cases: readonly (readonly [text: string | Uint8Array, RegExp])[] = [
    [`SOURCE ANY\n${KEYS}`, /stands before the \[name\][^]*\n {2}at \S+\/alice:1:1\n/],
    [`${STANZA}KEY_COMMAND id\n`, /may not set KEY_COMMAND\n {2}at \S+\/alice:6:1\n/],
    [new Uint8Array([0xff, 0xfe, 0x5b, 0]), /is in UTF-16, must be in UTF-8\n/],
    [new Uint8Array([0x5b, 0x80, 0x5d]), /is not UTF-8 text\n/],
  ];
  for (const [text, message] of cases) {
    await withHome(async (home, acceptIn) => {
      await Deno.writeFile(
        `${home}/alice`,
        typeof text === "string" ? new TextEncoder().encode(text) : text,
      );
      const { code, out, err } = await acceptIn(home, `${home}/alice`);
      assertEquals([code, out], [1, ""]);
      assertMatch(err, message);
      assert(!/QUFBQQ|QkJCQg/.test(err));
      assertEquals([...Deno.readDirSync(home)].map(({ name }) => name), ["alice"]);
    });
  }
});

Deno.test("a wrong command line is refused before a file is read", async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [[], /accept needs the file/],
    [["a", "b"], /unexpected word 'b'/],
    [["a", "--knock", "--no-knock"], /--knock does not go with --no-knock/],
    [["a", "--as", "x y"], /--as: 'x y' cannot be the name/],
    [["a", "--as", "default"], /--as: 'default' cannot/],
  ];
  for (const [words, message] of cases) {
    const { code, err } = await accepted("/nonexistent", ...words);
    assertEquals(code, 2, words.join(" "));
    assertMatch(err, message);
  }
  const missing = await accepted("/nonexistent", "/nonexistent/alice");
  assertEquals(missing.code, 1);
  assertMatch(missing.err, /cannot read \/nonexistent\/alice: /);
});

testWhere("root does not make the rc file of a user its own", {
  system: "linux",
  root: true,
}, async () => {
  await withHome(async (home, acceptIn) => {
    const rc = `${home}/.fwknoprc`;
    await Deno.writeTextFile(rc, "[home]\n", { mode: 0o600 });
    await Deno.chown(rc, 65534, 65534);
    const { code, err } = await acceptIn(home, `${home}/alice`);
    assertEquals([code, Deno.readTextFileSync(rc), Deno.statSync(rc).uid], [1, "[home]\n", 65534]);
    assertMatch(err, /belongs to user 65534[^]*run accept as that user/);
  });
});

/** Runs accept on a terminal of its own, and types at the question. */
async function onTerminal(home: string, answers: readonly string[], port: number) {
  await Deno.writeTextFile(
    `${home}/alice`,
    STANZA.replaceAll("gate.example", "127.0.0.1").replace("tcp/22", `tcp/${port}`) +
      "ALLOW_IP 127.0.0.1\n",
    { mode: 0o600 },
  );
  return await typeOnTerminal({
    command: `${Deno.execPath()} run -A --no-prompt ${MAIN} accept ${home}/alice; echo exit=$?`,
    prompt: /Knock now\? \[Y\/n\] /g,
    answers: answers.map((answer) => `${answer}\n`),
    env: {
      HOME: home,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    },
  });
}

const TERMINAL = { system: "linux", programs: ["script"] } as const;

testWhere(
  "on a terminal accept asks, and knocks only if the answer is not no",
  TERMINAL,
  async () => {
    await withFolder(async (home) => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      const no = await onTerminal(home, ["maybe", "n"], port);
      assertMatch(no, /\nTo knock: fwknop knock -n 127\.0\.0\.1 --wait\nexit=0\n$/);
      assertEquals(
        no.split("Knock now?").length,
        3,
        "the question is put again after another answer",
      );
      const yes = await onTerminal(home, [""], port);
      assertMatch(yes, /is in \S+ already, with the same settings/);
      assertMatch(
        yes,
        /Knocking: fwknop knock -n 127\.0\.0\.1 --wait\n[^]*was open before the knock/,
      );
      assertMatch(yes, /exit=7\n$/);
    });
  },
);
