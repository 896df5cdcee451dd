import assert from "node:assert/strict";
import { cabledPair } from "../../support/cabled_pair.ts";
import { access, eventTypes, nftIn } from "../../support/firewall.ts";
import { withFolder } from "../../support/folder.ts";
import { MountedNamespace } from "../../support/mounted_namespace.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";
import { connect, echoService, reach, untilClosed } from "../../support/tcp.ts";

const needs = { programs: ["nft"] };
const protect = [{ protocol: "tcp", port: 22 }] as const;

function elements(namespace: Namespace, set: string): Promise<string> {
  return namespace.must("nft", "list", "set", "inet", "fwknop", set);
}

namespaceTest(
  "nft: protected services are dropped, opened for one address in either family, and closed by the kernel",
  needs,
  async (lab) => {
    const { client, server } = await cabledPair(lab);
    const service = await echoService(server, "::", 22);
    const { firewall, events } = nftIn(server, { settings: { protect } });
    assert.equal(await reach(client, "10.9.0.2", 22, 3), "hello");
    await firewall.ask({ name: "prepare" });
    for (const host of ["10.9.0.2", "fd09::2"]) {
      assert.equal(await reach(client, host, 22, 0.3), undefined);
    }
    const four = await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 4) });
    const six = await firewall.ask({ name: "open", grant: access("fd09::1", "tcp/22", 4) });
    assert.deepEqual([four.error, six.error], [undefined, undefined]);
    assert.equal(four.added[0]?.chain, "access4");
    const session = await connect(client, "10.9.0.2", 22, 3);
    assert.equal(await reach(client, "fd09::2", 22, 3), "hello");
    // The process is gone: only the kernel can end the grant.
    await firewall.ask({ name: "release" });
    await untilClosed(client, "10.9.0.2", 22, 10);
    await untilClosed(client, "fd09::2", 22, 10);
    assert.equal(await session?.say("still"), "still");
    await session?.stop();
    await service.stop();
    assert.deepEqual(eventTypes(events), []);
  },
);

namespaceTest(
  "nft: the mark of an accepted packet passes the drops of iptables, and the start looks for no rule that reads it",
  { programs: ["nft", "iptables"] },
  async (lab) => {
    const { client, server } = await cabledPair(lab);
    const service = await echoService(server, "0.0.0.0", 22);
    await server.must("iptables", "-P", "INPUT", "DROP");
    const { firewall, events } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    assert.deepEqual(eventTypes(events), []);
    await server.must("iptables", "-I", "INPUT", "-m", "mark", "--mark", "0x5fa", "-j", "ACCEPT");
    assert.equal(await reach(client, "10.9.0.2", 22, 0.3), undefined);
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    await server.must(
      "iptables",
      "-A",
      "INPUT",
      "-m",
      "state",
      "--state",
      "ESTABLISHED",
      "-j",
      "ACCEPT",
    );
    assert.equal(await reach(client, "10.9.0.2", 22, 3), "hello");
    const again = nftIn(server);
    await again.firewall.ask({ name: "prepare" });
    assert.deepEqual(eventTypes(again.events), ["adopted"]);
    await again.firewall.ask({ name: "release" });
    await firewall.ask({ name: "close" });
    assert.doesNotMatch(await server.must("nft", "list", "tables"), /fwknop/);
    await service.stop();
  },
);

