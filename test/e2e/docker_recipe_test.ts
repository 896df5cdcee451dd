import { assertEquals } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { GATEWAY, GatewayLab, INSIDE, OUTSIDE, serveOn } from "../support/gateway.ts";
import { namespaceTest, until } from "../support/namespace.ts";
import { reach } from "../support/tcp.ts";

/** The rules that Docker makes for `-p 8443:3389`, and those that docs/recipes/docker.md adds. */
const RULES = `-t nat -A PREROUTING -p tcp --dport 8443 -j DNAT --to-destination ${INSIDE}:3389`;

const RECIPE = [
  "-P FORWARD ACCEPT",
  "-N DOCKER-USER",
  "-I FORWARD -j DOCKER-USER",
  "-N DOCKER_KNOCK",
  "-I DOCKER-USER -j DOCKER_KNOCK",
  "-A DOCKER_KNOCK -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN",
  "-A DOCKER_KNOCK -i eth1 -p tcp --dport 3389 -j DROP",
];

namespaceTest(
  "the recipe docker closes a published port until a client knocks",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      const iptables = (words: string) => hosts.gateway.must("iptables", "-w", ...words.split(" "));
      await iptables(RULES);
      for (const words of RECIPE.slice(0, 3)) await iptables(words);
      assertEquals(
        await reach(hosts.outside, GATEWAY, 8443, 3),
        "desktop",
        "INPUT is never passed",
      );
      for (const words of RECIPE.slice(3)) await iptables(words);
      assertEquals(await reach(hosts.outside, GATEWAY, 8443, 0.5), undefined);

      const access = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT 4\n";
      const chain = "IPT_INPUT_ACCESS ACCEPT, filter, DOCKER_KNOCK, 1, FWKNOP_DOCKER, 1";
      const daemon = await serveOn(hosts.gateway, folder, access, `PCAP_INTF eth1\n${chain}\n`);
      const to = ["--no-rc-file", "-D", GATEWAY, "-a", OUTSIDE, "-A", "tcp/3389"];
      const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
      await hosts.outside.must(...SOURCE_PROGRAM, "knock", ...to, ...keys);
      await daemon.line(/Added access rule to FWKNOP_DOCKER/);
      assertEquals(await reach(hosts.outside, GATEWAY, 8443, 3), "desktop");
      await until(
        "it is closed again",
        async () => await reach(hosts.outside, GATEWAY, 8443, 0.5) === undefined,
        15,
      );
      await daemon.stop();
    }),
);
