import { assert, assertEquals } from "../assert.ts";
import { CLIENTS, knockWith, stanzaOf, withReadableFolder } from "../support/command_knock.ts";
import { startOurs, startSniffing } from "../support/daemons.ts";
import { type Namespace, namespaceTest, until } from "../support/namespace.ts";

const HERE = "127.0.0.1";

function send(
  host: Namespace,
  client: readonly string[],
  command: string,
): Promise<void> {
  return knockWith(client, host, HERE, "-a", "192.0.2.44", "-C", command);
}

/** A program that records how it was started. */
const WITNESS = `#!/bin/sh
exec > "$(dirname "$0")/out/$1"
for word in "$@"; do echo "word:$word"; done
echo "ids:$(id -u) $(id -g) $(id -G)"
echo "folder:$(pwd)"
tr '\\0' '\\n' < /proc/$$/environ | sed 's/^/env:/'
ls -l /proc/$$/fd > "$(dirname "$0")/out/descriptors"
echo done
`;

for (const [name, client] of Object.entries(CLIENTS)) {
  namespaceTest(
    `a command of ${
      name === "ours" ? "knock" : "the C client"
    } runs as the stanza's user, without shell, group or descriptor`,
    { programs: ["fwknop"] },
    (lab) =>
      withReadableFolder(async (folder) => {
        const host = await lab.namespace("host");
        Deno.writeTextFileSync(`${folder}/witness`, WITNESS, { mode: 0o755 });
        Deno.mkdirSync(`${folder}/out`);
        Deno.chmodSync(`${folder}/out`, 0o777);
        const accessConf = stanzaOf(
          "ENABLE_CMD_EXEC Y",
          "CMD_EXEC_USER nobody",
          "CMD_EXEC_GROUP daemon",
        );
        const daemon = await startOurs(host, { folder, accessConf });
        await send(host, client, `${folder}/witness x 'a b' $HOME; id`);
        await daemon.line(/CMD_EXEC: command returned 0, pid_status: 0$/);
        const said = Deno.readTextFileSync(`${folder}/out/x`).trim().split("\n");
        const told = (word: string): string[] =>
          said.filter((line) => line.startsWith(`${word}:`)).map((line) =>
            line.slice(word.length + 1)
          );
        assertEquals(told("word"), ["x", "'a", "b'", "$HOME;", "id"]);
        assertEquals(told("ids"), ["65534 1 1"]);
        assertEquals(told("folder"), ["/"]);
        const names = told("env").map((line) => line.replace(/=.*/, ""));
        assertEquals(names.filter((word) => word !== "PWD").sort(), ["LC_ALL", "PATH"]);
        // From 10 on they belong to the shell, for files that are already open.
        const open = Deno.readTextFileSync(`${folder}/out/descriptors`)
          .matchAll(/ ([0-9]+) -> (.*)$/gm);
        const inherited = Array.from(open, ([, number = "", target = ""]) => [number, target])
          .filter(([number, target]) => Number(number) < 10 || !target?.startsWith(folder));
        assertEquals(inherited.map(([number]) => number), ["0", "1", "2"]);
        assertEquals(inherited[0]?.[1], "/dev/null");
        await daemon.line(
          /^\[127\.0\.0\.1\] \(stanza #1\) Running command '.*' setuid\/setgid user\/group to nobody\/daemon \(UID=65534,GID=1\)$/,
        );
        await daemon.stop();
      }),
  );
}

namespaceTest(
  "sudo gets the user and the group of the stanza",
  { programs: ["fwknop", "sudo"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = stanzaOf(
        "ENABLE_CMD_EXEC Y",
        "ENABLE_CMD_SUDO_EXEC Y",
        "CMD_SUDO_EXEC_USER nobody",
        "CMD_SUDO_EXEC_GROUP daemon",
      );
      const daemon = await startOurs(host, { folder, accessConf });
      await send(host, CLIENTS.reference, "id -un");
      await daemon.line(/CMD_EXEC: output: nobody$/);
      await send(host, CLIENTS.reference, "id -gn");
      await daemon.line(/CMD_EXEC: output: daemon$/);
      // The command cannot choose its user with an option of sudo.
      const from = daemon.lines.length;
      await send(host, CLIENTS.reference, "-u root id");
      await daemon.line(/CMD_EXEC: command returned 0, pid_status: [1-9]/, { from });
      assert(!daemon.lines.slice(from).some((line) => line.includes("uid=0")));
      await daemon.stop();
    }),
);

namespaceTest(
  "the server stops a command that takes too long, and serves packets meanwhile",
  { programs: ["fwknop"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = stanzaOf("ENABLE_CMD_EXEC Y");
      const fwknopdConf = ["CMD_EXEC_TIMEOUT 4"];
      const daemon = await startOurs(host, { folder, accessConf, fwknopdConf });
      await send(host, CLIENTS.reference, "sleep 61");
      await daemon.line(/Running command 'sleep 61'/);
      const from = daemon.lines.length;
      await send(host, CLIENTS.reference, "echo meanwhile");
      await daemon.line(/CMD_EXEC: output: meanwhile/, { from });
      assert(!daemon.lines.some((line) => line.includes("CMD_EXEC_TIMEOUT")));
      await daemon.line(/CMD_EXEC: stopped, because it ran longer than CMD_EXEC_TIMEOUT/, { from });
      await daemon.line(/CMD_EXEC: command returned 16, pid_status: 15/, { from });
      await daemon.stop();
    }),
);

namespaceTest(
  "the server refuses commands where they are not enabled, and runs none in test mode",
  { programs: ["fwknop"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = stanzaOf("OPEN_PORTS tcp/22");
      const daemon = await startOurs(host, { folder, accessConf }, "--test");
      await send(host, CLIENTS.reference, `touch ${folder}/made`);
      await daemon.line(/SPA Command messages are not allowed in the current configuration\./);
      await daemon.stop();
      const enabled = stanzaOf("ENABLE_CMD_EXEC Y");
      const testing = await startOurs(host, { folder, accessConf: enabled }, "--test");
      await send(host, CLIENTS.reference, `touch ${folder}/made`);
      await testing.line(/--test mode enabled, skipping command execution\./);
      await testing.stop();
      assert(!Array.from(Deno.readDirSync(folder)).some((entry) => entry.name === "made"));
    }),
);

namespaceTest(
  "a reload looks up users and applies a new time limit without the permission to load libraries",
  { programs: ["fwknop"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: stanzaOf("OPEN_PORTS tcp/22") });
      const accessConf = stanzaOf("ENABLE_CMD_EXEC Y", "CMD_EXEC_USER nobody");
      Deno.writeTextFileSync(`${folder}/access.conf`, accessConf);
      const settings = `FWKNOP_RUN_DIR ${folder}/run\nCMD_EXEC_TIMEOUT 1\n`;
      Deno.writeTextFileSync(`${folder}/fwknopd.conf`, settings);
      Deno.kill(Number(Deno.readTextFileSync(`${folder}/run/fwknopd.pid`)), "SIGHUP");
      await daemon.line(/Re-starting fwknopd/);
      await send(host, CLIENTS.reference, "id -un");
      await daemon.line(/CMD_EXEC: output: nobody$/);
      await send(host, CLIENTS.reference, "sleep 61");
      await daemon.line(/CMD_EXEC: stopped, because it ran longer than CMD_EXEC_TIMEOUT/);
      await daemon.stop();
    }),
);

