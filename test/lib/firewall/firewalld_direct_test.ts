import assert from "node:assert/strict";
import { firewalldAdapter } from "../../../lib/firewall/firewalld.ts";
import type { FirewallEvent } from "../../../lib/firewall/firewall.ts";
import { ManagedFirewall } from "../../../lib/firewall/managed_firewall.ts";
import { access, defaultChains } from "../../support/firewall.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const STAND_IN = new URL("../../support/firewall_cmd.ts", import.meta.url).pathname;

function firewalldIn(namespace: Namespace) {
  const events: FirewallEvent[] = [];
  const adapter = firewalldAdapter({
    command: `${Deno.execPath()} run --quiet --allow-run ${STAND_IN} ${namespace.name}`,
    chains: defaultChains("input"),
    prepend: false,
    commentCheck: true,
  });
  const onEvent = (event: FirewallEvent) => events.push(event);
  return { firewall: new ManagedFirewall(adapter, { checkSeconds: 0, onEvent }), events };
}

namespaceTest(
  "firewalld (stand-in): rules by direct passthrough, in both families, and nothing stays",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = firewalldIn(server);
    await firewall.prepare();
    const first = await firewall.open(access("10.9.0.1", "tcp/22,udp/53", 4));
    assert.equal(first.error, undefined);
    assert.equal((await firewall.open(access("fd09::1", "tcp/22", 60))).error, undefined);
    assert.match(
      await server.must("iptables", "-S", "FWKNOP_INPUT"),
      /-s 10\.9\.0\.1\/32 -p tcp -m tcp --dport 22 .* --comment _exp_[0-9]+ -j ACCEPT/,
    );
    assert.equal((await firewall.list()).length, 3);
    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("both are over", () => removed() === 2, 10);
    assert.doesNotMatch(await server.must("iptables", "-S", "FWKNOP_INPUT"), /_exp_/);
    await firewall.close();
    assert.doesNotMatch(await server.must("iptables", "-S"), /FWKNOP/);
    assert.doesNotMatch(await server.must("ip6tables", "-S"), /FWKNOP/);
  },
);
