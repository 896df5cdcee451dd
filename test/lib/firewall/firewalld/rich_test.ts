import { assert, assertEquals, assertMatch } from "../../../assert.ts";
import type { FirewallEvent } from "../../../../lib/firewall/firewall.ts";
import { firewalldRichAdapter } from "../../../../lib/firewall/firewalld/rich.ts";
import { ManagedFirewall, type ManagedOptions } from "../../../../lib/firewall/managed_firewall.ts";
import { cabledPair } from "../../../support/cabled_pair.ts";
import { access, eventTypes, forward } from "../../../support/firewall.ts";
import { Firewalld, FIREWALLD_PROGRAMS } from "../../../support/firewalld.ts";
import { withFolder } from "../../../support/folder.ts";
import { GATEWAY, GatewayLab, INSIDE, NEIGHBOUR, OUTSIDE } from "../../../support/gateway.ts";
import { type Namespace, namespaceTest, until } from "../../../support/namespace.ts";
import { connect, echoService, reach, untilClosed } from "../../../support/tcp.ts";

const needs = { programs: FIREWALLD_PROGRAMS };
const CLIENT = "10.9.0.1";
const SERVER = "10.9.0.2";
const PORT = 2222;

/** A server behind firewalld, a client on its cable, and a folder for files. */
interface Stage {
  readonly client: Namespace;
  readonly server: Namespace;
  readonly firewalld: Firewalld;
  readonly folder: string;
}

function firewalldTest(name: string, body: (stage: Stage) => Promise<void>): void {
  namespaceTest(name, needs, (lab) =>
    withFolder(async (folder) => {
      const { client, server } = await cabledPair(lab);
      const firewalld = await Firewalld.start(server, folder, "nftables");
      await body({ client, server, firewalld, folder });
    }));
}

function manage(
  { command }: Pick<Firewalld, "command">,
  zones: readonly string[] = ["public"],
  runner: ManagedOptions["runner"] = {},
) {
  const events: FirewallEvent[] = [];
  const adapter = firewalldRichAdapter({ command, zones, exits: zones });
  const onEvent = (event: FirewallEvent) => events.push(event);
  return { firewall: new ManagedFirewall(adapter, { checkSeconds: 0, onEvent, runner }), events };
}

firewalldTest(
  "firewalld: rich rules open for one address in either family, and firewalld closes them on its own",
  async ({ server, client, firewalld }) => {
    await echoService(server, "::", PORT);
    const { firewall } = manage(firewalld);
    await firewall.ask({ name: "prepare" });
    for (const host of [SERVER, "fd09::2"]) {
      assertEquals(await reach(client, host, PORT, 0.5), undefined, `${host} before`);
    }
    const four = await firewall.ask({
      name: "open",
      grant: access(CLIENT, `tcp/${PORT},udp/53`, 9),
    });
    const six = await firewall.ask({ name: "open", grant: access("fd09::1", `tcp/${PORT}`, 9) });
    assertEquals([four.error, six.error], [undefined, undefined]);
    assertEquals(four.added.map(({ service }) => service), [`tcp/${PORT}`, "udp/53"]);
    const session = await connect(client, SERVER, PORT, 3);
    assertEquals(await reach(client, "fd09::2", PORT, 3), "hello");
    const listed = await firewall.ask({ name: "list" });
    assertEquals(
      // firewalld lists rules of one priority in any order.
      listed.map(({ chain, address, service, stanza }) =>
        [chain, address, service, stanza].join(" ")
      ).sort(),
      [
        `public ${CLIENT} tcp/${PORT} 1`,
        `public ${CLIENT} udp/53 1`,
        `public fd09::1 tcp/${PORT} 1`,
      ],
    );
    // The process has ended: only firewalld can close the rule.
    await firewall.ask({ name: "release" });
    await untilClosed(client, SERVER, PORT, 25);
    await untilClosed(client, "fd09::2", PORT, 15);
    assertEquals(await session?.say("still"), "still");
    await session?.stop();
  },
);

firewalldTest(
  "firewalld: the next server adopts the grants and does not change rules of other programs",
  async ({ server, client, firewalld }) => {
    await echoService(server, "0.0.0.0", PORT);
    const foreign = 'rule family="ipv4" source address="192.0.2.1" accept';
    const broken = 'rule priority="-6201" family="ipv4" source address="192.0.2.2" ' +
      'log prefix="_exp_soon" accept';
    for (const rule of [foreign, broken]) await firewalld.tell(`--add-rich-rule=${rule}`);
    const first = manage(firewalld);
    await first.firewall.ask({ name: "prepare" });
    assert(!(await firewalld.tell("--list-rich-rules")).includes("_exp_soon"));
    await first.firewall.ask({ name: "open", grant: access(CLIENT, `tcp/${PORT}`, 60) });
    await first.firewall.ask({ name: "release" });

    const second = manage(firewalld);
    await second.firewall.ask({ name: "prepare" });
    assertEquals(eventTypes(second.events), ["adopted"]);
    assertEquals((await second.firewall.ask({ name: "held" }))[0]?.summary.address, CLIENT);
    assertEquals(await reach(client, SERVER, PORT, 3), "hello");
    await second.firewall.ask({ name: "close" });
    assertEquals((await firewalld.tell("--list-rich-rules")).trim(), foreign);
    assertEquals(await reach(client, SERVER, PORT, 0.5), undefined);
  },
);

