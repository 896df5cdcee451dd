import assert from "node:assert/strict";
import { runningDaemon } from "../../../lib/daemon/pid_file.ts";
import { stopDaemon } from "../../../lib/daemon/remote_control.ts";
import { testWhere } from "../../support/needs.ts";
import { withFolder } from "../../support/folder.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
runningDaemon("/nonexistent/fwknopd.pid");

async function detach(path: string, manner: string) {
  const script = new URL("../../support/detach.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", script, path, manner],
    cwd: path.replace(/\/[^/]*$/, ""),
  }).output();
  const decoder = new TextDecoder();
  return { code, outcome: JSON.parse(decoder.decode(stdout)), stderr: decoder.decode(stderr) };
}

function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  return withFolder((folder) => body(`${folder}/fwknopd.pid`));
}

testWhere(
  "the caller returns when the daemon is ready, and the daemon has released the terminal",
  { system: "linux" },
  () =>
    inFolder(async (path) => {
      const { code, outcome, stderr } = await detach(path, "well");
      try {
        assert.equal(code, 0);
        assert.equal(stderr, "");
        assert.equal(outcome.started, true);
        assert.equal(runningDaemon(path), outcome.pid, "it holds the lock by then");
        const look = (what: string) => Deno.readLinkSync(`/proc/${outcome.pid}/${what}`);
        assert.deepEqual(["fd/0", "fd/1", "fd/2", "cwd"].map(look), [
          "/dev/null",
          "/dev/null",
          "/dev/null",
          "/",
        ]);
        const stat = Deno.readTextFileSync(`/proc/${outcome.pid}/stat`).replace(/.*\) /, "");
        const [, , group, session, terminal] = stat.split(" ").map(Number);
        assert.deepEqual([group, session, terminal], [outcome.pid, outcome.pid, 0]);
        const environment = Deno.readTextFileSync(`/proc/${outcome.pid}/status`);
        assert.match(environment, /^Umask:\s+0022$/m);
      } finally {
        await stopDaemon(path);
      }
    }),
);

Deno.test("a daemon that fails passes its reason and its exit status to the caller", () =>
  inFolder(async (path) => {
    assert.deepEqual(await detach(path, "badly"), {
      code: 3,
      outcome: { started: false, code: 3 },
      stderr: "the reason\n",
    });
    const killed = await detach(path, "killed");
    assert.notEqual(killed.code, 0);
    assert.equal(killed.outcome.started, false);
  }));

Deno.test("the caller of a second daemon gets its failure", () =>
  inFolder(async (path) => {
    const first = await detach(path, "well");
    try {
      const second = await detach(path, "well");
      assert.notEqual(second.code, 0);
      assert.match(second.stderr, new RegExp(`already running: \\(PID=${first.outcome.pid}\\)`));
    } finally {
      await stopDaemon(path);
    }
  }));
