import assert from "node:assert/strict";
import { AlreadyRunning, PidFile, runningDaemon } from "../../../lib/daemon/pid_file.ts";
import { reloadDaemon, stopDaemon } from "../../../lib/daemon/remote_control.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { withFolder } from "../../support/folder.ts";
import { lineReader } from "../../support/line_reader.ts";
import { namespaceTest, until } from "../../support/namespace.ts";
import { testWhere } from "../../support/needs.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
runningDaemon("/nonexistent/fwknopd.pid");

/** A program that holds the file, and the lines of its output. */
async function holder(path: string, ...ignored: string[]) {
  const script = new URL("../../support/hold_pid_file.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", script, path, ...ignored],
    stdout: "piped",
  }).spawn();
  const nextLine = lineReader(child.stdout);
  assert.equal(await nextLine(), "held");
  return { child, nextLine };
}

Deno.test("the PID file is made with mode 0600 and holds the PID and a newline", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    using _file = PidFile.acquire(path);
    const { mode } = await Deno.stat(path);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.equal(await Deno.readTextFile(path), `${Deno.pid}\n`);
  }));

Deno.test("an old PID file without a lock belongs to no daemon, and a longer number in it is replaced", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    await Deno.writeTextFile(path, "4194304999\n");
    assert.equal(runningDaemon(path), undefined);
    assert.equal(await stopDaemon(path), undefined);
    assert.equal(reloadDaemon(path), undefined);
    assert.equal(await Deno.readTextFile(path), "4194304999\n", "asking writes nothing");
    PidFile.acquire(path, 7)[Symbol.dispose]();
    assert.equal(await Deno.readTextFile(path), "7\n");
  }));

Deno.test("a stale PID file that names a living process is not signalled", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    const bystander = new Deno.Command("sleep", { args: ["30"] }).spawn();
    await Deno.writeTextFile(path, `${bystander.pid}\n`);
    assert.equal(await stopDaemon(path), undefined);
    assert.equal(reloadDaemon(path), undefined);
    bystander.kill("SIGINT");
    assert.equal((await bystander.status).signal, "SIGINT", "nothing ended it before");
  }));

Deno.test("the lock refuses a second daemon, whatever number the file has", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    const { child, nextLine } = await holder(path);
    await Deno.writeTextFile(path, "1\n");
    assert.equal(runningDaemon(path), child.pid);
    assert.throws(
      () => PidFile.acquire(path),
      (error: unknown) => error instanceof AlreadyRunning && error.pid === child.pid,
    );
    assert.deepEqual(await stopDaemon(path), { pid: child.pid, by: "SIGTERM" });
    assert.equal((await child.status).signal, "SIGTERM");
    assert.equal(runningDaemon(path), undefined);
    assert.equal(await nextLine(), undefined);
  }));

Deno.test("reload sends SIGHUP, and stop sends SIGKILL after SIGTERM failed", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd.pid`;
    const { child, nextLine } = await holder(path, "SIGTERM");
    assert.equal(reloadDaemon(path), child.pid);
    assert.equal(await nextLine(), "reload");
    assert.deepEqual(await stopDaemon(path, 200), { pid: child.pid, by: "SIGKILL" });
    assert.equal((await child.status).signal, "SIGKILL");
    assert.equal(await nextLine(), undefined);
  }));

Deno.test("a PID file that cannot be made is an error of one line with a hint", () => {
  assert.throws(
    () => PidFile.acquire("/nonexistent/fwknopd.pid"),
    (error: unknown) =>
      error instanceof HintedError && /No such file/.test(error.message) &&
      error.hint !== undefined,
  );
});

Deno.test("a PID file below something that is no folder belongs to no daemon", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/run`, "");
    assert.equal(runningDaemon(`${folder}/run/fwknopd.pid`), undefined);
  }));

Deno.test("the hint about a PID file names the user only where the user matters", () =>
  withFolder(async (folder) => {
    const path = `${folder}/loop`;
    await Deno.symlink(path, path);
    await Deno.writeTextFile(`${folder}/run`, "");
    const hintOf = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (error instanceof HintedError) return error.hint;
        throw error;
      }
      return undefined;
    };
    const hint = "Name another file with FWKNOP_PID_FILE";
    assert.equal(hintOf(() => runningDaemon(path)), hint);
    assert.equal(hintOf(() => PidFile.acquire(path)), hint);
    assert.equal(hintOf(() => PidFile.acquire(`${folder}/run/fwknopd.pid`)), hint);
  }));