firewalldTest(
  "firewalld: the server restores grants after a reload of firewalld, but not a rule that the administrator removed",
  async ({ firewalld }) => {
    const { firewall, events } = manage(firewalld);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access(CLIENT, `tcp/${PORT}`, 60) });
    await firewall.ask({ name: "open", grant: access("10.9.0.3", `tcp/${PORT}`, 60) });
    const rule = (await firewalld.tell("--list-rich-rules")).split("\n")
      .find((line) => line.includes("10.9.0.3")) ?? "";
    await firewalld.tell(`--remove-rich-rule=${rule}`);
    await firewall.ask({ name: "check" });
    assertEquals(eventTypes(events), ["vanished"]);
    await firewalld.tell("--reload");
    await firewall.ask({ name: "check" });
    assertEquals(eventTypes(events), ["vanished", "warning", "restored"]);
    assertMatch(await firewalld.tell("--list-rich-rules"), /10\.9\.0\.1/);
    await firewall.ask({ name: "close" });
  },
);

firewalldTest(
  "firewalld: a second knock before the end adds a second rule, which ends on its own",
  async ({ firewalld }) => {
    const { firewall, events } = manage(firewalld);
    await firewall.ask({ name: "prepare" });
    const first = access(CLIENT, `tcp/${PORT}`, 8);
    assertEquals((await firewall.ask({ name: "open", grant: first })).added.length, 1);
    assertEquals((await firewall.ask({ name: "open", grant: first })).present.length, 1);
    await firewall.ask({ name: "open", grant: access(CLIENT, `tcp/${PORT}`, 60) });
    assertEquals((await firewall.ask({ name: "list" })).length, 2);
    await until("the first is over", () => eventTypes(events).includes("removed"), 20);
    await until(
      "firewalld agrees",
      async () => (await firewall.ask({ name: "list" })).length === 1,
      20,
    );
    await firewall.ask({ name: "close" });
  },
);

namespaceTest(
  "firewalld: a forwarded service reaches the host inside and no other host there, with MASQUERADE",
  needs,
  (lab) =>
    withFolder(async (folder) => {
      const { gateway, outside, inside } = await GatewayLab.build(lab);
      for (const words of ["-P INPUT ACCEPT", "-P FORWARD ACCEPT", "-F"]) {
        await gateway.must("iptables", "-w", ...words.split(" "));
      }
      const firewalld = await Firewalld.start(gateway, folder, "nftables");
      await inside.must("ip", "route", "delete", "default");
      const { firewall } = manage(firewalld);
      await firewall.ask({ name: "prepare" });
      const reached = () => reach(outside, GATEWAY, 33389, 1);
      assertEquals(await reached(), undefined);
      const grant = forward(OUTSIDE, "tcp/33389", `${INSIDE} 3389`, 9, {
        sourceNat: { kind: "masquerade" },
      });
      const opened = await firewall.ask({ name: "open", grant: grant });
      assertEquals(opened.error, undefined);
      assertEquals(opened.added.map(({ kind }) => kind), ["FORWARD", "SNAT"]);
      assertEquals(await reached(), "desktop");
      for (const host of [INSIDE, NEIGHBOUR]) {
        assertEquals(await reach(outside, host, 3389, 0.5), undefined, `${host} directly`);
      }
      await until("it is over", async () => await reached() === undefined, 20);
      await firewall.ask({ name: "close" });
    }),
);

firewalldTest(
  "firewalld: a grant that rich rules cannot express is refused in one line, and no rule is added",
  async ({ firewalld }) => {
    const { firewall } = manage(firewalld);
    await firewall.ask({ name: "prepare" });
    const open = async (more: Parameters<typeof forward>[4]) =>
      (await firewall.ask({
        name: "open",
        grant: forward(OUTSIDE, "tcp/33389", `${INSIDE} 3389`, 8, more),
      })).error ?? "";
    assertMatch(await open({ everything: true }), /do not support FORWARD_ALL or DISABLE_DNAT/);
    assertMatch(await open({ rewrite: false }), /do not support FORWARD_ALL or DISABLE_DNAT/);
    const snat = access(INSIDE, "tcp/1", 1).address;
    assertMatch(
      await open({ sourceNat: { kind: "snat", address: snat } }),
      /not SNAT to 192\.168\.123\.31/,
    );
    await firewall.ask({ name: "close" });
    const missing = manage(firewalld, ["nowhere"]);
    await missing.firewall.ask({ name: "prepare" }).then(
      () => assert(false, "a zone that does not exist"),
      (error: Error) => assertMatch(error.message, /firewalld has no zone nowhere/),
    );
  },
);

firewalldTest(
  "firewalld: a rule that was added without an answer is removed as soon as firewalld answers again",
  async ({ folder, firewalld }) => {
    const [command, flag] = [`${folder}/firewall-cmd`, `${folder}/hang`];
    const script = `#!/bin/sh
if [ -e ${flag} ]; then
  case "$*" in *--add-rich-rule*) ${firewalld.command} "$@";; esac
  exec sleep 60
fi
exec ${firewalld.command} "$@"
`;
    Deno.writeTextFileSync(command, script, { mode: 0o755 });
    const { firewall, events } = manage({ command }, ["public"], { commandMilliseconds: 4000 });
    await firewall.ask({ name: "prepare" });
    Deno.writeTextFileSync(flag, "");
    const { error } = await firewall.ask({
      name: "open",
      grant: access(CLIENT, `tcp/${PORT}`, 120),
    });
    assertMatch(error ?? "", /no answer within 4000 ms/);
    assertEquals(eventTypes(events), ["error"]);
    Deno.removeSync(flag);
    const rules = () => firewalld.tell("--list-rich-rules");
    assertMatch(await rules(), /10\.9\.0\.1/);
    await until("it is gone", async () => !(await rules()).includes(CLIENT), 20);
    await firewall.ask({ name: "close" });
  },
);
