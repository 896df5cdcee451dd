import type { DoctorQuestions } from "../../../../../lib/doctor/questions.ts";
import {
  examinePf,
  judgePf,
  type PfListings,
} from "../../../../../lib/firewall/pf/doctor/examine.ts";
import { assertEquals, assertMatch } from "../../../../assert.ts";
import { hostQuestions, repairsByText } from "../../../../support/doctor.ts";
import { withFolder } from "../../../../support/folder.ts";

const STAND_IN = new URL("../../../../support/pfctl.ts", import.meta.url).pathname;

function judge(
  rules: string,
  more: Partial<DoctorQuestions> = {},
  listings: Partial<PfListings> = {},
): Record<string, string> {
  const info = "Status: Enabled for 12 days 03:04:05           Debug: Urgent\n";
  const findings = judgePf(hostQuestions(more), {
    anchor: "fwknop",
    nat: listings.nat !== undefined,
  }, {
    info,
    rules,
    nat: "",
    ...listings,
  });
  const { [UNTESTED]: look, ...found } = repairsByText(findings);
  assertEquals(look, /Disabled/.test(listings.info ?? "") ? undefined : "pfctl -v -s Interfaces");
  return found;
}

const UNTESTED = "These findings were never tested with a real pf: its listings are read as " +
  'pf.conf(5) describes them, and interfaces that it skips ("set skip") are not looked at';

const CLOSED = "tcp/22 is closed to those who do not knock";
const OPEN = "tcp/22 is open to everybody: knocking protects nothing";
const COMES = "Packets come to the anchor fwknop";
const SESSIONS =
  "Whether open sessions outlive their grant was never tested with pf; pf.conf(5) says that they do";
const RELOAD = "(then pfctl -f /etc/pf.conf)";
const ANCHOR = 'anchor "fwknop" all\n';
const PASS_SSH = "pass in quick proto tcp from any to any port = ssh flags S/SA keep state\n";

Deno.test("the doctor finds no fault with a pf that drops and names the anchor", () => {
  assertEquals(judge(`block drop all\n${ANCHOR}pass out all flags S/SA keep state\n`), {
    [CLOSED]: "good",
    [COMES]: "good",
    [SESSIONS]: "unclear",
  });
});

Deno.test("a service that pf may send elsewhere is not reported as closed", () => {
  const rules = `block drop all\n${ANCHOR}`;
  const own = 'rdr-anchor "fwknop" all\nnat-anchor "fwknop" all\n';
  const state = (nat: string) =>
    [CLOSED, "Rules with other conditions decide about tcp/22"]
      .filter((text) => text in judge(rules, {}, { nat: `${own}${nat}\n` }))[0];
  const UNCLEAR = "Rules with other conditions decide about tcp/22";
  assertEquals(state(""), CLOSED);
  assertEquals(state("rdr on em0 inet proto tcp from any to any port = http -> 10.0.0.2"), CLOSED);
  assertEquals(state("rdr on em0 inet proto tcp from any to any port = ssh -> 10.0.0.2"), UNCLEAR);
  assertEquals(
    state("rdr pass on em0 inet proto tcp from any to any port = 2022 -> 127.0.0.1 port 22"),
    UNCLEAR,
  );
  assertEquals(state('rdr-anchor "com.apple/*" all'), UNCLEAR);
});

Deno.test("the doctor names the line of pf.conf that closes a service, before a rule that is final", () => {
  const rules = `block drop all\n${ANCHOR}${PASS_SSH}`;
  const line = (inet: string) =>
    'In /etc/pf.conf, right behind anchor "fwknop": ' +
    `block in quick ${inet} proto tcp from any to any port 22 ${RELOAD}`;
  assertEquals(judge(rules)[OPEN], line("inet"));
  assertEquals(
    judge("pass in quick inet6 all\nblock drop all\n", { ipv6: true })[
      "tcp/22 is open to everybody over IPv6: knocking protects nothing"
    ],
    `Remove from /etc/pf.conf: pass in quick inet6 all ${RELOAD}`,
  );
  // The line that the doctor names repairs the policy.
  const repaired = `block drop all\n${ANCHOR}block drop in quick inet proto tcp from any to any ` +
    `port = ssh\n${PASS_SSH}`;
  assertEquals(judge(repaired)[CLOSED], "good");
});

