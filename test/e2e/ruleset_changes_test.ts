/**
 * Other programs change the ruleset of a running server: the kernel reports it, without a grant or a listing.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Namespace, namespaceTest, until } from "../support/namespace.ts";

const ACCESS = [
  "SOURCE ANY",
  "KEY testtest",
  "HMAC_KEY hmackey1",
  "OPEN_PORTS tcp/22",
  "FW_ACCESS_TIMEOUT 600",
  "",
].join("\n");

function table(server: Namespace): Promise<string> {
  return server.run("nft", "list", "table", "inet", "fwknop").then(({ stdout }) => stdout);
}

namespaceTest(
  "nft: the daemon puts a flushed table back at once, with its protected services and the time that grants had left",
  { programs: ["nft"] },
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const fwknopdConf = ["FIREWALL nft", "NFT_PROTECT tcp/22"];
      const daemon = await startOurs(server, { folder, accessConf: ACCESS, fwknopdConf });
      const isProtected = async () => /elements = \{ tcp \. 22 \}/.test(await table(server));
      await until("the table is there", isProtected);

      const changes = [
        ["flush", "ruleset"],
        ["delete", "table", "inet", "fwknop"],
        ["flush", "chain", "inet", "fwknop", "input"],
        ["delete", "element", "inet", "fwknop", "protected", "{ tcp . 22 }"],
      ];
      for (const change of changes) {
        const from = daemon.lines.length;
        await server.must("nft", ...change);
        await daemon.line(/removed or changed the table inet fwknop: put back/, { from });
        await until(`nft ${change.join(" ")} is undone`, isProtected);
        assertMatch(await table(server), /@protected .*drop/);
      }

      const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
      const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", "192.0.2.7", "-A", "tcp/22"];
      await server.must(...SOURCE_PROGRAM, "knock", ...to, ...keys);
      await daemon.line(/Added access rule/);
      const from = daemon.lines.length;
      await server.must("nft", "flush", "ruleset");
      await daemon.line(/Put back the rule for 192\.0\.2\.7 tcp\/22/, { from });
      const [, minutes] = /192\.0\.2\.7 \. tcp \. 22 timeout (\d+)m/.exec(await table(server)) ??
        [];
      assertEquals(minutes, "9", "of ten minutes some seconds are over");

      await daemon.stop();
      await server.must("nft", "flush", "ruleset");
      const again = await startOurs(server, { folder, accessConf: ACCESS, fwknopdConf });
      await until("a start makes the table", isProtected);
      await again.stop();
    });
  },
);

namespaceTest(
  "iptables: the daemon removes a rule of another program at the end that it names, also without a grant",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const fwknopdConf = ["FIREWALL iptables"];
      const daemon = await startOurs(server, { folder, accessConf: ACCESS, fwknopdConf });
      const expires = Math.floor(Date.now() / 1000) + 3;
      const rule = "-p tcp -s 192.0.2.9 --dport 22 -m comment --comment".split(" ");
      await server.must(
        "iptables",
        "-A",
        "FWKNOP_INPUT",
        ...rule,
        `_exp_${expires}`,
        "-j",
        "ACCEPT",
      );
      await daemon.line(/Adopted the rule for 192\.0\.2\.9 tcp\/22/);
      await daemon.line(
        new RegExp(`Removed rule 1 from FWKNOP_INPUT with expire time of ${expires}`),
      );
      assert(Date.now() / 1000 >= expires, "not before its time");
      const { stdout } = await server.run("iptables", "-S", "FWKNOP_INPUT");
      assertEquals(stdout, "-N FWKNOP_INPUT\n");

      const from = daemon.lines.length;
      await server.must("iptables", "-F", "INPUT");
      await daemon.line(/Added jump rule from chain: INPUT/, { from });
      await daemon.stop();
    });
  },
);

namespaceTest(
  "iptables-legacy, whose changes the kernel does not report: a reload puts back flushed rules, even with a mistake in a file",
  { programs: ["iptables-legacy"] },
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const fwknopdConf = ["FIREWALL iptables", "FIREWALL_EXE /usr/sbin/iptables-legacy"];
      const daemon = await startOurs(server, { folder, accessConf: ACCESS, fwknopdConf });
      for (const accessConf of [ACCESS, "SOURCE ANY\nKEY testtest\nOPEN_PORTS none\n"]) {
        Deno.writeTextFileSync(`${folder}/access.conf`, accessConf);
        await server.must("iptables-legacy", "-F");
        await server.must("iptables-legacy", "-X");
        const from = daemon.lines.length;
        daemon.signal("SIGHUP");
        await daemon.line(/Added jump rule from chain: INPUT to chain: FWKNOP_INPUT/, { from });
      }
      await daemon.stop();
    });
  },
);

namespaceTest(
  "iptables: a daemon reports another daemon that shares a chain, also with another run folder",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder((first) =>
      withFolder(async (second) => {
        const fwknopdConf = ["FIREWALL iptables"];
        const one = await startOurs(server, { folder: first, accessConf: ACCESS, fwknopdConf });
        const port = "UDPSERV_PORT 62202";
        const two = await startOurs(server, {
          folder: second,
          accessConf: ACCESS,
          fwknopdConf: [...fwknopdConf, port],
        });
        const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
        const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", "192.0.2.7", "-A", "tcp/22"];
        await server.must(...SOURCE_PROGRAM, "knock", ...to, "-p", "62202", ...keys);
        await two.line(/Added access rule/);
        await one.line(/Another fwknop daemon puts rules into FWKNOP_INPUT/, { seconds: 90 });
        assert(!two.lines.some((line) => line.includes("Another fwknop daemon")));
        await two.stop();
        await one.stop();
      })
    );
  },
);
