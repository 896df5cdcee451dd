/** `fwknop … | head`: whoever reads has seen enough. And outputs that cannot be written. */
import { assert, assertEquals } from "../assert.ts";
import { AIMLESS_KNOCK, runUnread } from "../support/closed_output.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Needs, testWhere } from "../support/needs.ts";

const KNOCK = ["-T", "-vv", "-A", "tcp/22", "-a", "192.0.2.7", "--key-rijndael", "secret"];

Deno.test("a command whose output nobody reads ends quietly, with what a shell shows for SIGPIPE", async () => {
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

Deno.test("a knock that is repeated ends with its reader, while the port is tried too", async () => {
  // A port that is refused until the time is over; the second packet is told of before that.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const waits = ["--json", "--wait-time", "2", "--repeat-time", "1"];
  const ended = await runUnread(...AIMLESS_KNOCK, ...waits, "-A", `tcp/${port}`);
  assertEquals(ended, { code: 141, stderr: "" });
});

Deno.test("a folder that is written is not blamed for an output that nobody reads", () =>
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

/** Runs it with the redirections of a shell. */
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

testWhere("an output that cannot be written is one line and status 1", linux, async () => {
  const lines: readonly (readonly string[])[] = [["--help"], ["version"], ["keygen"]];
  for (const words of lines) {
    assertEquals(await runIn(">/dev/full", ...words), { code: 1, stderr: FULL }, words.join(" "));
  }
  const c = await runIn(">/dev/full", "fwknopd", "--help");
  assertEquals(c, { code: 1, stderr: FULL.replace("fwknop: ", "") });
});

testWhere(
  "a complaint that cannot be written changes nothing of how a command ends",
  linux,
  async () => {
    const words = ["explain", "--no-such-option"];
    const { code, stderr } = await runIn("", ...words);
    assert(stderr.length > 0);
    assertEquals(await runIn("2>/dev/full", ...words), { code, stderr: "" });
  },
);
