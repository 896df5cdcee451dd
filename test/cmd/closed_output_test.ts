/** Outputs whose reader ends early, as in `fwknop … | head`, and outputs that cannot be written. */
import { assert, assertEquals } from "../assert.ts";
import { AIMLESS_KNOCK, runUnread } from "../support/closed_output.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Needs, testWhere } from "../support/needs.ts";

const KNOCK = ["-T", "-vv", "-A", "tcp/22", "-a", "192.0.2.7", "--key-rijndael", "secret"];

Deno.test("a command whose output has no reader prints nothing and ends with a shell's status for SIGPIPE", async () => {
  const lines: readonly (readonly string[])[] = [
    ["--help"],
    ["help", "knock"],
    ["version"],
    ["print", "man", "fwknop"],
    ["keygen"],
    ["knock", "--no-rc-file", ...KNOCK],
  ];
  for (const words of lines) {
    assertEquals(await runUnread(...words), { code: 141, stderr: "" }, words.join(" "));
  }
});

Deno.test("the command lines of the C tools end in the same way", async () => {
  assertEquals(await runUnread("--no-rc-file", "--no-save-args", ...KNOCK), {
    code: 141,
    stderr: "",
  });
  assertEquals(await runUnread("fwknopd", "--help"), { code: 141, stderr: "" });
});

Deno.test("a repeated knock ends when its reader ends, also while the port is tried", async () => {
  // The port refuses until the time is over. The second packet is reported before that.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const waits = ["--json", "--wait-time", "2", "--repeat-time", "1"];
  const ended = await runUnread(...AIMLESS_KNOCK, ...waits, "-A", `tcp/${port}`);
  assertEquals(ended, { code: 141, stderr: "" });
});

Deno.test("an output without a reader is not reported as an error of the folder that is written", () =>
  withFolder(async (folder) => {
    const config = `${folder}/uci`;
    await Deno.writeTextFile(config, "config global\n\toption uci_enabled 1\n");
    assertEquals(await runUnread("uci", config, "--output", `${folder}/out`), {
      code: 141,
      stderr: "",
    });
  }));

const FULL = "fwknop: Cannot write to standard output: No space left on device\n";
const linux: Needs = { system: "linux" };

/** Runs the program with the redirections of a shell. */
async function runIn(
  redirections: string,
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stderr: string }> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `exec "$@" ${redirections}`, "sh", ...SOURCE_PROGRAM, ...words],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

testWhere(
  "an output that cannot be written is an error of one line and status 1",
  linux,
  async () => {
    const lines: readonly (readonly string[])[] = [["--help"], ["version"], ["keygen"]];
    for (const words of lines) {
      assertEquals(await runIn(">/dev/full", ...words), { code: 1, stderr: FULL }, words.join(" "));
    }
    const c = await runIn(">/dev/full", "fwknopd", "--help");
    assertEquals(c, { code: 1, stderr: FULL.replace("fwknop: ", "") });
  },
);

testWhere(
  "a complaint that cannot be written does not change the exit status",
  linux,
  async () => {
    const words = ["explain", "--no-such-option"];
    const { code, stderr } = await runIn("", ...words);
    assert(stderr.length > 0);
    assertEquals(await runIn("2>/dev/full", ...words), { code, stderr: "" });
  },
);