namespaceTest(
  "nft: a second knock extends a grant, and an earlier expiry does not shorten it",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    assert.equal(
      (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 3) })).added.length,
      1,
    );
    assert.equal(
      (await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 90) })).added.length,
      1,
    );
    const kept = await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 30) });
    assert.deepEqual([kept.added.length, kept.present.length], [0, 1]);
    assert.match(await elements(server, "access4"), /10\.9\.0\.1 \. tcp \. 22 timeout 1m\d+s/);
    const [rule] = await firewall.ask({ name: "list" });
    assert.deepEqual([rule?.address, rule?.service, rule?.stanza], ["10.9.0.1", "tcp/22", 1]);
    assert.equal((await firewall.ask({ name: "held" })).length, 1);
    await firewall.ask({ name: "open", grant: access("10.9.0.3", "tcp/22", 2) });
    await until("the short grant has ended", () => eventTypes(events).includes("removed"), 8);
    assert.equal((await firewall.ask({ name: "list" })).length, 1);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "nft: one element that fails leaves no rule of its packet in force",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    await server.must("nft", "flush", "chain", "inet", "fwknop", "input");
    await server.must("nft", "delete", "set", "inet", "fwknop", "access4");
    await server.must(
      "nft",
      "add",
      "set",
      "inet",
      "fwknop",
      "access4",
      "{ type ipv4_addr; flags timeout; }",
    );
    const { error, added } = await firewall.ask({
      name: "open",
      grant: access("10.9.0.1", "tcp/22,tcp/80", 60),
    });
    assert.notEqual(error, undefined);
    assert.deepEqual(added, []);
    assert.doesNotMatch(await elements(server, "access4"), /10\.9/);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "nft: after a flush of the ruleset the rules that are still granted are restored",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    await server.must("nft", "flush", "ruleset");
    await firewall.ask({ name: "open", grant: access("10.9.0.2", "tcp/22", 60) });
    assert.match(await elements(server, "access4"), /10\.9\.0\.1[^]*10\.9\.0\.2/);
    assert.deepEqual(eventTypes(events), ["warning", "restored"]);
    await server.must("nft", "flush", "chain", "inet", "fwknop", "input");
    await firewall.ask({ name: "check" });
    assert.match(await server.must("nft", "list", "chain", "inet", "fwknop", "input"), /@access4/);
    await server.must(
      "nft",
      "delete",
      "element",
      "inet",
      "fwknop",
      "access4",
      "{ 10.9.0.1 . tcp . 22 }",
    );
    await firewall.ask({ name: "check" });
    assert.equal(eventTypes(events).at(-1), "vanished");
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "nft: a changed configuration changes the table and keeps the grants",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const before = nftIn(server);
    await before.firewall.ask({ name: "prepare" });
    await before.firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    const after = nftIn(server, { settings: { protect, nat: true } });
    await after.firewall.ask({
      name: "prepare",
      inherited: await before.firewall.ask({ name: "held" }),
    });
    await before.firewall.ask({ name: "release" });
    const table = await server.must("nft", "list", "table", "inet", "fwknop");
    assert.match(table, /10\.9\.0\.1 \. tcp \. 22/);
    assert.match(table, /@protected ct state != \{ established, related \} drop/);
    assert.match(table, /masquerade/);
    assert.deepEqual(eventTypes(after.events), []);
    await after.firewall.ask({ name: "close" });
    assert.match(
      await server.must("nft", "list", "table", "inet", "fwknop"),
      /@protected/,
      "protected services stay protected",
    );
    assert.doesNotMatch(await elements(server, "access4"), /10\.9/);
    await after.firewall.ask({ name: "flush", extent: "everywhere", whole: false });
    assert.doesNotMatch(await server.must("nft", "list", "tables"), /fwknop/);
    await after.firewall.ask({ name: "release" });
  },
);

