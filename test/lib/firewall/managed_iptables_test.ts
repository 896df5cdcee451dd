import assert from "node:assert/strict";
import { cabledPair } from "../../support/cabled_pair.ts";
import {
  access,
  chainRules,
  defaultChains,
  eventTypes,
  forward,
  iptablesIn,
} from "../../support/firewall.ts";
import {
  failsInNamespace,
  type Lab,
  type Namespace,
  namespaceTest,
  until,
} from "../../support/namespace.ts";
import { connect, echoService, reach, untilClosed } from "../../support/tcp.ts";

/** A client and a server that drops new connections to port 22. */
async function pair(lab: Lab, program: string): Promise<{ client: Namespace; server: Namespace }> {
  const { client, server } = await cabledPair(lab);
  for (const each of [program, program.replace("iptables", "ip6tables")]) {
    await server.must(each, "-A", "INPUT", "-m", "state", "--state", "ESTABLISHED", "-j", "ACCEPT");
    await server.must(each, "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
  }
  return { client, server };
}

/** The legacy program is skipped if the kernel has no tables for it. */
for (const program of ["iptables", "iptables-legacy"]) {
  const needs = {
    programs: [program, `${program}-restore`],
    unavailable: () => failsInNamespace(program, "-S"),
  };
  const title = (text: string) => `${program}: ${text}`;

  namespaceTest(
    title("a grant opens the port and ends on time, and an established session goes on"),
    needs,
    async (lab) => {
      const { client, server } = await pair(lab, program);
      const service = await echoService(server, "0.0.0.0", 22);
      const { firewall, events } = iptablesIn(server, { program });
      await firewall.ask({ name: "prepare" });
      assert.equal(await reach(client, "10.9.0.2", 22, 0.3), undefined);
      const grant = access("10.9.0.1", "tcp/22", 4);
      const result = await firewall.ask({ name: "open", grant: grant });
      assert.equal(result.error, undefined);
      assert.deepEqual(result.added.map(({ key: _, ...rule }) => rule), [{
        kind: "access",
        chain: "FWKNOP_INPUT",
        address: "10.9.0.1",
        destination: "0.0.0.0/0",
        services: "tcp/22",
        service: "tcp/22",
        expires: grant.expires,
        stanza: 1,
      }]);
      const session = await connect(client, "10.9.0.2", 22, 3);
      assert.equal(session?.banner, "hello");
      await until("the rule is removed", () => eventTypes(events).includes("removed"), 8);
      assert.ok(Date.now() / 1000 >= grant.expires, "the rule is not removed before its expiry");
      assert.deepEqual(await chainRules(server, "FWKNOP_INPUT", program), []);
      await untilClosed(client, "10.9.0.2", 22, 5);
      assert.equal(await session?.say("still here"), "still here");
      await session?.stop();
      await service.stop();
      assert.deepEqual(eventTypes(events), ["info", "jump", "removed"]);
      await firewall.ask({ name: "close" });
      const { stdout } = await server.run(program, "-S");
      assert.doesNotMatch(stdout, /FWKNOP/);
    },
  );

  namespaceTest(
    title("the rule is that of the C daemon, with an expiry that the kernel enforces"),
    needs,
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall } = iptablesIn(server, { program });
      await firewall.ask({ name: "prepare" });
      const grant = access("10.9.0.1", "tcp/22,udp/53", 60);
      const { added } = await firewall.ask({ name: "open", grant: grant });
      assert.deepEqual(added.map(({ service, services }) => [service, services]), [
        ["tcp/22", "tcp/22,udp/53"],
        ["udp/53", "tcp/22,udp/53"],
      ]);
      const stop = new Date((grant.expires - 1) * 1000).toISOString().slice(0, 19);
      const end =
        `-m comment --comment stanza_1 -m time --datestop ${stop} -m comment --comment _exp_${grant.expires} -j ACCEPT`;
      assert.deepEqual(await chainRules(server, "FWKNOP_INPUT", program), [
        `-A FWKNOP_INPUT -s 10.9.0.1/32 -p tcp -m tcp --dport 22 ${end}`,
        `-A FWKNOP_INPUT -s 10.9.0.1/32 -p udp -m udp --dport 53 ${end}`,
      ]);
      const again = await firewall.ask({ name: "open", grant: grant });
      assert.deepEqual([again.added.length, again.present.length], [0, 2]);
      assert.equal((await chainRules(server, "FWKNOP_INPUT", program)).length, 2);
      const listed = await firewall.ask({ name: "list" });
      assert.deepEqual(listed.map(({ service, stanza, expires }) => [service, stanza, expires]), [
        ["tcp/22", 1, grant.expires],
        ["udp/53", 1, grant.expires],
      ]);
      await firewall.ask({ name: "close" });
    },
  );

  namespaceTest(
    title("a grant ends on time if the clock is set back"),
    needs,
    async (lab) => {
      const server = await lab.namespace("server");
      let set = 0;
      const clocks = { now: () => Date.now() + set, steady: () => performance.now() };
      const { firewall, events } = iptablesIn(server, { program, managed: { clocks } });
      await firewall.ask({ name: "prepare" });
      await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 3) });
      set = -3_600_000;
      await until("the grant has ended", () => events.some(({ type }) => type === "removed"), 10);
      assert.doesNotMatch(await server.must(program, "-S", "FWKNOP_INPUT"), /_exp_/);
      await firewall.ask({ name: "close" });
    },
  );

  namespaceTest(title("an IPv6 grant adds its rule to ip6tables"), needs, async (lab) => {
    const { client, server } = await pair(lab, program);
    const service = await echoService(server, "::", 22);
    const { firewall } = iptablesIn(server, { program });
    await firewall.ask({ name: "prepare" });
    const six = program.replace("iptables", "ip6tables");
    assert.notEqual(
      (await server.run(six, "-S", "FWKNOP_INPUT")).code,
      0,
      "the chain is absent until it is needed",
    );
    assert.equal(await reach(client, "fd09::2", 22, 0.3), undefined);
    const result = await firewall.ask({ name: "open", grant: access("fd09::1", "tcp/22", 60) });
    assert.equal(result.error, undefined);
    assert.equal(result.added[0]?.destination, "::/0");
    assert.equal(await reach(client, "fd09::2", 22, 3), "hello");
    assert.equal(await reach(client, "10.9.0.2", 22, 0.3), undefined);
    assert.equal((await firewall.ask({ name: "list" }))[0]?.address, "fd09::1");
    await firewall.ask({ name: "close" });
    assert.doesNotMatch((await server.run(six, "-S")).stdout, /FWKNOP/);
    await service.stop();
  });

  namespaceTest(
    title(
      "if the kernel reports no changes, a rule of another program is found even while no grant is in force",
    ),
    needs,
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = iptablesIn(server, { program, managed: { checkSeconds: 1 } });
      await firewall.ask({ name: "prepare" });
      const comment = ["-m", "comment", "--comment", `_exp_${Math.floor(Date.now() / 1000) + 2}`];
      await server.must(program, "-A", "FWKNOP_INPUT", ...comment, "-j", "ACCEPT");
      await until("the rule has ended", () => eventTypes(events).includes("removed"), 10);
      assert.deepEqual(await chainRules(server, "FWKNOP_INPUT", program), []);
      await firewall.ask({ name: "close" });
    },
  );

  namespaceTest(
    title("the next grant restores a lost jump or chain, with the rules that are still granted"),
    needs,
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = iptablesIn(server, { program });
      await firewall.ask({ name: "prepare" });
      await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
      await server.must(program, "-F");
      const second = await firewall.ask({ name: "open", grant: access("10.9.0.3", "tcp/22", 60) });
      assert.equal(second.error, undefined);
      assert.equal((await chainRules(server, "INPUT", program)).length, 1);
      assert.equal((await chainRules(server, "FWKNOP_INPUT", program)).length, 2);
      assert.deepEqual(eventTypes(events).slice(2), ["warning", "jump", "restored"]);
      await server.must(program, "-F");
      await server.must(program, "-X");
      await firewall.ask({ name: "check" });
      assert.equal((await chainRules(server, "FWKNOP_INPUT", program)).length, 2);
      await firewall.ask({ name: "close" });
    },
  );

  namespaceTest(
    title("a rule that another program deleted stays deleted, and other rules are not affected"),
    needs,
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = iptablesIn(server, { program });
      await firewall.ask({ name: "prepare" });
      await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 2) });
      await firewall.ask({ name: "open", grant: access("10.9.0.2", "tcp/22", 2) });
      await firewall.ask({ name: "open", grant: access("10.9.0.3", "tcp/22", 60) });
      await server.must(program, "-D", "FWKNOP_INPUT", "2");
      await until("both rules have ended", () => eventTypes(events).length >= 4, 8);
      assert.deepEqual(eventTypes(events).slice(2).sort(), ["removed", "vanished"]);
      assert.equal((await chainRules(server, "FWKNOP_INPUT", program)).length, 1);
      await server.must(program, "-D", "FWKNOP_INPUT", "1");
      await firewall.ask({ name: "check" });
      assert.equal(eventTypes(events).at(-1), "vanished");
      assert.deepEqual(await chainRules(server, "FWKNOP_INPUT", program), []);
      assert.equal((await firewall.ask({ name: "held" })).length, 0);
      await firewall.ask({ name: "close" });
    },
  );
}

