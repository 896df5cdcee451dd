import { knock } from "../../cmd/knock.ts";
import { deliver } from "../../lib/client/deliver.ts";
import { CLIENT_OPTIONS } from "../../lib/config/client_options.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";
import { knockPlan } from "../support/knock_plan.ts";

const { run } = knock;
const ROWS = CLIENT_OPTIONS.filter(({ only }) => only !== "c");

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
await deliver("", knockPlan({ server: "localhost" }), { port: 1 });

/** Runs the subcommand on a line in which `~` stands for a blank. */
async function knockWith(line: string, home = "/nowhere") {
  const words = line.split(" ").filter((word) => word !== "").map((word) =>
    word.replaceAll("~", " ")
  );
  const { options, words: rest } = parseCommandLine(words, ROWS);
  const context = new BufferContext({ HOME: home, LOGNAME: "tester" });
  const code = await run(options, rest, context);
  return { code, out: context.stdout, err: context.stderr };
}

async function withHome(rc: string, body: (home: string) => Promise<void>): Promise<void> {
  await withFolder(async (home) => {
    await Deno.writeTextFile(`${home}/.fwknoprc`, rc, { mode: 0o600 });
    await body(home);
  });
}

const TEST = "-T -A tcp/22 -a 192.0.2.7 --key-rijndael secret";

Deno.test("a successful knock prints nothing for a program", async () => {
  const socket = await knockWith("-A tcp/22 -a 192.0.2.7 -D 127.0.0.1 --key-rijndael secret");
  assertEquals(socket, { code: 0, out: "", err: "" });
});

Deno.test("usage errors have exit status 2, one line and a hint", async () => {
  const lines = {
    "-A tcp/22": "fwknop: no destination\n  use -D HOST",
    "-A tcp/22 -D h": "fwknop: no address to admit\n  use -a",
    "-D h -a 192.0.2.7": "fwknop: nothing is asked for",
    [`${TEST} -p 22x`]: "fwknop: --server-port: '22x' is not a number from 1 to 65535\n",
    [`${TEST} -p 0`]: "fwknop: --server-port: '0' is not a number from 1 to 65535\n",
    [`${TEST} -m sha265`]: "fwknop: --digest-type: 'sha265' is not one of",
    [`${TEST} -U a/b`]: "fwknop: the user name 'a/b' cannot be sent\n  use -U",
    [`${TEST} -n none`]:
      "fwknop: there is no stanza [none], because there is no file /nowhere/.fwknoprc\n",
    [`${TEST} --rc-file /nowhere/rc`]: "fwknop: --rc-file: there is no /nowhere/rc\n",
  };
  for (const [line, start] of Object.entries(lines)) {
    const { code, err, out } = await knockWith(line);
    assertEquals([code, err.slice(0, start.length), out], [2, start, ""], line);
    assert(err.trimEnd().split("\n").length <= 2, err);
  }
});

Deno.test("failures of files, keys and hosts have exit status 1", async () => {
  for (
    const line of [
      "-A tcp/22 -a 192.0.2.7 -D no-such-host.invalid --key-rijndael k",
      `${TEST} -G /nowhere/keys --key-rijndael= -T`,
    ]
  ) {
    const { code, err } = await knockWith(line);
    assert(code !== 0 && err !== "", line);
  }
  assertEquals((await knockWith("-A tcp/22 -s -D no-such-host.invalid --key-rijndael k")).code, 1);
});

Deno.test("errors of the rc file name the position and the nearest word", async () => {
  await withHome("[default]\nSPA_SERVR x\nFW_TIMEOUT  soon\n", async (home) => {
    const { code, err } = await knockWith(TEST, home);
    assertEquals(code, 1);
    assertEquals(
      err,
      [
        `fwknop: Parameter error in ${home}/.fwknoprc, line 2: var=SPA_SERVR, val=(hidden)`,
        `  at ${home}/.fwknoprc:2:1`,
        "  did you mean SPA_SERVER?",
        `fwknop: Parameter error in ${home}/.fwknoprc, line 3: var=FW_TIMEOUT, val=soon`,
        `  at ${home}/.fwknoprc:3:13`,
        "  use a whole number from 0 to 65536",
        "",
      ].join("\n"),
    );
  });
});

Deno.test("an rc file that other users can read causes a warning and is used", async () => {
  await withHome("[default]\nKEY k\n", async (home) => {
    await Deno.chmod(`${home}/.fwknoprc`, 0o644);
    const { code, err } = await knockWith("-T -A tcp/22 -a 192.0.2.7", home);
    assertEquals(code, 0);
    assertMatch(
      err,
      /permissions should only be user read\/write.*\n {2}chmod 600 \S+\.fwknoprc\n/,
    );
  });
});

Deno.test("a line of the rc file outside all stanzas causes a warning", async () => {
  await withHome("KEY k\n[default]\nACCESS tcp/22\n", async (home) => {
    const { code, err } = await knockWith(TEST, home);
    const told = "fwknop: lines before the first [stanza] have no effect\n" +
      `  at ${home}/.fwknoprc:1:1\n  write [default] above it\n`;
    assertEquals([code, err], [0, told]);
  });
});

