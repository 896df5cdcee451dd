import fc from "property-testing";
import { isClientName } from "../../../lib/config/client_name.ts";
import { parseRichRule, richRuleText } from "../../../lib/firewall/firewalld/rich_rule.ts";
import { recogniseRule } from "../../../lib/firewall/iptables/rule.ts";
import { readPfLine } from "../../../lib/firewall/pf/rule.ts";
import { nameOfTail, readRuleComment } from "../../../lib/firewall/rule_comment.ts";
import type { Firewall, FirewallEvent } from "../../../lib/firewall/firewall.ts";
import { assertEquals } from "../../assert.ts";
import { access, eventTypes, iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

Deno.test("an expiry with any tail is ours, and its first word is the name if it can be one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), fc.string(), (expires, tail) => {
      assertEquals(readRuleComment(`_exp_${expires}`), { expires, tail: "" });
      assertEquals(readRuleComment(`_exp_${expires} ${tail}`), { expires, tail });
      const first = tail.split(" ")[0] ?? "";
      assertEquals(nameOfTail(tail), isClientName(first) ? { name: first } : {});
    }),
  );
});

Deno.test("a comment of another program is not ours, and one that only begins like ours has no expiry", () => {
  for (const comment of ["", "exp_1", " _exp_1", "x_exp_1", "_Exp_1", "_expected_1", "alice"]) {
    assertEquals(readRuleComment(comment), undefined, comment);
  }
  for (
    const comment of [
      "_exp_",
      "_exp_ 1",
      "_exp_1x",
      "_exp_1_alice",
      "_exp_-1",
      "_exp_1\talice",
      "_exp_123456789012 alice",
    ]
  ) assertEquals(readRuleComment(comment), "broken", comment);
});

Deno.test("every firewall's rule with a tail is the same rule as without it, and has the name", () => {
  const place = { family: 4, table: "filter", chain: "FWKNOP_INPUT" } as const;
  const words = (comment: string) =>
    `-s 192.0.2.44/32 -p tcp -m tcp --dport 22 -m comment --comment stanza_2 -m comment --comment`
      .split(" ").concat(comment, "-j", "ACCEPT");
  const plain = recogniseRule(place, words("_exp_1795297020"))?.rule;
  assertEquals(recogniseRule(place, words("_exp_1795297020 alice"))?.rule, {
    ...plain,
    name: "alice",
  });
  for (
    const line of [
      'pass in quick inet proto tcp from 192.0.2.44 to any port = ssh label "_exp_1795297020%"',
      "rdr inet proto tcp from 192.0.2.44 to any port = 33389 tag _exp_1795297020% -> 10.0.0.1 port 3389",
      'nat inet from 192.0.2.44 to 10.0.0.1 tag "_exp_1795297020%" -> 203.0.113.9',
    ]
  ) {
    const [without, named] = ["", " alice"].map((tail) => readPfLine(line.replace("%", tail), "a"));
    assertEquals(named?.key, without?.key, line);
    assertEquals(named?.summary, { ...without?.summary, name: "alice" }, line);
    assertEquals(readPfLine(line.replace("_exp_", "other_"), "a"), undefined, line);
  }
  const rich = {
    family: 4,
    source: "192.0.2.44",
    element: { kind: "port", service: { protocol: "tcp", port: 22 } },
    expires: 1795297020,
  } as const;
  for (
    const rule of [{ ...rich, tail: "alice" }, { ...rich, stanza: 2, tail: "alice 3" }] as const
  ) assertEquals(parseRichRule(richRuleText(rule)), rule);
});

/** Lives through a start, a listing, an expiry and a flush with rules of a later release. */
async function liveWithTails(
  make: () => { firewall: Firewall; events: FirewallEvent[] },
  add: (address: string, comment: string) => Promise<unknown>,
): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const first = make();
  await first.firewall.ask({ name: "prepare" });
  await first.firewall.ask({ name: "release" });
  await add("10.9.0.1", `_exp_${now + 2} alice`);
  await add("10.9.0.2", `_exp_${now + 60} bob@home and more`);
  await add("10.9.0.3", "deploy _exp_1 alice");
  const { firewall, events } = make();
  await firewall.ask({ name: "prepare" });
  const listed = async (): Promise<unknown[]> =>
    (await firewall.ask({ name: "list" })).map(({ address, name }) => [address, name]).sort();
  const adopted = events.flatMap((event) => event.type === "adopted" ? [event.rule] : []);
  assertEquals(adopted.map(({ name }) => name).sort(), ["alice", "bob@home"]);
  await until("the first is over", async () => (await listed()).length === 1, 8);
  assertEquals(await listed(), [["10.9.0.2", "bob@home"]]);
  await firewall.ask({ name: "open", grant: access("10.9.0.4", "tcp/22", 60) });
  assertEquals((await listed()).length, 2);
  assertEquals(eventTypes(events).includes("vanished"), false);
  await firewall.ask({ name: "flush", extent: "everywhere", whole: false });
  assertEquals(await listed(), []);
  await firewall.ask({ name: "release" });
}

namespaceTest(
  "iptables: rules whose comment has a tail are adopted, listed, ended and flushed",
  { programs: ["iptables"] },
  async (lab) => {
    const server: Namespace = await lab.namespace("server");
    await liveWithTails(
      () => iptablesIn(server),
      (address, comment) =>
        server.must(
          ..."iptables -A FWKNOP_INPUT -p tcp --dport 22 -j ACCEPT -s".split(" "),
          address,
          ...["-m", "comment", "--comment", comment],
        ),
    );
    const left = await server.must("iptables", "-S");
    assertEquals(left.split("\n").filter((line) => line.includes("10.9.0.")).length, 1, left);
    assertEquals(left.includes("deploy _exp_1 alice"), true, "another program's rule stays");
  },
);

namespaceTest(
  "nft: elements whose comment has a tail are adopted, listed, ended and flushed",
  { programs: ["nft"] },
  async (lab) => {
    const server: Namespace = await lab.namespace("server");
    await liveWithTails(
      () => nftIn(server),
      (address, comment) => {
        const seconds = Math.max(1, Number(/_exp_(\d+)/.exec(comment)?.[1]) - Date.now() / 1000);
        const element = `{ ${address} . tcp . 22 timeout ${Math.ceil(seconds)}s ` +
          `comment "${comment.replace(" bob", " stanza 7 bob")}" }`;
        return server.must("nft", "add", "element", "inet", "fwknop", "access4", element);
      },
    );
  },
);
