import assert from "node:assert/strict";
import type { Chain, ChainRole } from "../../../../lib/config/chain.ts";
import type { HintedError } from "../../../../lib/errors/hinted_error.ts";
import {
  access,
  chainRules,
  defaultChains,
  eventTypes,
  iptablesIn,
} from "../../../support/firewall.ts";
import { namespaceTest, until } from "../../../support/namespace.ts";

const LOG = { checkSeconds: 0 };

namespaceTest(
  "at start the server adopts our unexpired rules, removes expired, unreadable and doubled ones, and keeps those of other programs",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const soon = Math.floor(Date.now() / 1000) + 3;
    await server.must("iptables", "-N", "FWKNOP_INPUT");
    const add = (comment: string, port: number) =>
      server.must(
        "iptables",
        "-A",
        "FWKNOP_INPUT",
        "-p",
        "6",
        "-s",
        "10.9.0.1",
        "-d",
        "0.0.0.0/0",
        "--dport",
        String(port),
        "-m",
        "comment",
        "--comment",
        comment,
        "-j",
        "ACCEPT",
      );
    await add(`_exp_${soon}`, 22);
    await add(`_exp_${soon}`, 22);
    await add("_exp_1500000000", 23);
    await add("_exp_tomorrow", 24);
    await add("the administrator's own", 25);
    const { firewall, events } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    await until("what is over is gone", () => eventTypes(events).includes("removed"));
    assert.deepEqual((await chainRules(server)).map((line) => /--dport (\d+)/.exec(line)?.[1]), [
      "22",
      "25",
    ]);
    assert.deepEqual(eventTypes(events), ["info", "jump", "adopted", "removed"]);
    await until(
      "the adopted rule is over",
      () => eventTypes(events).filter((type) => type === "removed").length === 2,
      8,
    );
    assert.match((await chainRules(server)).join(), /^-A FWKNOP_INPUT .*administrator/);
    await firewall.ask({ name: "close" });
    assert.match((await chainRules(server)).join(), /administrator/, "stays with its chain");
  },
);

namespaceTest(
  "with FLUSH_IPT_AT_INIT Y the chain starts empty, and with AT_EXIT N every rule stays",
  {
    programs: ["iptables"],
  },
  async (lab) => {
    const server = await lab.namespace("server");
    const first = iptablesIn(server, {
      managed: { ...LOG, flushAtStart: true, flushAtExit: false },
    });
    await first.firewall.ask({ name: "prepare" });
    await first.firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    await first.firewall.ask({ name: "close" });
    assert.equal((await chainRules(server)).length, 1);
    const second = iptablesIn(server, {
      managed: { ...LOG, flushAtStart: true, flushAtExit: true },
    });
    await second.firewall.ask({ name: "prepare" });
    assert.equal((await chainRules(server)).length, 0);
    assert.equal((await chainRules(server, "INPUT")).length, 1);
    await server.must("iptables", "-A", "FWKNOP_INPUT", "-s", "10.1.1.1", "-j", "DROP");
    await second.firewall.ask({ name: "close" });
    assert.doesNotMatch((await server.run("iptables", "-S")).stdout, /FWKNOP/);
  },
);

