import { assertEquals } from "../assert.ts";
import { CLIENTS, knockWith, stanzaOf, withReadableFolder } from "../support/command_knock.ts";
import { type DaemonFiles, startOurs, startReference } from "../support/daemons.ts";
import type { LoggedProcess } from "../support/logged_process.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

/** Commands that end in every possible way. */
const COMMANDS = ["true", "FOLDER/seven a;b 'c d'", "FOLDER/suicide", "/no/such/program", "sh"];

const COMMAND_EXECUTION = ["", "CMD_EXEC_USER nobody", "CMD_EXEC_USER root"];

/** The lines that a daemon logs about the commands, in order. */
async function linesOf(
  host: Namespace,
  start: (host: Namespace, files: DaemonFiles) => Promise<LoggedProcess>,
  files: DaemonFiles,
): Promise<string[]> {
  const daemon = await start(host, files);
  for (const command of COMMANDS) {
    const from = daemon.lines.length;
    const text = command.replace("FOLDER", files.folder);
    await knockWith(CLIENTS.reference, host, "127.0.0.1", "-a", "192.0.2.44", "-C", text);
    await daemon.line(/CMD_EXEC: command returned/, { from });
  }
  await daemon.stop();
  // The C daemon often loses the status: the code that reaps a child first drops it.
  return daemon.lines.filter((line) => /command|execvpe/i.test(line) && !/output:/.test(line))
    .map((line) => line.replace(/command returned.*/, "command returned …"));
}

for (const execution of COMMAND_EXECUTION) {
  namespaceTest(
    `the daemon logs command messages as the C daemon does${execution && ` with ${execution}`}`,
    { programs: ["fwknop", "fwknopd", "iptables"] },
    (lab) =>
      withReadableFolder(async (folder) => {
        Deno.writeTextFileSync(`${folder}/seven`, "#!/bin/sh\nexit 7\n", { mode: 0o755 });
        Deno.writeTextFileSync(`${folder}/suicide`, "#!/bin/sh\nkill -9 $$\n", { mode: 0o755 });
        const accessConf = stanzaOf("ENABLE_CMD_EXEC Y", ...(execution === "" ? [] : [execution]));
        const ours = await linesOf(await lab.namespace("ours"), startOurs, { folder, accessConf });
        const reference = await linesOf(
          await lab.namespace("reference"),
          startReference,
          { folder, accessConf },
        );
        assertEquals(ours, reference);
      }),
  );
}

/** One cycle from its packet to its close. */
async function cycleLinesOf(
  host: Namespace,
  start: (host: Namespace, files: DaemonFiles) => Promise<LoggedProcess>,
  files: DaemonFiles,
): Promise<string[]> {
  const daemon = await start(host, files);
  const options = ["-a", "192.0.2.44", "-A", "tcp/22,udp/53", "-f", "2"];
  await knockWith(CLIENTS.reference, host, "127.0.0.1", ...options);
  await daemon.line(/Timer expired/);
  const from = daemon.lines.length;
  await knockWith(CLIENTS.reference, host, "127.0.0.1", "-a", "192.0.2.44", "-C", "id");
  await daemon.line(/Could not build/, { from });
  await daemon.stop();
  return daemon.lines.filter((line) => /CMD_CYCLE|Timer|FWKNOP/.test(line));
}

namespaceTest(
  "the daemon logs a cycle as the C daemon does, with the same arguments",
  { programs: ["fwknop", "fwknopd"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const accessConf = stanzaOf(
        "CMD_CYCLE_OPEN true $IP $SRC,$PKT_SRC $PORT:$PROTO $CLIENT_TIMEOUT $UNKNOWN",
        "CMD_CYCLE_CLOSE true -d $SRC $PORT",
        "CMD_CYCLE_TIMER 60",
      );
      const ours = await cycleLinesOf(await lab.namespace("ours"), startOurs, {
        folder,
        accessConf,
      });
      const reference = await cycleLinesOf(
        await lab.namespace("reference"),
        startReference,
        { folder, accessConf },
      );
      // Our daemon prints a hint at the start; the C daemon prints nothing about it.
      assertEquals(ours.filter((line) => !line.includes("is not a variable")), reference);
    }),
);