Deno.test("the subcommand leaves no rc file and no saved command line behind", () =>
  withFolder(async (home) => {
    await knockWith(TEST, home);
    assertEquals(Array.from(Deno.readDirSync(home)), []);
  }));

Deno.test("the client does not send a packet that no server could read", async () => {
  const access = Array.from({ length: 15 }, (_, index) => `tcp/${10001 + index}`).join(",");
  const { code, err } = await knockWith(
    `-A ${access} -a 192.0.2.7 -D 127.0.0.1 --key-rijndael k --key-hmac h`,
  );
  assertEquals(code, 2);
  assertMatch(err, /^fwknop: the request is too long: no server could read the packet/);
  const long = await knockWith(`-C ${"x".repeat(150)} -s -D 127.0.0.1 --key-rijndael k`);
  assertEquals(long.code, 2);
});

Deno.test("a stanza is saved, listed and used", async () => {
  await withHome("# mine\n", async (home) => {
    const saved = await knockWith(`${TEST} --save-rc-stanza -n s -D 127.0.0.1`, home);
    assertEquals([saved.code, saved.err], [0, ""]);
    assertEquals((await knockWith("--stanza-list", home)).out, "s\n");
    const used = await knockWith("-n s -T", home);
    assertMatch(used.out, / Message String: 192\.0\.2\.7,tcp\/22\n/);
    assertEquals((await Deno.stat(`${home}/.fwknoprc`)).mode! & 0o777, 0o600);
    assertMatch(await Deno.readTextFile(`${home}/.fwknoprc`), /^# mine\n/);
  });
});

Deno.test("the packet is written to a private file, replaced or appended to", () =>
  withFolder(async (directory) => {
    const file = `${directory}/packet`;
    await knockWith(`${TEST} -B ${file}`);
    await knockWith(`${TEST} -B ${file}`);
    assertEquals((await Deno.readTextFile(file)).split("\n").length, 2);
    await knockWith(`${TEST} -b -B ${file}`);
    assertEquals((await Deno.readTextFile(file)).split("\n").length, 3);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    const failed = await knockWith(`${TEST} -B ${directory}/none/packet`);
    assertEquals(failed.code, 0);
    assertMatch(failed.err, /is not saved to/);
  }));

Deno.test("several destinations and stanzas get a packet each", async () => {
  const rc = "[default]\nACCESS tcp/22\nALLOW_IP source\nKEY k\n" +
    "[a]\nSPA_SERVER 127.0.0.1\n[b]\nSPA_SERVER 127.0.0.2\n";
  await withHome(rc, async (home) => {
    const destinations = async (line: string) =>
      (await knockWith(`${line} --json`, home)).out.trimEnd().split("\n")
        .map((text) => JSON.parse(text).destination);
    assertEquals(await destinations("-n a -n b"), ["127.0.0.1", "127.0.0.2"]);
    assertEquals(await destinations("-D 127.0.0.3 -D 127.0.0.4 -D 127.0.0.3"), [
      "127.0.0.3",
      "127.0.0.4",
    ]);
  });
});

Deno.test("keys come from a program, one line each, without a shell", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "#!/bin/sh\necho one\necho two\n");
    await Deno.chmod(file, 0o700);
    const line = `-T -A tcp/22 -s --use-hmac --key-command ${file}~$HOME`;
    const { code, out, err } = await knockWith(line);
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /HMAC Type: 3 \(SHA256\)/);
    const failed = await knockWith("-T -A tcp/22 -s --key-command false");
    assertEquals([failed.code, failed.err], [
      1,
      "fwknop: 'false' exited with 1; nothing is sent\n",
    ]);
    const none = await knockWith("-T -A tcp/22 -s --key-command true");
    assertMatch(none.err, /did not print a key/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("options that exclude each other are refused", async () => {
  for (
    const line of [
      `${TEST} -s`,
      `${TEST} -4 -6`,
      `${TEST} --wait`,
      `${TEST} --proxy --json`,
      `${TEST} -D a -D b -- true`,
      "-C id -s -D 127.0.0.1 --key-rijndael k --wait",
      "-A udp/53 -s -D 127.0.0.1 --key-rijndael k --wait",
      "-A tcp/22 -s -D 127.0.0.1 -6 --key-rijndael k",
    ]
  ) {
    const { code, out } = await knockWith(line);
    assertEquals([code, out], [2, ""], line);
  }
});

Deno.test("a word without an option is refused, and not run", async () => {
  const { code, err } = await knockWith(`${TEST} true`);
  assertEquals(code, 2);
  assertMatch(err, /^fwknop: the word 'true' does not belong to an option\n {2}use -D true/);
});

Deno.test("a clock that cannot be correct causes a warning, and the packet is sent", async () => {
  const { now } = Date;
  Date.now = () => Date.UTC(2001, 1, 3);
  try {
    const { code, err } = await knockWith(
      "--no-rc-file -s -D 127.0.0.1 -p 9 -A tcp/22 --key-rijndael secret",
    );
    assertEquals(code, 0);
    assertMatch(err, /^fwknop: warning: the packet says 2001-02-03, before this program was made;/);
  } finally {
    Date.now = now;
  }
});
