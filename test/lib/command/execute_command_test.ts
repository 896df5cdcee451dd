import { assert, assertEquals, assertMatch } from "../../assert.ts";
import {
  type CommandLimits,
  type CommandOutcome,
  type CommandRun,
  executeCommand as run,
} from "../../../lib/command/execute_command.ts";
import { SEARCH_PATH } from "../../../lib/exec/policy.ts";
import { withFolder } from "../../support/folder.ts";
import { processRuns, until } from "../../support/namespace.ts";
import { testWhere } from "../../support/needs.ts";

const limits: CommandLimits = { seconds: 20 };

async function executeCommand(
  words: readonly string[],
  options: CommandLimits,
  identity?: CommandRun["identity"],
): Promise<CommandOutcome> {
  const outcome = await run(words, options, { kind: "command", stanza: 1, identity });
  assert(typeof outcome !== "string");
  return outcome;
}

function script(text: string): string[] {
  return ["sh", "-c", text];
}

Deno.test("a command sees PATH and LC_ALL, no variable of ours, and works in /", async () => {
  const { output } = await executeCommand(["env"], limits);
  assertEquals([...output].sort(), ["LC_ALL=C", `PATH=${SEARCH_PATH}`]);
  assertEquals((await executeCommand(["pwd"], limits)).output, ["/"]);
});

Deno.test("a command has no input and none of our descriptors", async () => {
  // libpcap does not mark its descriptors close-on-exec; this socket is not marked either.
  const libc = Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const socket = libc.symbols.socket(2, 2, 0);
  try {
    assert(socket > 2);
    const { output } = await executeCommand(["ls", "-l", "/proc/self/fd"], limits);
    const open = output.flatMap((line) => / ([0-9]+) -> (.*)$/.exec(line)?.slice(1, 3) ?? []);
    // 3 is the folder that ls reads.
    assertEquals(open.filter((_, index) => index % 2 === 0), ["0", "1", "2", "3"]);
    assertEquals(open[1], "/dev/null");
  } finally {
    libc.symbols.close(socket);
    libc.close();
  }
});

testWhere(
  "a command of another user has that uid and gid and no other group",
  { root: true },
  async () => {
    const both = ["sh", "-c", "id -u; id -g; id -G; grep Groups /proc/self/status"];
    const { output } = await executeCommand(both, limits, { uid: 65534, gid: 1 });
    assertEquals(output.map((line) => line.trim()), ["65534", "1", "1", "Groups:"]);
  },
);

testWhere(
  "root's supplementary groups are cleared too, when the daemon has any",
  { root: true },
  async () => {
    const module = new URL("../../../lib/command/execute_command.ts", import.meta.url).href;
    const program = `
      import { executeCommand } from ${JSON.stringify(module)};
      const [options, run] = [{ seconds: 20 }, { kind: "command", stanza: 1 }];
      for (const identity of [{ uid: 65534, gid: 65534 }, { uid: 0, gid: 65534 }]) {
        console.log((await executeCommand(["id", "-G"], options, { ...run, identity })).output[0].trim());
      }`;
    const { stdout, stderr } = await new Deno.Command("setpriv", {
      args: ["--groups", "4,24", Deno.execPath(), "eval", "--quiet", "--ext=ts", program],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assertEquals(
      text.decode(stdout).split("\n"),
      ["65534", "65534", ""],
      text.decode(stderr),
    );
  },
);

Deno.test("exit status, both outputs and the signal are reported", async () => {
  const ended = await executeCommand(script("echo out; echo err >&2; exit 7"), limits);
  assertEquals([ended.how, ended.status, [...ended.output].sort()], ["ended", 7, ["err", "out"]]);
  const killed = await executeCommand(script("kill -9 $$"), limits);
  assertEquals([killed.how, killed.status], ["signalled", 9]);
});

Deno.test("a command that cannot be started reports why", async () => {
  const missing = await executeCommand(["/no/such/program"], limits);
  assertEquals([missing.how, missing.status], ["not-started", 255]);
  assertMatch(missing.output.join(), /No such file or directory/);
  const forbidden = await executeCommand(["/etc/passwd"], limits);
  assertEquals(forbidden.how, "not-started");
  assertMatch(forbidden.output.join(), /Permission denied/);
});

Deno.test("output is kept up to a limit, and the writer never blocks", async () => {
  const much = await executeCommand(
    script("head -c 1000000 /dev/zero | tr '\\\\0' x; echo end"),
    limits,
  );
  assertEquals([much.how, much.status, much.truncated], ["ended", 0, true]);
  assertEquals(much.output.join("").length, 4096);
});

Deno.test("after its time limit a command is stopped with all its children", async () => {
  let late: CommandOutcome | undefined;
  void executeCommand(script("sleep 61 & echo $!; wait"), { ...limits, seconds: 0.3 })
    .then((outcome) => late = outcome);
  await until("the command is stopped", () => late !== undefined, 30);
  assert(late !== undefined);
  assertEquals([late.how, late.status], ["late", 15]);
  const pid = Number(late.output[0]);
  assert(pid > 1);
  await until("the grandchild is gone", () => !processRuns(pid));
});

Deno.test("a command that ignores the request to stop is killed", async () => {
  const stubborn = script("trap '' TERM; while :; do sleep 0.05; done");
  const { how, status } = await executeCommand(stubborn, { ...limits, seconds: 0.2 });
  assertEquals([how, status], ["late", 9]);
});

Deno.test("a command has ended when its own process has, even if it leaves children", async () => {
  const { how, output } = await executeCommand(script("sleep 30 & echo $!"), limits);
  assertEquals(how, "ended");
  const pid = Number(output[0]);
  assert(processRuns(pid), "the child that it left runs on");
  Deno.kill(pid, "SIGKILL");
});

Deno.test("the rest of the program runs meanwhile", () =>
  withFolder(async (folder) => {
    // The command ends only when the program has done something else; otherwise its time limit ends it.
    const running = executeCommand(script(`until [ -e ${folder}/go ]; do sleep 0.02; done`), {
      ...limits,
      seconds: 20,
    });
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve));
    Deno.writeTextFileSync(`${folder}/go`, "");
    const { how } = await running;
    assertEquals(how, "ended");
  }));