namespaceTest(
  "a command does not inherit the sockets that libpcap opens",
  { programs: ["fwknop"], unavailable: libpcapMissing },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const files = { folder, accessConf: stanzaOf("ENABLE_CMD_EXEC Y") };
      const daemon = await startSniffing(host, files, "-i", "lo");
      await send(host, CLIENTS.reference, "ls -l /proc/self/fd");
      await daemon.line(/CMD_EXEC: command returned 0, pid_status: 0$/);
      const descriptors = daemon.lines.flatMap((line) =>
        / ([0-9]+) -> (\S+)$/.exec(line)?.slice(1, 3).join(" ") ?? []
      );
      assertEquals(descriptors.map((text) => text.replace(/[0-9]+\]$|\/[0-9]+\/fd$/, "")), [
        "0 /dev/null",
        "1 pipe:[",
        "2 pipe:[",
        "3 /proc",
      ]);
      await daemon.stop();
    }),
);

namespaceTest(
  "a daemon that a command stops does not wait for the command, and ends it",
  { programs: ["fwknop"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const host = await lab.namespace("host");
      const script = `#!/bin/sh\ntrap "" TERM\nkill "$(cat ${folder}/run/fwknopd.pid)"\nsleep 61\n`;
      Deno.writeTextFileSync(`${folder}/stop`, script, { mode: 0o755 });
      const daemon = await startOurs(host, { folder, accessConf: stanzaOf("ENABLE_CMD_EXEC Y") });
      await send(host, CLIENTS.reference, `${folder}/stop`);
      await daemon.line(/Shutting Down fwknopd\./, { seconds: 5 });
      await until("nothing runs any more", async () => (await lab.pids(host)).length === 0);
      await daemon.stop();
    }),
);

function libpcapMissing(): string | undefined {
  try {
    Deno.dlopen("libpcap.so.0.8", {}).close();
    return undefined;
  } catch {
    return "libpcap is missing";
  }
}
