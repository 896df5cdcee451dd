import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import type { FirewallEvent } from "../../../lib/firewall/firewall.ts";
import { iptablesAdapter } from "../../../lib/firewall/iptables/adapter.ts";
import { ManagedFirewall } from "../../../lib/firewall/managed_firewall.ts";
import { pfAdapter } from "../../../lib/firewall/pf/adapter.ts";
import { chooseRoute } from "../../../lib/server/authorize_nat.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { anAddress } from "../../support/address.ts";
import { access, defaultChains, forward, iptablesIn } from "../../support/firewall.ts";
import { namespaceTest, until } from "../../support/namespace.ts";
import { aStanza } from "../../support/stanza.ts";

// Named after the rows of docs/spec/server.md 16.

const needs = { programs: ["iptables"] };

function removals(events: readonly FirewallEvent[]): number {
  return events.filter(({ type }) => type === "removed").length;
}

namespaceTest(
  "row 5: a rule that the firewall refuses is never reported as added",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const chains = defaultChains("input", "forward", "dnat", "masquerade");
    assert(chains.masquerade !== undefined);
    await server.must("iptables", "-t", "nat", "-N", "GONE");
    const { firewall } = iptablesIn(server, {
      settings: { chains: { ...chains, masquerade: { ...chains.masquerade, target: "GONE" } } },
    });
    await firewall.ask({ name: "prepare" });
    await server.must("iptables", "-t", "nat", "-X", "GONE");
    const { added, error } = await firewall.ask({
      name: "open",
      grant: forward("192.0.2.1", "tcp/33", "10.0.0.1 22", 60, {
        sourceNat: { kind: "masquerade" },
      }),
    });
    assertMatch(error ?? "", /iptables-restore.*GONE/);
    assertEquals(added, []);
    assertEquals(await firewall.ask({ name: "held" }), []);
    assert(
      !(await server.must("iptables-save")).includes("192.0.2.1"),
      "the FORWARD rule is gone too",
    );
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "rows 6 and 21: a hundred rules end on time, and no listing is needed for it",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    const seconds = (index: number) => index < 50 ? 2 : 4;
    const grants = Array.from(
      { length: 100 },
      (_, index) =>
        firewall.ask({
          name: "open",
          grant: access(`10.9.1.${index + 1}`, "tcp/22", seconds(index)),
        }),
    );
    assert((await Promise.all(grants)).every(({ error }) => error === undefined));
    // The C daemon reads only 4096 bytes of a listing.
    assert((await server.must("iptables", "-L", "FWKNOP_INPUT", "-n")).length > 4096);
    const before = events.length;
    await until("the first half has ended", () => removals(events) === 50, 8);
    await until("all rules have ended", () => removals(events) === 100, 8);
    const commands = events.slice(before).flatMap((event) =>
      event.type === "command" ? [event.text] : []
    );
    assert(commands.every((text) => text.startsWith("ip netns") && text.includes("\n*filter\n-D")));
    assert(!(await server.must("iptables", "-S")).includes("_exp_"));
    await firewall.ask({ name: "close" });
  },
);

Deno.test("row 20: FORWARD_ALL alone forwards, rewrites no address, and opens no port of this host", () => {
  const stanza = aStanza({ forwardAll: true, forceSnat: anAddress("203.0.113.9") });
  const request = {
    kind: "access",
    address: anAddress("192.0.2.1"),
    services: [{ protocol: "tcp", port: 22 }],
  } as const;
  const policy = { forwarding: true, localNat: false, sourceNat: { enabled: true } };
  const route = chooseRoute(
    request,
    stanza,
    policy,
    anAddress("192.0.2.44"),
    anAddress("198.51.100.7"),
  );
  assertEquals(route, {
    kind: "forward",
    forced: false,
    arrivedAt: anAddress("198.51.100.7"),
    everything: true,
    rewrite: false,
    sourceNat: { kind: "snat", address: anAddress("203.0.113.9") },
  });
});

Deno.test("row 20: rules name both ends, and no source port is pinned", () => {
  const adapter = iptablesAdapter({
    command: "iptables",
    chains: defaultChains("input", "forward", "dnat", "snat", "masquerade"),
    prepend: false,
    commentCheck: true,
  });
  const grant = forward("192.0.2.1", "tcp/33389", "10.0.0.1 3389", 60, {
    sourceNat: { kind: "masquerade" },
  });
  const rules = adapter.rules(grant, new Set(), Date.now());
  assert(typeof rules !== "string");
  const texts = rules.map(({ summary, text }) => `${summary.chain} ${text}`);
  assertEquals(texts.map((text) => text.split(" ")[0]), [
    "FWKNOP_FORWARD",
    "FWKNOP_PREROUTING",
    "FWKNOP_MASQUERADE",
  ]);
  for (const text of [texts[0] ?? "", texts[2] ?? ""]) {
    assertMatch(text, /-s 192\.0\.2\.1 -d 10\.0\.0\.1 --dport 3389/);
  }
  assert(!texts.some((text) => text.includes("--to-ports")));
});

Deno.test("row 20: a source NAT without a chain is refused, and not reported as added", () => {
  const adapter = iptablesAdapter({
    command: "iptables",
    chains: defaultChains("input", "forward", "dnat"),
    prepend: false,
    commentCheck: true,
  });
  const grant = forward("192.0.2.1", "tcp/33389", "10.0.0.1 3389", 60, {
    sourceNat: { kind: "masquerade" },
  });
  assertEquals(
    adapter.rules(grant, new Set(), Date.now()),
    "There is no chain for SNAT rules: ENABLE_IPT_SNAT is off",
  );
});

Deno.test("row 33: a rule of pf ends on its second, and PF_EXPIRE_INTERVAL is listed as inert", async () => {
  const row = FWKNOPD_ROWS.find(({ name }) => name === "PF_EXPIRE_INTERVAL");
  assertEquals(row?.honoured, "inert");
  const state = await Deno.makeTempFile();
  const standIn = new URL("../../support/pfctl.ts", import.meta.url).pathname;
  const command = `${Deno.execPath()} run --quiet --allow-read --allow-write ${standIn} ${state}`;
  const events: FirewallEvent[] = [];
  const firewall = new ManagedFirewall(pfAdapter({ command, anchor: "fwknop", nat: false }), {
    checkSeconds: 0,
    onEvent: (event) => events.push(event),
  });
  try {
    await firewall.ask({ name: "prepare" });
    const grant = access("192.0.2.44", "tcp/22", 2);
    assertEquals((await firewall.ask({ name: "open", grant: grant })).error, undefined);
    await until("the rule has ended", () => removals(events) === 1, 10);
    assert(
      Date.now() / 1000 - grant.expires < 2,
      "the rule ends within the time of a few starts of pfctl",
    );
    assertEquals(await Deno.readTextFile(state), "");
  } finally {
    await firewall.ask({ name: "release" });
    await Deno.remove(state);
  }
});
