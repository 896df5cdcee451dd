import { assertEquals } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

namespaceTest(
  "the server reports that the kernel does not forward, and switches it on with ENABLE_PROC_IP_FORWARD",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n";
      const forwarding = () => host.must("cat", "/proc/sys/net/ipv4/ip_forward");
      await host.must("sysctl", "-qw", "net.ipv4.ip_forward=0");
      const settings = ["FIREWALL iptables", "ENABLE_IPT_FORWARDING Y"];
      const first = await startOurs(host, { folder, accessConf, fwknopdConf: settings });
      await first.line(/The kernel forwards no packets.*sysctl -w net\.ipv4\.ip_forward=1/);
      await first.stop();
      assertEquals(first.lines.filter((line) => /IPv6 packets/.test(line)), [], "it has no IPv6");
      assertEquals(await forwarding(), "0\n", "the C daemon leaves it alone too");

      const told = [...settings, "ENABLE_PROC_IP_FORWARD Y"];
      const files = { folder, accessConf, fwknopdConf: told };
      const inTestMode = await startOurs(host, files, "--test");
      await inTestMode.stop();
      assertEquals(await forwarding(), "0\n", "test mode changes nothing");

      const second = await startOurs(host, files);
      await second.line(/Switched on the forwarding of IPv4 packets/);
      assertEquals(await forwarding(), "1\n");
      await second.stop();

      await host.must("ip", "-6", "addr", "add", "2001:db8::1/128", "dev", "lo");
      const sixth = await startOurs(host, files);
      await sixth.line(/forwards no IPv6 packets.*: sysctl -w net\.ipv6\.conf\.all\.forwarding=1/);
      await sixth.stop();
      assertEquals(await host.must("cat", "/proc/sys/net/ipv6/conf/all/forwarding"), "0\n");

      // Opening ports needs no forwarding.
      await host.must("sysctl", "-qw", "net.ipv4.ip_forward=0");
      const third = await startOurs(host, { folder, accessConf, fwknopdConf: ["FIREWALL nft"] });
      await third.stop();
      assertEquals(third.lines.filter((line) => /forwards no|Switched on/.test(line)), []);
    }),
);

namespaceTest(
  "the doctor finds that forwarding is off in an address family that the host uses",
  { programs: ["iptables", "ip6tables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const [conf, access] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
      await Deno.writeTextFile(conf, "FIREWALL iptables\nENABLE_IPT_FORWARDING Y\n", {
        mode: 0o600,
      });
      await Deno.writeTextFile(access, "SOURCE ANY\nKEY one\nHMAC_KEY two\n", { mode: 0o600 });
      const repairs = async () => {
        const words = ["doctor", "--json", "-c", conf, "-a", access];
        const { stdout } = await host.run(...SOURCE_PROGRAM, ...words);
        const findings: { mend?: string }[] = JSON.parse(stdout);
        return findings.flatMap(({ mend: repair }) => repair?.startsWith("sysctl") ? [repair] : []);
      };
      await host.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
      assertEquals(await repairs(), [], "it has no IPv6");
      await host.must("ip", "-6", "addr", "add", "2001:db8::1/128", "dev", "lo");
      assertEquals(await repairs(), ["sysctl -w net.ipv6.conf.all.forwarding=1"]);
      await host.must("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
      assertEquals(await repairs(), []);
    }),
);