Deno.test("the doctor reports that grants would have no effect in pf", () => {
  const missing = judge("block drop all\n");
  assertEquals(
    missing["pf.conf does not name the anchor fwknop: no grant opens anything"],
    `In /etc/pf.conf, before its other filter rules: anchor "fwknop" ${RELOAD}`,
  );
  const early = judge(`block drop in log quick all\n${ANCHOR}`);
  assertEquals(
    early["tcp/22 is dropped before the anchor fwknop: no grant opens it"],
    `In /etc/pf.conf, before "block drop in log quick all": anchor "fwknop" ${RELOAD}`,
  );
  assertEquals(early[COMES], undefined);
  assertMatch(
    judge(`block drop in quick on em0 all\n${ANCHOR}`)[
      "Rules before the anchor fwknop may drop tcp/22, and grants with it"
    ] ?? "",
    /^In \/etc\/pf\.conf, before "block drop in quick on em0 all"/,
  );
  assertEquals(
    judge('block drop all\nanchor "fwknop" in proto udp all\n')[
      "The anchor fwknop is not for packets to tcp/22: no grant opens it"
    ],
    `In /etc/pf.conf, without conditions: anchor "fwknop" ${RELOAD}`,
  );
});

Deno.test("the doctor examines the SPA port and the anchors for NAT in pf", () => {
  const closed = judge(`block drop all\n${ANCHOR}`, {
    spaServices: [{ protocol: "udp", port: 62201 }],
  });
  assertEquals(
    closed["Packets to udp/62201 are dropped before the server sees them"],
    "In /etc/pf.conf, before its other filter rules: " +
      `pass in quick inet proto udp from any to any port 62201 ${RELOAD}`,
  );
  const tcp = judge(`block drop all\n${ANCHOR}`, {
    spaServices: [{ protocol: "tcp", port: 62201 }],
  });
  assertEquals(
    tcp["Packets to tcp/62201 are dropped before the server sees them"],
    "In /etc/pf.conf, before its other filter rules: " +
      `pass in quick inet proto tcp from any to any port 62201 ${RELOAD}`,
  );
  const nat = (text: string) => judge(ANCHOR, {}, { nat: text });
  assertEquals(
    nat('nat-anchor "fwknop" all\nrdr-anchor "fwknop" all\n')["pf.conf names the anchors for NAT"],
    "good",
  );
  assertEquals(
    nat('nat-anchor "fwknop" all\nrdr-anchor "other" all\n')[
      'pf.conf has no rdr-anchor "fwknop": no NAT grant can work'
    ],
    `In /etc/pf.conf, before its filter rules: rdr-anchor "fwknop" ${RELOAD}`,
  );
});

Deno.test("a pf that is switched off closes nothing", () => {
  const info = "Status: Disabled for 0 days 00:00:07            Debug: Urgent\n";
  assertEquals(judge(`block drop all\n${ANCHOR}`, {}, { info }), {
    "pf is switched off: everything is open to everybody": "pfctl -e",
  });
});

Deno.test("the doctor runs pfctl (stand-in), and reports when that fails", async () => {
  await withFolder(async (folder) => {
    const state = `${folder}/anchor`;
    const command =
      `${Deno.execPath()} run --quiet --allow-read --allow-write ${STAND_IN} ${state}`;
    await Deno.writeTextFile(state, "");
    await Deno.writeTextFile(`${state}.rules`, `block drop all\n${ANCHOR}`);
    const pf = { command, anchor: "fwknop", nat: true };
    const findings = await examinePf(hostQuestions(), pf);
    assertEquals(findings.map(({ state, text }) => `${state}: ${text}`), [
      `unclear: ${UNTESTED}`,
      `good: ${CLOSED}`,
      `good: ${COMES}`,
      `unclear: ${SESSIONS}`,
      "good: pf.conf names the anchors for NAT",
    ]);
    const missing = await examinePf(hostQuestions(), {
      ...pf,
      command: `${folder}/pfctl`,
    });
    assertEquals(missing, [{
      state: "bad",
      text: `What pf does cannot be read: ${folder}/pfctl: not found`,
      repair: "Install the program, or name the right one with FIREWALL_EXE",
    }]);
  });
});