namespaceTest(
  "a reload keeps every grant and its stanza",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const before = iptablesIn(server, { managed: { ...LOG, flushAtStart: true } });
    await before.firewall.ask({ name: "prepare" });
    await before.firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    const after = iptablesIn(server, { managed: { ...LOG, flushAtStart: true } });
    await after.firewall.ask({
      name: "prepare",
      inherited: await before.firewall.ask({ name: "held" }),
    });
    await before.firewall.ask({ name: "release" });
    assert.deepEqual(eventTypes(after.events), ["info"]);
    assert.equal((await after.firewall.ask({ name: "list" }))[0]?.stanza, 1);
    assert.equal((await chainRules(server)).length, 1);
    assert.equal(
      (await before.firewall.ask({ name: "open", grant: access("10.9.0.9", "tcp/22", 60) })).error,
      "The firewall was released",
    );
    // After a crash, the rules are the only record.
    const third = iptablesIn(server);
    await after.firewall.ask({ name: "release" });
    await third.firewall.ask({ name: "prepare" });
    assert.deepEqual(eventTypes(third.events), ["info", "adopted"]);
    assert.equal((await third.firewall.ask({ name: "held" }))[0]?.summary.stanza, 1);
    await third.firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "a flush removes everything of ours, from every earlier configuration, and nothing else",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const roles = defaultChains("input", "output", "forward", "dnat", "snat", "masquerade");
    const old = { ...roles, output: { ...roles.output!, name: "OLD_NAME" } };
    await server.must("iptables", "-A", "INPUT", "-p", "icmp", "-j", "ACCEPT");
    const { firewall } = iptablesIn(server, {
      settings: { chains: old },
      managed: { ...LOG, flushAtExit: false },
    });
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    await firewall.ask({ name: "open", grant: access("fd09::1", "tcp/22", 60) });
    await firewall.ask({ name: "close" });
    await server.must("iptables", "-A", "FWKNOP_FORWARD", "-s", "10.5.5.5", "-j", "DROP");
    const now = iptablesIn(server);
    await now.firewall.ask({ name: "flush", extent: "everywhere", whole: false });
    assert.equal(
      (await server.must("iptables", "-S")).trim().split("\n").slice(3).join("\n"),
      [
        "-N FWKNOP_FORWARD",
        "-A INPUT -p icmp -j ACCEPT",
        "-A FORWARD -j FWKNOP_FORWARD",
        "-A FWKNOP_FORWARD -s 10.5.5.5/32 -j DROP",
      ].join("\n"),
    );
    assert.doesNotMatch(await server.must("iptables", "-t", "nat", "-S"), /FWKNOP/);
    assert.doesNotMatch(await server.must("ip6tables", "-S"), /FWKNOP/);
    await now.firewall.ask({ name: "release" });
  },
);

for (const program of ["iptables", "iptables-legacy"]) {
  namespaceTest(
    `${program}: a target that cannot be used ends the start, named with its variable, and leaves nothing`,
    { programs: [program] },
    async (lab) => {
      const server = await lab.namespace("server");
      const chains = defaultChains("input", "forward", "dnat", "snat", "masquerade");
      const start = (role: ChainRole, target: string) => {
        const chain = { ...chains[role], target } as Chain;
        const settings = { chains: { ...chains, [role]: chain } };
        return iptablesIn(server, { program, settings }).firewall.ask({ name: "prepare" });
      };
      for (const role of ["input", "forward", "dnat", "snat", "masquerade"] as const) {
        const variable = `IPT_${role.toUpperCase()}_ACCESS`;
        await assert.rejects(
          () => start(role, "ACEPT"),
          (error: HintedError) =>
            error.message.startsWith(
              `${variable}: the target 'ACEPT' cannot be used in the table`,
            ) &&
            error.hint?.startsWith("Write ACCEPT, or make a chain 'ACEPT'"),
          variable,
        );
      }
      await assert.rejects(() => start("input", "DNAT"), /IPT_INPUT_ACCESS: the target 'DNAT'/);
      for (const table of ["filter", "nat"]) {
        assert.doesNotMatch(await server.must(program, "-t", table, "-S"), /FWKNOP/);
      }
      await server.must(program, "-N", "ACEPT");
      const { firewall } = iptablesIn(server, {
        program,
        settings: { chains: { ...chains, input: { ...chains.input, target: "ACEPT" } as Chain } },
      });
      await firewall.ask({ name: "prepare" });
      assert.equal(
        (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) })).error,
        undefined,
      );
      await firewall.ask({ name: "close" });
    },
  );
}

namespaceTest(
  "after a restart, a rule that was made while the clock was ahead ends when a new grant would",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    let set = 7_200_000;
    const clocks = { now: () => Date.now() + set, steady: () => performance.now() };
    const managed = { clocks, longest: 3 };
    const before = iptablesIn(server, { managed });
    await before.firewall.ask({ name: "prepare" });
    const opened = await before.firewall.ask({
      name: "open",
      grant: access("10.9.0.1", "tcp/22", 7203),
    });
    assert.equal(opened.error, undefined);
    await before.firewall.ask({ name: "release" });
    set = 0;
    const { firewall, events } = iptablesIn(server, { managed });
    await firewall.ask({ name: "prepare" });
    const [adopted] = events.flatMap((event) => event.type === "adopted" ? [event.rule] : []);
    assert.ok(adopted !== undefined && adopted.expires <= Math.ceil(Date.now() / 1000) + 3);
    await until("it is gone", () => eventTypes(events).includes("removed"), 8);
    assert.deepEqual(await chainRules(server), []);
    await firewall.ask({ name: "close" });
  },
);
