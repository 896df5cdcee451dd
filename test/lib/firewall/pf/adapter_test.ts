import assert from "node:assert/strict";
import type { FirewallEvent } from "../../../../lib/firewall/firewall.ts";
import { ManagedFirewall } from "../../../../lib/firewall/managed_firewall.ts";
import { pfAdapter, type PfView } from "../../../../lib/firewall/pf/adapter.ts";
import { anAddress } from "../../../support/address.ts";
import { access, forward } from "../../../support/firewall.ts";
import { until } from "../../../support/namespace.ts";

const STAND_IN = new URL("../../../support/pfctl.ts", import.meta.url).pathname;
const FOREIGN =
  "block in quick inet proto tcp from 10.66.0.1 to any port = 25 flags S/SA keep state";

async function withPf(
  body: (
    pf: { firewall: ManagedFirewall<PfView>; events: FirewallEvent[]; rules(): string },
  ) => Promise<void>,
  { anchor = "fwknop", nat = false } = {},
): Promise<void> {
  const state = await Deno.makeTempFile();
  await Deno.writeTextFile(state, `${FOREIGN}\n`);
  const events: FirewallEvent[] = [];
  const command = `${Deno.execPath()} run --quiet --allow-read --allow-write ${STAND_IN} ${state}`;
  const firewall = new ManagedFirewall(pfAdapter({ command, anchor, nat }), {
    checkSeconds: 0,
    onEvent: (event) => events.push(event),
  });
  try {
    await body({ firewall, events, rules: () => Deno.readTextFileSync(state) });
  } finally {
    await firewall.ask({ name: "release" });
    await Deno.remove(state);
  }
}

Deno.test("pf (stand-in): a grant is added to the rules of other programs, and only the grant ends", async () => {
  await withPf(async ({ firewall, events, rules }) => {
    await firewall.ask({ name: "prepare" });
    const short = access("192.0.2.44", "tcp/22,udp/5353", 3);
    assert.equal((await firewall.ask({ name: "open", grant: short })).error, undefined);
    assert.equal(
      (await firewall.ask({ name: "open", grant: access("2001:db8::1", "tcp/22", 60) })).error,
      undefined,
    );
    assert.equal(rules().split("\n").length, 5);
    assert.match(
      rules(),
      /pass in quick inet proto tcp from 192\.0\.2\.44 to any port = ssh .* label "_exp_[0-9]+"/,
    );
    assert.equal((await firewall.ask({ name: "list" })).length, 3);
    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("two are over", () => removed() === 2, 8);
    assert.match(rules(), /10\.66\.0\.1[^]*2001:db8::1/);
    assert.equal(rules().split("\n").length, 3);
    await firewall.ask({ name: "close" });
    assert.equal(rules(), `${FOREIGN}\n`);
  });
});

Deno.test("pf (stand-in): rules found at start are adopted or removed", async () => {
  await withPf(async ({ firewall, events, rules }) => {
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("192.0.2.44", "tcp/22", 60) });
    await firewall.ask({ name: "open", grant: access("192.0.2.45", "udp/5353", 60) });
    assert.equal((await firewall.ask({ name: "held" })).length, 2);
    await firewall.ask({ name: "check" });
    assert.equal((await firewall.ask({ name: "held" })).length, 2, "a listed rule is known again");
    assert.deepEqual(events.filter(({ type }) => type !== "command"), []);
    await firewall.ask({ name: "flush", extent: "everywhere", whole: true });
    assert.equal(rules(), "");
  });
});

Deno.test("pf (stand-in): the server refuses what pf cannot do, and names it", async () => {
  await withPf(async ({ firewall }) => {
    await firewall.ask({ name: "prepare" });
    const { error } = await firewall.ask({
      name: "open",
      grant: forward("192.0.2.44", "tcp/33", "10.0.0.1 22", 60),
    });
    assert.equal(
      error,
      "Forwarding is not enabled: set ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT",
    );
  });
  await withPf(async ({ firewall }) => {
    await assert.rejects(firewall.ask({ name: "prepare" }), /usage: pfctl/);
  }, { anchor: "other" });
});

Deno.test("pf (stand-in): a NAT grant has rules for both directions, which end with it", async () => {
  await withPf(async ({ firewall, events, rules }) => {
    await firewall.ask({ name: "prepare" });
    const sourceNat = { kind: "snat", address: anAddress("203.0.113.9") } as const;
    const grant = forward("192.0.2.44", "tcp/33389", "10.0.0.1 3389", 3, { sourceNat });
    const { added, error } = await firewall.ask({ name: "open", grant: grant });
    assert.equal(error, undefined);
    assert.deepEqual(added.map(({ kind }) => kind), ["FORWARD", "DNAT", "SNAT"]);
    const end = grant.expires;
    assert.deepEqual(rules().trim().split("\n").toSorted(), [
      FOREIGN,
      `nat inet proto tcp from 192.0.2.44 to 10.0.0.1 port = 3389 tag _exp_${end} -> 203.0.113.9`,
      `pass in quick inet proto tcp from 192.0.2.44 to 10.0.0.1 port = 3389 flags S/SA keep state label "_exp_${end}"`,
      `rdr inet proto tcp from 192.0.2.44 to any port = 33389 tag _exp_${end} -> 10.0.0.1 port 3389`,
    ]);
    const everything = forward("2001:db8::1", "tcp/1", "2001:db8:1::1 0", 60, { everything: true });
    assert.equal((await firewall.ask({ name: "open", grant: everything })).error, undefined);
    assert.match(rules(), /^rdr inet6 from 2001:db8::1 to any tag _exp_\d+ -> 2001:db8:1::1$/m);
    await firewall.ask({ name: "check" });
    assert.equal((await firewall.ask({ name: "held" })).length, 5, "what is listed is known again");
    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("the first is over", () => removed() === 3, 10);
    assert.equal(rules().trim().split("\n").length, 3);
    const masquerade = { sourceNat: { kind: "masquerade" } } as const;
    const refused = await firewall.ask({
      name: "open",
      grant: forward("192.0.2.1", "tcp/1", "10.0.0.1 1", 60, masquerade),
    });
    assert.match(refused.error ?? "", /pf cannot masquerade without an interface/);
    await firewall.ask({ name: "close" });
    assert.equal(rules(), `${FOREIGN}\n`);
    assert.deepEqual(events.filter(({ type }) => type === "vanished" || type === "error"), []);
  }, { nat: true });
});
