/** A new firewall is one module in the list; no other code must know it. */
import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import { chooseFirewall, ineffectiveVariables } from "../../../lib/firewall/choose.ts";
import type { Adapter } from "../../../lib/firewall/adapter.ts";
import { cListing } from "../../../lib/firewall/c_listing.ts";
import type { FirewallEvent } from "../../../lib/firewall/firewall.ts";
import type { FirewallModule } from "../../../lib/firewall/firewall_module.ts";
import { firewallOf, FIREWALLS } from "../../../lib/firewall/firewalls.ts";
import { firewallFromSettings, otherFirewalls } from "../../../lib/firewall/from_settings.ts";
import type { FirewallKind } from "../../../lib/firewall/kind.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { readTexts } from "../../support/config_files.ts";
import { hostQuestions } from "../../support/doctor.ts";
import { access } from "../../support/firewall.ts";

const KIND = "made-up" as FirewallKind;

/** A firewall whose rules are words that `echo` prints. */
function adapter({ command }: { readonly command: string }): Adapter {
  return {
    kind: KIND,
    name: "made-up",
    families: [4],
    place: "nothing",
    endsByItself: true,
    placesVary: false,
    needsUpkeep: false,
    readsFirst: false,
    rules: ({ address, expires }) => [{
      key: address.text,
      family: 4,
      table: "made-up",
      text: address.text,
      summary: {
        kind: "access",
        chain: "made-up",
        address: address.text,
        destination: "0.0.0.0/0",
        services: "*/*",
        service: "*/*",
        expires,
      },
    }],
    look: () => [],
    read: () => ({ rules: [], broken: [], intact: true, present: new Set([4]) }),
    probes: () => [],
    prepare: () => ({ plan: [], jumps: [] }),
    add: ({ rules }) => [{
      document: "",
      commands: rules.map(({ text }) => ({ words: [command, "let in", text] })),
    }],
    remove: () => [],
    tearDown: () => [],
    show: (all, family) => family === 6 ? [] : [{ words: [command, all ? "everything" : "ours"] }],
  };
}

const SIXTH: FirewallModule<{ readonly command: string }> = {
  kind: KIND,
  program: "echo",
  owns: "MADEUP",
  flushes: "IPT",
  signs: {
    own: async ({ ask }) => (await ask("echo", "-n")).code === 0 ? "echo answers" : undefined,
  },
  fromSettings: ({ command }) => ({ command }),
  adapter,
  leftovers: { settings: () => ({ command: "echo" }), shownBy: [KIND] },
  doctor: () =>
    Promise.resolve(({ services }, { command }) =>
      Promise.resolve([{ state: "good", text: `${command}: ${services.length} service` }])
    ),
};

const ALL = [...FIREWALLS, SIXTH];

function config(conf = "") {
  const { config } = readTexts({ conf });
  assert(config !== undefined);
  return config;
}

const CHOSEN = { ...config().settings, FIREWALL: KIND };
const ask = (...words: string[]) =>
  Promise.resolve({ words, code: words[0] === "echo" ? 0 : 127, stdout: "", stderr: "" });

Deno.test("a firewall in the list is chosen by FIREWALL, by FIREWALL_EXE and by the signs of the host", async () => {
  const { settings, given } = config();
  assertEquals(await chooseFirewall(settings, given, ask, ALL), {
    kind: KIND,
    reason: "echo answers",
    command: "echo",
  });
  assertEquals(await chooseFirewall(CHOSEN, given, ask, ALL), {
    kind: KIND,
    reason: "FIREWALL says so",
    command: "echo",
  });
  const named = config("FIREWALL_EXE /bin/echo");
  assertEquals((await chooseFirewall(named.settings, named.given, ask, ALL)).kind, KIND);
  const iptables = config("FIREWALL iptables");
  assertEquals(
    (await chooseFirewall(iptables.settings, iptables.given, ask, ALL)).kind,
    "iptables",
  );
  const { given: flushing } = config("FLUSH_IPT_AT_EXIT N\nPF_ANCHOR_NAME x");
  assertEquals(ineffectiveVariables(KIND, flushing, ALL), ["PF_ANCHOR_NAME"]);
});

Deno.test("a firewall in the list grants and lists, and is flushed beside another one", async () => {
  const events: FirewallEvent[] = [];
  const use = { firewalls: ALL };
  const firewall = await firewallFromSettings(CHOSEN, new Map(), (it) => events.push(it), use);
  await firewall.ask({ name: "prepare" });
  const { added, error } = await firewall.ask({
    name: "open",
    grant: access("192.0.2.7", "tcp/22", 60),
  });
  assertEquals([added.map(({ address }) => address), error], [["192.0.2.7"], undefined]);
  assert(events.some((it) => it.type === "command" && it.text === "echo let in 192.0.2.7"));
  assertEquals(
    (await cListing(firewall, true)).text,
    [
      "Listing all made-up rules in applicable tables...",
      "everything\n",
    ].join("\n"),
  );
  assertEquals(await firewall.ask({ name: "show", all: true, family: 6 }), []);
  await firewall.ask({ name: "release" });
  const { settings, given } = config();
  const others = otherFirewalls(settings, given, "nft", ALL);
  assertEquals(others.map(({ kind }) => kind), ["iptables", "firewalld", KIND]);
  for (const other of others) await other.ask({ name: "release" });
});

Deno.test("a firewall in the list has its own part of the doctor", async () => {
  const examine = await firewallOf(KIND, ALL).doctor();
  const driven = { settings: CHOSEN, command: "echo" };
  assertEquals(await examine(hostQuestions(), driven), [
    { state: "good", text: "echo: 1 service" },
  ]);
  assertThrows(() => firewallOf(KIND), RangeError);
});

Deno.test("each value of FIREWALL is one firewall in the list, and each loads its part of the doctor", async () => {
  const row = FWKNOPD_ROWS.find(({ name }) => name === "FIREWALL");
  assert(row !== undefined && "choices" in row);
  assertEquals(["auto", ...FIREWALLS.map(({ kind }) => kind)].toSorted(), row.choices.toSorted());
  for (const { doctor } of FIREWALLS) assertEquals(typeof await doctor(), "function");
});