namespaceTest(
  "the rules of a packet are added as a whole or not at all",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const chains = defaultChains("input", "output");
    const bad = { ...chains, output: { ...chains.output!, target: "GONE" } };
    await server.must("iptables", "-N", "GONE");
    const { firewall } = iptablesIn(server, { settings: { chains: bad } });
    await firewall.ask({ name: "prepare" });
    // The missing target makes the rule fail, not the jump.
    await server.must("iptables", "-X", "GONE");
    const result = await firewall.ask({
      name: "open",
      grant: access("10.9.0.1", "tcp/22,tcp/80", 60),
    });
    assert.match(result.error ?? "", /GONE/);
    assert.deepEqual(result.added, []);
    assert.deepEqual(await chainRules(server), []);
    assert.equal((await firewall.ask({ name: "held" })).length, 0);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "the start fails if a jump position is beyond the end of the chain",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const input = { ...defaultChains("input").input!, jumpPosition: 5 };
    const { firewall } = iptablesIn(server, { settings: { chains: { input } } });
    await assert.rejects(
      firewall.ask({ name: "prepare" }),
      /FWKNOP_INPUT cannot be placed at position 5: INPUT has 0 rules/,
    );
    assert.doesNotMatch((await server.run("iptables", "-S")).stdout, /FWKNOP/);
    await firewall.ask({ name: "release" });
  },
);

