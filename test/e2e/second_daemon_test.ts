import { assertEquals, assertMatch } from "../assert.ts";
import { runningDaemon } from "../../lib/daemon/pid_file.ts";
import { startOurs, startReference } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { namespaceTest, until } from "../support/namespace.ts";

namespaceTest(
  "the start of a second server reports the first one and nothing else",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
      const first = await startOurs(host, { folder, accessConf, fwknopdConf: [] });
      // As under systemd, for a service with a separate user.
      await Deno.chown(`${folder}/run`, 65534, 65534);
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const { code, stderr } = await host.run(...SOURCE_PROGRAM, "serve", "-f", ...files);
      assertEquals(code, 1);
      assertMatch(stderr, new RegExp(`already running: \\(PID=${first.pid}\\)`));
      assertEquals(/can be changed by others/.test(stderr), false, stderr);
      await first.stop();
    }),
);

namespaceTest(
  "the start reports a daemon of another configuration on the same host, and a PIDFile of the unit that is not ours",
  { programs: ["iptables", "fwknopd"] },
  (lab) =>
    withFolder(async (folder) => {
      const [host, elsewhere] = [await lab.namespace("host"), await lab.namespace("elsewhere")];
      const accessConf = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
      for (const name of ["one", "two", "three"]) await Deno.mkdir(`${folder}/${name}`);
      const reference = await startReference(host, { folder: `${folder}/one`, accessConf });
      await startReference(elsewhere, { folder: `${folder}/three`, accessConf });
      const pidFile = `${folder}/one/run/fwknopd.pid`;
      await until("it has its lock", () => runningDaemon(pidFile) === reference.pid);

      const conf = `FWKNOP_RUN_DIR ${folder}/two/run\nUDPSERV_PORT 62333\n`;
      await Deno.writeTextFile(`${folder}/two/f`, conf, { mode: 0o600 });
      await Deno.writeTextFile(`${folder}/two/a`, accessConf, { mode: 0o600 });
      const files = ["--udp-server", "-c", `${folder}/two/f`, "-a", `${folder}/two/a`];
      const second = new LoggedProcess(
        host.spawn([...SOURCE_PROGRAM, "serve", "-f", ...files], {
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
          env: { NO_COLOR: "1", PIDFILE: "/var/fwknop/fwknopd.pid" },
        }),
      );
      await second.line(/listen on port/, { seconds: 30 });
      assertEquals(second.lines.filter((line) => line.startsWith("Another daemon runs")), [
        `Another daemon runs on this host (PID=${reference.pid}): ` +
        "with the same chains each removes the other's rules",
      ]);
      await second.line(/^The unit has PIDFile=\/var\/fwknop\/fwknopd\.pid, but the PID file is /);
      await second.stop();
      await reference.stop();
    }),
);
