import assert from "node:assert/strict";
import type { RunCommand } from "../../cmd/command.ts";
import { runReload } from "../../cmd/reload_run.ts";
import { runStatus } from "../../cmd/status_run.ts";
import { runStop } from "../../cmd/stop_run.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { runningDaemon } from "../../lib/daemon/pid_file.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";
import { lineReader } from "../support/line_reader.ts";

// Loaded here and not within a test, where Deno 2.4 would call it a leak.
runningDaemon("/nonexistent/fwknopd.pid");

/** What a command prints and how it ends, given a PID file. */
async function run(command: RunCommand, pidFile: string, ...switches: string[]) {
  const context = new BufferContext();
  const config = `${pidFile}.conf`;
  await Deno.writeTextFile(config, "", { mode: 0o600 });
  const code = await command(
    new GivenOptions([
      { name: "config-file", value: config },
      { name: "pid-file", value: pidFile },
      ...switches.map((name) => ({ name, value: "" })),
    ]),
    [],
    context,
  );
  return { code, out: context.stdout, err: context.stderr };
}

Deno.test("status, reload and stop say what the C daemon says, with its exit statuses", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    const none = "No running fwknopd detected.\n";
    assert.deepEqual(await run(runStatus, path), { code: 1, out: none, err: "" });
    assert.deepEqual(await run(runReload, path), { code: 1, out: none, err: "" });
    assert.deepEqual(await run(runStop, path), { code: 1, out: "", err: none });

    const script = new URL("../support/hold_pid_file.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", script, path],
      stdout: "piped",
    }).spawn();
    const nextLine = lineReader(child.stdout);
    assert.equal(await nextLine(), "held");
    assert.deepEqual(await run(runStatus, path), {
      code: 0,
      out: `Detected fwknopd is running (pid=${child.pid}).\n`,
      err: "",
    });
    const { out } = await run(runStatus, path, "json");
    assert.deepEqual(JSON.parse(out), { running: true, pid: child.pid, pidFile: path });
    assert.deepEqual(await run(runReload, path), {
      code: 0,
      out: `Sent restart signal to fwknopd (pid=${child.pid})\n`,
      err: "",
    });
    assert.equal(await nextLine(), "reload");
    assert.deepEqual(await run(runStop, path), {
      code: 0,
      out: `Killed fwknopd (pid=${child.pid}) via SIGTERM\n`,
      err: "",
    });
    assert.equal(await nextLine(), undefined);
    await child.status;
  }));