namespaceTest("200 grants at once all end on time, with few program starts", {
  programs: ["iptables"],
}, async (lab) => {
  const server = await lab.namespace("server");
  const { firewall, events } = iptablesIn(server);
  await firewall.ask({ name: "prepare" });
  const starts = () =>
    events.filter((event) => event.type === "command" && !event.text.includes("\n")).length;
  const before = starts();
  const grants = Array.from(
    { length: 200 },
    (_, index) => firewall.ask({ name: "open", grant: access(`10.9.1.${index + 1}`, "tcp/22", 4) }),
  );
  const results = await Promise.all(grants);
  assert.ok(results.every(({ error, added }) => error === undefined && added.length === 1));
  assert.equal((await chainRules(server)).length, 200);
  await until(
    "all rules have ended",
    () => eventTypes(events).filter((type) => type === "removed").length === 200,
    10,
  );
  assert.deepEqual(await chainRules(server), []);
  assert.equal(starts(), before, "no further program was started for them");
  await firewall.ask({ name: "close" });
});

namespaceTest(
  "the enforcer refuses invalid requests",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    const good = access("10.9.0.1", "tcp/22", 60);
    const forged = { ...good.address, text: "10.9.0.1 -j ACCEPT\nCOMMIT" };
    for (
      const bad of [
        { ...good, services: [] },
        { ...good, services: [{ protocol: "tcp" as const, port: 0 }] },
        { ...good, services: [{ protocol: "tcp" as const, port: 22.5 }] },
        { ...good, expires: 5 },
        { ...good, expires: NaN },
        { ...good, expires: good.expires + 9e9 },
        { ...good, address: forged },
        { ...good, address: { ...good.address, family: 6 as const } },
        { ...good, destination: forged },
        { ...good, stanza: 0 },
      ]
    ) {
      assert.match(
        (await firewall.ask({ name: "open", grant: bad })).error ?? "",
        /The firewall refuses the request/,
      );
    }
    assert.deepEqual(await chainRules(server), []);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "after a process is killed right after a grant, the kernel ends the grant",
  { programs: ["iptables"] },
  async (lab) => {
    const { client, server } = await pair(lab, "iptables");
    const service = await echoService(server, "0.0.0.0", 22);
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    const grant = access("10.9.0.1", "tcp/22", 3);
    await firewall.ask({ name: "open", grant: grant });
    // A release leaves what a kill leaves: the rules, and no process that ends them.
    await firewall.ask({ name: "release" });
    assert.equal(await reach(client, "10.9.0.2", 22, 2), "hello");
    await untilClosed(client, "10.9.0.2", 22, 10);
    assert.ok(Date.now() / 1000 >= grant.expires - 1);
    assert.equal((await chainRules(server)).length, 1);
    const next = iptablesIn(server);
    await next.firewall.ask({ name: "prepare" });
    // A start does not wait for the removal of expired rules.
    await until("the expired rule is removed", async () => (await chainRules(server)).length === 0);
    await next.firewall.ask({ name: "close" });
    await service.stop();
  },
);

