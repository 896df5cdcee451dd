import { assert, assertEquals } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

namespaceTest(
  "a server that protects nothing says so once it runs, and a server that protects its ports does not",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf =
        "SOURCE ANY\nOPEN_PORTS tcp/22\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
      const files = { folder, accessConf, fwknopdConf: ["FIREWALL iptables"] };
      const first = await startOurs(host, files);
      await first.line(/tcp\/22 is open to everybody: knocking protects nothing/);
      await first.line(/iptables -A INPUT ! -i lo -p tcp --dport 22 .* -j DROP/);
      await first.stop();

      const inTestMode = await startOurs(host, files, "-t");
      await inTestMode.line(/tcp\/22 is open to everybody: knocking protects nothing/);
      await inTestMode.stop();
      assertEquals(inTestMode.lines.filter((line) => /can be used/.test(line)), []);

      await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
      const second = await startOurs(host, files, "-v");
      await second.line(/Looked at the host's firewall: [0-9]+ findings?$/);
      await second.stop();
      assertEquals(second.lines.filter((line) => /open to everybody:/.test(line)), []);
      assert(second.lines.some((line) => /Shutting Down/.test(line)));
    }),
);
