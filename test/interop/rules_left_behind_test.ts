import { assertMatch } from "../assert.ts";
import { access, iptablesIn } from "../support/firewall.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { namespaceTest } from "../support/namespace.ts";

namespaceTest(
  "Debian's fwknopd ends a rule that our daemon left behind, and our daemon ends one of its",
  { programs: ["fwknopd", "iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("192.0.2.44", "tcp/22", 2) });
    await firewall.ask({ name: "release" });
    const listed = await server.must("iptables", "-S", "FWKNOP_INPUT");
    assertMatch(
      listed,
      /--dport 22 -m comment --comment stanza_1 .*--comment _exp_[0-9]+ -j ACCEPT/,
    );

    await withFolder(async (folder) => {
      const write = (name: string, text: string) =>
        Deno.writeTextFileSync(`${folder}/${name}`, text, { mode: 0o600 });
      write(
        "fwknopd.conf",
        `ENABLE_UDP_SERVER Y\nFWKNOP_RUN_DIR ${folder}/run\nFLUSH_IPT_AT_INIT N\nFLUSH_IPT_AT_EXIT N\n` +
          "RULES_CHECK_THRESHOLD 1\n",
      );
      write("access.conf", "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n");
      const words = ["-f", "-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const daemon = new LoggedProcess(
        server.spawn(["fwknopd", ...words], { stdin: "null", stdout: "piped", stderr: "piped" }),
      );
      await daemon.line(/Removed rule 1 from FWKNOP_INPUT with expire time of/, { seconds: 10 });
      await daemon.stop();
    });

    const expires = Math.floor(Date.now() / 1000) + 60;
    const rule = "-p 6 -s 192.0.2.45 -d 0.0.0.0/0 --dport 22 -m comment --comment";
    const words = `-A FWKNOP_INPUT ${rule} _exp_${expires} -j ACCEPT`.split(" ");
    await server.must("iptables", ...words);
    const after = iptablesIn(server);
    await after.firewall.ask({ name: "prepare" });
    assertMatch(after.events.map(({ type }) => type).join(), /adopted/);
    await after.firewall.ask({ name: "close" });
  },
);
