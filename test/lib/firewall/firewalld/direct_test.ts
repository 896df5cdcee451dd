import assert from "node:assert/strict";
import { firewalldDirectAdapter } from "../../../../lib/firewall/firewalld/direct.ts";
import type { FirewallEvent } from "../../../../lib/firewall/firewall.ts";
import { ManagedFirewall } from "../../../../lib/firewall/managed_firewall.ts";
import { access, defaultChains } from "../../../support/firewall.ts";
import { Firewalld, FIREWALLD_PROGRAMS } from "../../../support/firewalld.ts";
import { withFolder } from "../../../support/folder.ts";
import { type Namespace, namespaceTest, until } from "../../../support/namespace.ts";
import { echoService, reach, untilClosed } from "../../../support/tcp.ts";

const STAND_IN = new URL("../../../support/firewall_cmd.ts", import.meta.url).pathname;

function firewalldIn(namespace: Namespace) {
  const events: FirewallEvent[] = [];
  const adapter = firewalldDirectAdapter({
    command: `${Deno.execPath()} run --quiet --allow-run ${STAND_IN} ${namespace.name}`,
    chains: defaultChains("input"),
    prepend: false,
    commentCheck: true,
  });
  const onEvent = (event: FirewallEvent) => events.push(event);
  return { firewall: new ManagedFirewall(adapter, { checkSeconds: 0, onEvent }), events };
}

namespaceTest(
  "firewalld (stand-in): direct passthrough adds rules in both families and removes them all",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = firewalldIn(server);
    await firewall.ask({ name: "prepare" });
    const first = await firewall.ask({
      name: "open",
      grant: access("10.9.0.1", "tcp/22,udp/53", 4),
    });
    assert.equal(first.error, undefined);
    assert.equal(
      (await firewall.ask({ name: "open", grant: access("fd09::1", "tcp/22", 60) })).error,
      undefined,
    );
    assert.match(
      await server.must("iptables", "-S", "FWKNOP_INPUT"),
      /-s 10\.9\.0\.1\/32 -p tcp -m tcp --dport 22 .* --comment _exp_[0-9]+ -j ACCEPT/,
    );
    assert.equal((await firewall.ask({ name: "list" })).length, 3);
    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("both are over", () => removed() === 2, 10);
    assert.doesNotMatch(await server.must("iptables", "-S", "FWKNOP_INPUT"), /_exp_/);
    await firewall.ask({ name: "close" });
    assert.doesNotMatch(await server.must("iptables", "-S"), /FWKNOP/);
    assert.doesNotMatch(await server.must("ip6tables", "-S"), /FWKNOP/);
  },
);

namespaceTest(
  "firewalld: with the iptables backend direct rules open and close",
  { programs: [...FIREWALLD_PROGRAMS, "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const client = await lab.namespace("client");
      const server = await lab.namespace("server");
      await lab.cable(
        { namespace: client, device: "eth0", addresses: ["10.9.0.1/24"] },
        { namespace: server, device: "eth0", addresses: ["10.9.0.2/24"] },
      );
      const { command } = await Firewalld.start(server, folder, "iptables");
      await echoService(server, "0.0.0.0", 2222);
      const chains = defaultChains("input");
      const adapter = firewalldDirectAdapter({
        command,
        chains,
        prepend: false,
        commentCheck: true,
      });
      const firewall = new ManagedFirewall(adapter, { checkSeconds: 0 });
      await firewall.ask({ name: "prepare" });
      assert.equal(await reach(client, "10.9.0.2", 2222, 0.5), undefined);
      assert.equal(
        (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/2222", 5) })).error,
        undefined,
      );
      assert.equal(await reach(client, "10.9.0.2", 2222, 3), "hello");
      await untilClosed(client, "10.9.0.2", 2222, 15);
      await firewall.ask({ name: "close" });
      assert.doesNotMatch(await server.must("iptables", "-S"), /FWKNOP/);
    }),
);
