import type { FirewallEvent } from "../../../../lib/firewall/firewall.ts";
import {
  ipfwAdapter,
  type IpfwSettings,
  type IpfwView,
} from "../../../../lib/firewall/ipfw/adapter.ts";
import { ipfwDynamicNumbers, parseIpfwRules } from "../../../../lib/firewall/ipfw/listing.ts";
import { ManagedFirewall } from "../../../../lib/firewall/managed_firewall.ts";
import { assertEquals, assertMatch } from "../../../assert.ts";
import { access, forward } from "../../../support/firewall.ts";
import { until } from "../../../support/namespace.ts";

const STAND_IN = new URL("../../../support/ipfw.ts", import.meta.url).pathname;
const FOREIGN = { number: 10001, set: 0, body: "allow ip from any to any via lo0" };
const STRANGER = { number: 10000, set: 1, body: "deny tcp from 10.66.0.1 to any dst-port 25" };

interface Stage {
  readonly make: (settings?: Partial<IpfwSettings>) => {
    firewall: ManagedFirewall<IpfwView>;
    events: FirewallEvent[];
  };
  /** Set and body of each rule. */
  rules(): string[];
  connect(...numbers: number[]): void;
  /** Adds a text to the comment of each rule of a grant. */
  addTail(tail: string): void;
}

async function withIpfw(body: (stage: Stage) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  const write = (state: unknown) => Deno.writeTextFileSync(path, JSON.stringify(state));
  const read = () => JSON.parse(Deno.readTextFileSync(path));
  write({ rules: [FOREIGN, STRANGER], disabled: [], dynamic: [] });
  const firewalls: ManagedFirewall<IpfwView>[] = [];
  try {
    await body({
      make: (settings) => {
        const events: FirewallEvent[] = [];
        const adapter = ipfwAdapter({
          command: `${Deno.execPath()} run --quiet --allow-read --allow-write ${STAND_IN} ${path}`,
          start: 10000,
          maxRules: 4,
          activeSet: 1,
          expireSet: 2,
          checkState: false,
          ...settings,
        });
        const onEvent = (event: FirewallEvent) => events.push(event);
        const firewall = new ManagedFirewall(adapter, { checkSeconds: 0, onEvent });
        firewalls.push(firewall);
        return { firewall, events };
      },
      rules: () =>
        read().rules.map((rule: typeof FOREIGN) => `${rule.number} ${rule.set} ${rule.body}`),
      connect: (...dynamic) => write({ ...read(), dynamic }),
      addTail: (tail) =>
        write({
          ...read(),
          rules: read().rules.map((rule: typeof FOREIGN) =>
            rule.body.includes("// _exp_") ? { ...rule, body: rule.body + tail } : rule
          ),
        }),
    });
  } finally {
    for (const firewall of firewalls) await firewall.ask({ name: "release" });
    await Deno.remove(path);
  }
}

Deno.test("ipfw (stand-in): after a grant ends its connection continues, and its rule is removed when the connection ends", async () => {
  await withIpfw(async ({ make, rules, connect }) => {
    const { firewall, events } = make();
    await firewall.ask({ name: "prepare" });
    assertEquals(
      (await firewall.ask({ name: "open", grant: access("192.0.2.44", "tcp/22,udp/53", 3) })).error,
      undefined,
    );
    assertEquals(
      (await firewall.ask({ name: "open", grant: access("2001:db8::1", "tcp/22", 60) })).error,
      undefined,
    );
    assertMatch(
      rules()[2] ?? "",
      /^10002 1 allow tcp from 192\.0\.2\.44 to me dst-port 22 setup keep-state \/\/ _exp_[0-9]+$/,
    );
    assertMatch(rules()[3] ?? "", /^10003 1 allow udp .* dst-port 53 keep-state \/\/ _exp_/);
    assertMatch(rules()[4] ?? "", /^10004 1 allow tcp from 2001:db8::1 to me6 /);
    assertEquals((await firewall.ask({ name: "list" })).length, 3);

    const removed = () => events.filter(({ type }) => type === "removed").length;
    await until("two are over", () => removed() === 2, 8);
    assertEquals(rules().map((rule) => rule.split(" ")[1]), ["1", "0", "2", "2", "1"]);
    connect(10002);
    await firewall.ask({ name: "check" });
    assertEquals(rules().map((rule) => rule.split(" ")[0]), ["10000", "10001", "10002", "10004"]);
    connect();
    await firewall.ask({ name: "check" });
    assertEquals(rules().length, 3, "no connection needs it any more");
    assertEquals(events.filter(({ type }) => type === "warning" || type === "error"), []);
    await firewall.ask({ name: "close" });
    assertEquals(rules().length, 2, "what others put into the set stays");
  });
});