namespaceTest(
  "nft: thousands of grants are restored at once and removed at the end",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    const count = 2000;
    const results = await Promise.all(
      Array.from(
        { length: count },
        (_, index) =>
          firewall.ask({
            name: "open",
            grant: access(`10.8.${index >> 8}.${index & 255 || 1}`, `tcp/${1000 + index}`, 30),
          }),
      ),
    );
    assert.ok(results.every(({ error }) => error === undefined));
    await server.must("nft", "flush", "ruleset");
    await firewall.ask({ name: "check" });
    assert.equal((await firewall.ask({ name: "list" })).length, count);
    assert.equal(eventTypes(events).filter((type) => type === "restored").length, count);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest("nft: a missing program gives one line", needs, async () => {
  const { firewall } = nftIn({ entry: [] } as unknown as Namespace, {
    settings: { command: "/no/such/nft" },
  });
  await assert.rejects(
    firewall.ask({ name: "prepare" }),
    /^HintedError: \/no\/such\/nft: not found$/,
  );
  await firewall.ask({ name: "release" });
});

namespaceTest(
  "nft: the drop of protected services is restored even while no grant is in force",
  needs,
  async (lab) => {
    const { client, server } = await cabledPair(lab);
    const service = await echoService(server, "0.0.0.0", 22);
    const { firewall } = nftIn(server, { settings: { protect }, managed: { checkSeconds: 1 } });
    await firewall.ask({ name: "prepare" });
    await server.must("nft", "flush", "ruleset");
    await untilClosed(client, "10.9.0.2", 22, 15);
    await server.must("nft", "add table inet fwknop { flags dormant; }");
    await untilClosed(client, "10.9.0.2", 22, 15);
    await firewall.ask({ name: "close" });
    await service.stop();
  },
);

namespaceTest("nft: a table that cannot be restored is reported once", needs, async (lab) => {
  const server = await lab.namespace("server");
  const { firewall, events } = nftIn(server, { settings: { protect } });
  await firewall.ask({ name: "prepare" });
  // A set of another type has the name of one of ours.
  await server.must("nft", "flush ruleset; add table inet fwknop");
  await server.must("nft", "add set inet fwknop access4 { type ipv4_addr; }");
  for (let look = 0; look < 3; look++) await firewall.ask({ name: "check" });
  const errors = events.flatMap((event) => event.type === "error" ? event.text : []);
  assert.equal(errors.length, 1, errors.join("; "));
  assert.match(errors[0] ?? "", /^Cannot put back the table inet fwknop: .+/);
  await firewall.ask({ name: "close" });
});

namespaceTest(
  "nft: a rule restored after the clock was set back lasts no longer than granted",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    let set = 0;
    const clocks = { now: () => Date.now() + set, steady: () => performance.now() };
    const { firewall, events } = nftIn(server, { managed: { clocks } });
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 40) });
    set = -3_600_000;
    await server.must("nft", "delete", "table", "inet", "fwknop");
    await firewall.ask({ name: "check" });
    assert.deepEqual(eventTypes(events), ["warning", "restored"]);
    assert.match(await elements(server, "access4"), /10\.9\.0\.1 \. tcp \. 22 timeout (38|39|40)s/);
    await firewall.ask({ name: "check" });
    assert.deepEqual(eventTypes(events), ["warning", "restored"]);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "nft: an element of another program without a timeout is removed at the expiry in its comment",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall, events } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    const expires = Math.floor(Date.now() / 1000) + 3;
    const element = `{ 10.9.0.7 . tcp . 22 comment "_exp_${expires}" }`;
    await server.must("nft", "add", "element", "inet", "fwknop", "access4", element);
    await firewall.ask({ name: "check" });
    await until("the element is removed", () => eventTypes(events).includes("removed"));
    assert.deepEqual(eventTypes(events), ["adopted", "removed"]);
    assert.doesNotMatch(await elements(server, "access4"), /10\.9/);
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "nft: a host without /etc/protocols lists, takes over and ends grants like any other",
  needs,
  async (lab) => {
    await withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const bare = new MountedNamespace(host, `${folder}/enter`, [
        ["--bind", "/dev/null", "/etc/protocols"],
      ]);
      const first = nftIn(bare);
      await first.firewall.ask({ name: "prepare" });
      const opened = await first.firewall.ask({
        name: "open",
        grant: access("10.9.0.1", "tcp/22", 60),
      });
      assert.equal(opened.error, undefined);
      assert.match(await elements(bare, "access4"), /10\.9\.0\.1 \. 6 \. 22 /);
      await first.firewall.ask({ name: "release" });

      const second = nftIn(bare);
      await second.firewall.ask({ name: "prepare" });
      const listed = await second.firewall.ask({ name: "list" });
      assert.deepEqual(listed.map(({ service }) => service), ["tcp/22"]);
      // The same grant again is the same element: it is not added twice.
      await second.firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 90) });
      assert.equal((await second.firewall.ask({ name: "list" })).length, 1);
      await second.firewall.ask({ name: "flush", extent: "everywhere", whole: false });
      assert.ok(!(await elements(bare, "access4").catch(() => "")).includes("10.9.0.1"));
    });
  },
);