namespaceTest("the C daemon and we see each other's lock", {
  programs: ["fwknopd"],
}, (lab) =>
  withFolder(async (folder) => {
    const namespace = await lab.namespace("pid");
    const path = `${folder}/fwknopd.pid`;
    const settings = ["ENABLE_UDP_SERVER Y", `FWKNOP_RUN_DIR ${folder}`, `FWKNOP_PID_FILE ${path}`];
    await Deno.writeTextFile(`${folder}/f.conf`, settings.join("\n") + "\n", { mode: 0o600 });
    const stanza = `SOURCE ANY\nKEY_BASE64 ${btoa("k".repeat(32))}\nHMAC_KEY hmac\n`;
    await Deno.writeTextFile(`${folder}/a.conf`, stanza, { mode: 0o600 });
    const daemon = ["fwknopd", "-c", `${folder}/f.conf`, "-a", `${folder}/a.conf`];

    const { child, nextLine } = await holder(path);
    const second = await namespace.run(...daemon, "-f", "-t");
    assert.equal(second.code, 1);
    assert.match(second.stderr + second.stdout, /already running: \(PID=[0-9]+\)/);
    const status = await namespace.run(...daemon, "-S");
    assert.equal(status.stdout, `Detected fwknopd is running (pid=${child.pid}).\n`);
    child.kill("SIGKILL");
    await child.status;
    assert.equal(await nextLine(), undefined);

    const theirs = namespace.spawn([...daemon, "-f", "-t"], { stderr: "null", stdout: "null" });
    await until("the C daemon runs", () => runningDaemon(path) !== undefined);
    // `ip netns exec` becomes the program that it runs, so the PIDs are the same.
    assert.equal(runningDaemon(path), theirs.pid);
    assert.throws(() => PidFile.acquire(path), AlreadyRunning);
    assert.deepEqual(await stopDaemon(path), { pid: theirs.pid, by: "SIGTERM" });
    assert.equal((await theirs.status).code, 0);
  }));

Deno.test("a PID file that was removed is made again with its lock, unless another daemon has it by now", () =>
  withFolder(async (folder) => {
    const path = `${folder}/run/fwknopd.pid`;
    await Deno.mkdir(`${folder}/run`);
    using file = PidFile.acquire(path);
    assert.equal(file.restore(), false);
    await Deno.remove(`${folder}/run`, { recursive: true });
    assert.throws(() => file.restore(), HintedError, "its folder is not its business");
    await Deno.mkdir(`${folder}/run`);
    assert.equal(file.restore(), true);
    // Do not read it here: closing it would release the lock.
    const rival = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `
        const { PidFile } = await import(${
          JSON.stringify(new URL("../../../lib/daemon/pid_file.ts", import.meta.url).href)
        });
        try { PidFile.acquire(Deno.args[0]); } catch (error) { console.log(error.pid); }
      `,
        path,
      ],
    });
    const { stdout } = await rival.output();
    assert.equal(new TextDecoder().decode(stdout).trim(), String(Deno.pid));
    await Deno.remove(path);
    const { child } = await holder(path);
    assert.throws(
      () => file.restore(),
      (error: unknown) => error instanceof AlreadyRunning && error.pid === child.pid,
    );
    child.kill("SIGKILL");
    await child.status;
  }));

Deno.test("the daemon does not write to a PID file that another user replaced", () =>
  withFolder(async (folder) => {
    const victim = `${folder}/victim`;
    await Deno.writeTextFile(victim, "untouched");
    await Deno.mkdir(`${folder}/theirs`);
    const path = `${folder}/theirs/fwknopd.pid`;
    await Deno.symlink(`${folder}/nothing`, path);
    assert.throws(() => PidFile.acquire(path), /File exists/, "a link that leads nowhere");
    await Deno.remove(path);
    await Deno.symlink(victim, path);
    if (Deno.uid() === 0) {
      await Deno.chown(`${folder}/theirs`, 65533, 65533);
      assert.throws(() => PidFile.acquire(path), /user 65533 owns/);
    }
    await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
    assert.throws(() => PidFile.acquire(`${folder}/fifo`), /is not a regular file/);
    assert.equal(runningDaemon(`${folder}/fifo`), undefined);
    assert.equal(await Deno.readTextFile(victim), "untouched");
  }));

testWhere("a PID file on a full or read-only file system is an error whose hint helps there", {
  system: "linux",
  root: true,
}, () =>
  withFolder(async (folder) => {
    const module = new URL("../../../lib/daemon/pid_file.ts", import.meta.url).href;
    const code = `
        const { PidFile } = await import(${JSON.stringify(module)});
        try { PidFile.acquire("${folder}/pid"); } catch (error) { console.log(error.message, "|", error.hint); }
      `;
    const answers = {
      "head -c 9999 /dev/zero > $0/filler":
        /No space left on device \| Make room on its file system/,
      "mount -o remount,ro $0": /Read-only file system \| Name a file on a file system that can be/,
    };
    for (const [makeUnusable, answer] of Object.entries(answers)) {
      const shell =
        `mount -t tmpfs -o size=4k none $0; { ${makeUnusable}; } 2> /dev/null; exec "$@"`;
      const words = ["sh", "-c", shell, folder, Deno.execPath(), "eval", code];
      const { stdout } = await new Deno.Command("unshare", { args: ["--mount", ...words] })
        .output();
      assert.match(new TextDecoder().decode(stdout), answer);
    }
  }));