Deno.test("ipfw (stand-in): the server adopts rules, refuses when numbers run out, and empties both sets at a flush", async () => {
  await withIpfw(async ({ make, rules }) => {
    const before = make({ checkState: true, maxRules: 3 });
    await before.firewall.ask({ name: "prepare" });
    assertMatch(rules().join(), /10000 1 check-state/);
    assertEquals(
      (await before.firewall.ask({ name: "open", grant: access("192.0.2.1", "tcp/22", 60) })).error,
      undefined,
    );
    const { error, added } = await before.firewall.ask({
      name: "open",
      grant: access("192.0.2.2", "tcp/22,tcp/80", 60),
    });
    assertMatch(error ?? "", /Maximum allowed number of rules has been reached/);
    assertEquals([
      added.length,
      (await before.firewall.ask({ name: "held" })).length,
      rules().length,
    ], [0, 1, 4]);
    await before.firewall.ask({ name: "release" });

    const after = make({ checkState: true });
    await after.firewall.ask({ name: "prepare" });
    assertEquals((await after.firewall.ask({ name: "held" })).length, 1);
    assertEquals(rules().filter((rule) => rule.includes("check-state")).length, 1);
    await after.firewall.ask({ name: "flush", extent: "everywhere", whole: true });
    assertEquals(rules(), ["10001 0 allow ip from any to any via lo0"]);
    const { error: refusal } = await after.firewall.ask({
      name: "open",
      grant: forward("192.0.2.1", "tcp/33", "10.0.0.1 22", 60),
    });
    assertEquals(refusal, "Forwarding/NAT requests are not currently supported.");
  });
});

Deno.test("ipfw (stand-in): a rule whose comment has a tail is adopted with its name, and flushed", async () => {
  await withIpfw(async ({ make, rules, addTail }) => {
    const before = make();
    await before.firewall.ask({ name: "prepare" });
    await before.firewall.ask({ name: "open", grant: access("192.0.2.1", "tcp/22", 60) });
    await before.firewall.ask({ name: "release" });
    addTail(" alice");
    const after = make();
    await after.firewall.ask({ name: "prepare" });
    assertEquals((await after.firewall.ask({ name: "list" }))[0]?.name, "alice");
    const adopted = after.events.flatMap((it) => it.type === "adopted" ? [it.rule.name] : []);
    assertEquals(adopted, ["alice"]);
    await after.firewall.ask({ name: "flush", extent: "everywhere", whole: false });
    assertEquals(rules().filter((rule) => rule.includes("_exp_")), []);
  });
});

Deno.test("listings of ipfw are read in both styles", () => {
  const listing = "10000 allow tcp from 192.0.2.44 to me dst-port 22 setup keep-state // _exp_1\n" +
    "# DISABLED 10001 set 2 allow udp from 192.0.2.44 to me dst-port 53 keep-state :default // _exp_2\n" +
    "## Dynamic rules (1 4096):\n10001 12 3456 (298s) STATE tcp 192.0.2.44 1 <-> 10.0.0.1 22\n";
  assertEquals(parseIpfwRules(listing).map(({ number, comment }) => [number, comment]), [
    [10000, "_exp_1"],
    [10001, "_exp_2"],
  ]);
  assertEquals([...ipfwDynamicNumbers(listing)], [10001]);
});
