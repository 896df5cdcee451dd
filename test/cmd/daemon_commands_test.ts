import assert from "node:assert/strict";
import type { Command } from "../../cmd/command.ts";
import { reload } from "../../cmd/reload.ts";
import { status } from "../../cmd/status.ts";
import { stop } from "../../cmd/stop.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { runningDaemon } from "../../lib/daemon/pid_file.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { GOOD_STANZA } from "../support/config_files.ts";
import { withFolder } from "../support/folder.ts";
import { lineReader } from "../support/line_reader.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
runningDaemon("/nonexistent/fwknopd.pid");

/** The output and the exit status of a command, with a PID file. */
async function run(command: Command["run"], pidFile: string, ...switches: string[]) {
  return await runWith(command, pidFile, "", switches);
}

/** The same with more lines in the configuration. */
async function runWith(
  command: Command["run"],
  pidFile: string,
  lines: string,
  switches: readonly string[] = [],
  stanza = GOOD_STANZA,
) {
  const context = new BufferContext();
  const config = `${pidFile}.conf`;
  const access = `${pidFile}.access`;
  await Deno.writeTextFile(config, `ACCESS_FILE ${access}\n${lines}`, { mode: 0o600 });
  await Deno.writeTextFile(access, stanza, { mode: 0o600 });
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

Deno.test("status, reload and stop print the C daemon's lines and have its exit statuses", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    const none = "No running fwknopd detected.\n";
    assert.deepEqual(await run(status.run, path), { code: 1, out: none, err: "" });
    assert.deepEqual(await run(reload.run, path), { code: 1, out: none, err: "" });
    assert.deepEqual(await run(stop.run, path), { code: 1, out: "", err: none });

    const script = new URL("../support/hold_pid_file.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", script, path],
      stdout: "piped",
    }).spawn();
    const nextLine = lineReader(child.stdout);
    assert.equal(await nextLine(), "held");
    assert.deepEqual(await run(status.run, path), {
      code: 0,
      out: `Detected fwknopd is running (pid=${child.pid}).\n`,
      err: "",
    });
    const { out } = await run(status.run, path, "json");
    assert.deepEqual(JSON.parse(out), { running: true, pid: child.pid, pidFile: path });
    assert.deepEqual(await run(reload.run, path), {
      code: 0,
      out: `Sent restart signal to fwknopd (pid=${child.pid})\n`,
      err: "",
    });
    assert.equal(await nextLine(), "reload");

    // These commands must work with errors in the configuration, so they ignore the bad value.
    const wrong = "MAX_SPA_PACKET_AGE 2m\n";
    const told = new RegExp(
      `^\\[\\*\\] var MAX_SPA_PACKET_AGE value '2m' not in the range 1-\\d+\n  at ${path}.conf:2:20\n` +
        "[^]*Warning: the configuration has errors; continuing with defaults",
    );
    const answer = await runWith(status.run, path, wrong);
    assert.deepEqual([answer.code, answer.out], [
      0,
      `Detected fwknopd is running (pid=${child.pid}).\n`,
    ]);
    assert.match(answer.err, told);
    // A reload would change nothing in the server, so no signal is sent.
    for (
      const refused of [
        await runWith(reload.run, path, wrong),
        await runWith(reload.run, path, "", [], `${GOOD_STANZA}OPEN_PORTS tcp/x\n`),
      ]
    ) {
      assert.deepEqual([refused.code, refused.out], [1, ""]);
      assert.match(refused.err, /\n {2}at .*\n[^]*no signal is sent: a running server keeps/);
    }
    // If a signal had been sent, the next line would not be the one of this reload and this stop.
    assert.equal((await run(reload.run, path)).code, 0);
    assert.equal(await nextLine(), "reload");
    assert.deepEqual(await run(stop.run, path), {
      code: 0,
      out: `Killed fwknopd (pid=${child.pid}) via SIGTERM\n`,
      err: "",
    });
    assert.equal(await nextLine(), undefined);
    await child.status;
  }));
