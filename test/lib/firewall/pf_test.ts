import assert from "node:assert/strict";
import type { FirewallEvent } from "../../../lib/firewall/firewall.ts";
import { ManagedFirewall } from "../../../lib/firewall/managed_firewall.ts";
import { pfAdapter, type PfView } from "../../../lib/firewall/pf.ts";
import { access, forward } from "../../support/firewall.ts";
import { until } from "../../support/namespace.ts";

const STAND_IN = new URL("../../support/pfctl.ts", import.meta.url).pathname;
const FOREIGN =
  "block in quick inet proto tcp from 10.66.0.1 to any port = 25 flags S/SA keep state";

async function withPf(
  body: (
    pf: { firewall: ManagedFirewall<PfView>; events: FirewallEvent[]; rules(): string },
  ) => Promise<void>,
  anchor = "fwknop",
): Promise<void> {
  const state = await Deno.makeTempFile();
  await Deno.writeTextFile(state, `${FOREIGN}\n`);
  const events: FirewallEvent[] = [];
  const command = `${Deno.execPath()} run --quiet --allow-read --allow-write ${STAND_IN} ${state}`;
  const firewall = new ManagedFirewall(pfAdapter({ command, anchor }), {
    checkSeconds: 0,
    onEvent: (event) => events.push(event),
  });
  try {
    await body({ firewall, events, rules: () => Deno.readTextFileSync(state) });
  } finally {
    await firewall.release();
    await Deno.remove(state);
  }
}

Deno.test("pf (stand-in): a grant stands beside what others put there, and ends alone", async () => {
  await withPf(async ({ firewall, events, rules }) => {
    await firewall.prepare();
    const short = access("192.0.2.44", "tcp/22,udp/5353", 3);
    assert.equal((await firewall.open(short)).error, undefined);
    assert.equal((await firewall.open(access("2001:db8::1", "tcp/22", 60))).error, undefined);
    assert.equal(rules().split("\n").length, 5);
    assert.match(
      rules(),
      /pass in quick inet proto tcp from 192\.0\.2\.44 to any port = ssh .* label "_exp_[0-9]+"/,
    );
    assert.equal((await firewall.list()).length, 3);
    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("two are over", () => removed() === 2, 8);
    assert.match(rules(), /10\.66\.0\.1[^]*2001:db8::1/);
    assert.equal(rules().split("\n").length, 3);
    await firewall.close();
    assert.equal(rules(), `${FOREIGN}\n`);
  });
});

Deno.test("pf (stand-in): rules found at start are adopted or removed", async () => {
  await withPf(async ({ firewall, events, rules }) => {
    await firewall.prepare();
    await firewall.open(access("192.0.2.44", "tcp/22", 60));
    await firewall.open(access("192.0.2.45", "udp/5353", 60));
    assert.equal(firewall.held().length, 2);
    await firewall.check();
    assert.equal(firewall.held().length, 2, "a listed rule is known again");
    assert.deepEqual(events.filter(({ type }) => type !== "command"), []);
    await firewall.flush(true);
    assert.equal(rules(), "");
  });
});

Deno.test("pf (stand-in): what cannot be done is refused by name", async () => {
  await withPf(async ({ firewall }) => {
    await firewall.prepare();
    const { error } = await firewall.open(forward("192.0.2.44", "tcp/33", "10.0.0.1 22", 60));
    assert.equal(error, "Forwarding/NAT requests are not currently supported.");
  });
  await withPf(async ({ firewall }) => {
    await assert.rejects(firewall.prepare(), /usage: pfctl/);
  }, "other");
});