namespaceTest(
  "if the nat table refuses its rules, the rules of the filter table are removed again",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const chains = defaultChains("input", "forward", "dnat", "masquerade");
    const bad = { ...chains, masquerade: { ...chains.masquerade!, target: "GONE" } };
    await server.must("iptables", "-t", "nat", "-N", "GONE");
    const { firewall } = iptablesIn(server, { settings: { chains: bad } });
    await firewall.ask({ name: "prepare" });
    await server.must("iptables", "-t", "nat", "-X", "GONE");
    const sourceNat = { kind: "masquerade" } as const;
    const grant = forward("10.9.0.1", "tcp/33", "10.1.1.1 22", 60, { sourceNat });
    const result = await firewall.ask({ name: "open", grant: grant });
    assert.match(result.error ?? "", /GONE/);
    assert.deepEqual(await chainRules(server, "FWKNOP_FORWARD"), []);
    assert.equal((await firewall.ask({ name: "held" })).length, 0);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "a check ends expired rules of other programs, adopts those that will expire, and keeps their other rules",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    const soon = Math.floor(Date.now() / 1000) + 60;
    const add = (...words: string[]) =>
      server.must("iptables", "-A", "FWKNOP_INPUT", ...words, "-j", "ACCEPT");
    const comment = (text: string) => ["-m", "comment", "--comment", text];
    await add("-s", "10.1.1.1", ...comment("_exp_1500000000"));
    await add("-s", "10.0.0.0/8", "-p", "icmp", ...comment("_exp_1500000001"));
    await add("-s", "10.1.1.2", "-p", "tcp", "--dport", "22", ...comment(`_exp_${soon}`));
    await add("-s", "10.1.1.3");
    await firewall.ask({ name: "check" });
    assert.deepEqual(eventTypes(events).slice(2), ["adopted", "removed", "removed"]);
    assert.deepEqual((await chainRules(server)).map((line) => / -s (\S+)/.exec(line)?.[1]), [
      "10.1.1.2/32",
      "10.1.1.3/32",
    ]);
    assert.equal((await firewall.ask({ name: "held" })).length, 1);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "two packets of one client at the same moment add one rule",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    const grant = access("10.9.0.1", "tcp/22,tcp/80", 60);
    const [first, second] = await Promise.all([
      firewall.ask({ name: "open", grant: grant }),
      firewall.ask({ name: "open", grant: grant }),
    ]);
    assert.deepEqual([first.added.length, first.present.length], [2, 0]);
    assert.deepEqual([second.added.length, second.present.length], [0, 2]);
    assert.equal((await chainRules(server)).length, 2);
    await firewall.ask({ name: "close" });
  },
);
