import { assertEquals, assertMatch } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

namespaceTest(
  "who starts a second server is told of the first, and of nothing else that may be wrong",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
      const first = await startOurs(host, { folder, accessConf, fwknopdConf: [] });
      // As systemd has it for a service with a user of its own.
      await Deno.chown(`${folder}/run`, 65534, 65534);
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const { code, stderr } = await host.run(...SOURCE_PROGRAM, "serve", "-f", ...files);
      assertEquals(code, 1);
      assertMatch(stderr, new RegExp(`already running: \\(PID=${first.pid}\\)`));
      assertEquals(/can be changed by others/.test(stderr), false, stderr);
      await first.stop();
    }),
);
