import { assertEquals } from "../../assert.ts";
import type { Capture, Receive } from "../../../lib/capture/datagram.ts";
import { iptablesAdapter } from "../../../lib/firewall/iptables/adapter.ts";
import { DryRunFirewall } from "../../../lib/firewall/dry_run_firewall.ts";
import { refuseNames } from "../../../lib/server/look_up.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { Server } from "../../../lib/server/server.ts";
import { parseChain } from "../../../lib/config/chain.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aPlace, aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

/** A capture that holds one packet. */
function captureOf(payload: string): Capture {
  return {
    description: "one packet",
    run: (receive: Receive) => Promise.resolve(receive(datagram(payload))),
    statistics: () => ({ received: 1, dropped: 0, refused: 0 }),
    close: () => {},
  };
}

Deno.test("in test mode the server shows the rules that it would set, and grants nothing", async () => {
  const { value: chain } = parseChain("ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1");
  const adapter = iptablesAdapter({
    command: "/usr/sbin/iptables",
    chains: { ...(chain && { input: chain }) },
    prepend: false,
    commentCheck: false,
  });
  const commands: string[] = [];
  const reported: string[] = [];
  const stanzas = [aStanza()];
  const server = new Server({
    capture: captureOf(seal({}, { time: NOW }).packetText),
    firewall: new DryRunFirewall(adapter, {
      now: () => NOW * 1000,
      onEvent: (event) => commands.push(event.type === "command" ? event.text : event.type),
    }),
    commands: undefined,
    cycles: undefined,
    lookUp: refuseNames,
    placeOf: aPlace(),
    stanzas,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: true },
  }, {
    now: () => NOW,
    replay: new ReplayCache({ window: 120 }),
    observe: (event) => reported.push(event.kind === "refused" ? event.refusal.code : event.kind),
    packetLimit: 0,
  });
  await server.run();
  assertEquals(reported, ["decoded", "test-mode"]);
  assertEquals(commands.map((text) => text.split("\n").filter((line) => line.startsWith("-A"))), [[
    "-A FWKNOP_INPUT -p 6 -s 192.0.2.44 --dport 22 -m comment --comment stanza_1 " +
    `-m time --datestop 2027-01-15T08:00:29 -m comment --comment _exp_${NOW + 30} -j ACCEPT`,
  ]]);
});
