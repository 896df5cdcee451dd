import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { outputLines } from "../../../lib/exec/bounded_output.ts";
import type { PolicyName } from "../../../lib/exec/policy.ts";
import { type EndedProgram, runProgram, type RunProgramOptions } from "../../../lib/exec/run.ts";
import { processRuns, until } from "../../support/namespace.ts";
import { type Needs, testWhere } from "../../support/needs.ts";

const unix: Needs = { system: "unix" };

async function run(
  name: PolicyName,
  script: string,
  options?: RunProgramOptions,
): Promise<EndedProgram> {
  const ended = await runProgram(name, ["sh", "-c", script], options);
  assert(!("why" in ended), JSON.stringify(ended));
  return ended;
}

function pidIn({ stdout }: EndedProgram): number {
  const pid = Number(outputLines(stdout)[0]);
  assert(pid > 1);
  return pid;
}

testWhere("input, both outputs and the status reach their places", unix, async () => {
  const ended = await run("firewall", "cat; echo bad >&2; exit 3", { input: "in\n" });
  const text = new TextDecoder();
  assertEquals([ended.how, ended.code], ["ended", 3]);
  assertEquals([text.decode(ended.stdout), text.decode(ended.stderr)], ["in\n", "bad\n"]);
  const together = await run("command", "echo a; echo b >&2");
  assertEquals(outputLines(together.stdout).sort(), ["a", "b"]);
});

testWhere("a program that does not read its input still ends", unix, async () => {
  const ended = await run("firewall", "exec <&-; sleep 0.1; exit 4", {
    input: "x".repeat(1 << 20),
  });
  assertEquals([ended.how, ended.code], ["ended", 4]);
});

for (const name of ["firewall", "look-up", "gpg"] as const) {
  testWhere(`${name}: a child that holds the outputs after the end is killed`, unix, async () => {
    const ended = await run(name, "sleep 61 & echo $!");
    assertEquals([ended.how, ended.code], ["ended", 0]);
    await until("it is gone", () => !processRuns(pidIn(ended)));
  });

  testWhere(`${name}: after its time limit it is killed with its children`, unix, async () => {
    const ended = await run(name, "sleep 61 & echo $!; wait", { milliseconds: 200 });
    assertEquals(ended.how, "late");
    await until("it is gone", () => !processRuns(pidIn(ended)));
  });
}

testWhere(
  "a child in its own session delays the result only by the limit on the wait",
  unix,
  async () => {
    const ended = await run("firewall", "setsid sleep 61 & echo $!");
    assertEquals([ended.how, ended.code], ["ended", 0]);
    Deno.kill(pidIn(ended), "SIGKILL");
  },
);

testWhere("a command may leave a child running", unix, async () => {
  const pid = pidIn(await run("command", "sleep 61 & echo $!"));
  assert(processRuns(pid));
  Deno.kill(pid, "SIGKILL");
});

testWhere(
  "a program that writes without end is killed, or its output is discarded",
  unix,
  async () => {
    assertEquals((await run("gpg", "exec yes")).how, "too-much");
    const cut = await run("command", "yes | head -c 100000");
    assertEquals([cut.how, cut.code, cut.truncated, cut.stdout.length], ["ended", 0, true, 4096]);
  },
);

testWhere(
  "a signal stops a program with its children, and prevents further starts",
  unix,
  async () => {
    const ending = new AbortController();
    const running = run("look-up", "sleep 61 & echo $!; wait", { signal: ending.signal });
    ending.abort();
    const ended = await running;
    assertEquals(ended.how, "stopped");
    const after = await runProgram("look-up", ["true"], { signal: ending.signal });
    assertEquals("why" in after && after.why, "stopped");
  },
);

testWhere("a slot is free again when its program has ended", unix, async () => {
  const ending = new AbortController();
  const options = { stanza: 7, signal: ending.signal };
  const both = [1, 2].map(() => run("look-up", "exec sleep 61", options));
  const third = await runProgram("look-up", ["true"], options);
  assertEquals(third, { why: "busy", reason: "2 programs of this stanza are running" });
  const other = await runProgram("look-up", ["true"], { stanza: 8 });
  assert(!("why" in other) && other.code === 0);
  ending.abort();
  await Promise.all(both);
  const next = await runProgram("look-up", ["true"], { stanza: 7 });
  assert(!("why" in next) && next.code === 0);
});

testWhere("a program that cannot be started reports why", unix, async () => {
  const why = async (...words: string[]): Promise<string> => {
    const failure = await runProgram("firewall", words);
    assert("why" in failure);
    return `${failure.why}: ${failure.reason}`;
  };
  assertEquals(await why("/no/such/program"), "missing: No such file or directory");
  assertEquals(await why("no-such-program"), "missing: No such file or directory");
  assertEquals(await why("/etc/passwd"), "forbidden: Permission denied");
});

/** Uses up all descriptors, then starts a program. */
const OUT_OF_DESCRIPTORS = `
  import { runProgram } from ${
  JSON.stringify(new URL("../../../lib/exec/run.ts", import.meta.url).href)
};
  await runProgram("firewall", ["true"]);
  const files = [];
  try {
    for (;;) files.push(Deno.openSync("/dev/null"));
  } catch { /* no more */ }
  const failure = await runProgram("firewall", ["/bin/true"]);
  files.forEach((file) => file.close());
  console.log(JSON.stringify(failure));`;

testWhere(
  "a process without a free descriptor reports that, and not a missing program",
  unix,
  async () => {
    const words = ['ulimit -n 40; exec "$0" "$@"', Deno.execPath(), "eval", "--quiet", "--ext=ts"];
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", ...words, OUT_OF_DESCRIPTORS],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assertMatch(
      text.decode(stdout),
      /"why":"exhausted","reason":"Too many open files"/,
      text.decode(stderr),
    );
  },
);
