import fc from "property-testing";
import type { DoctorQuestions } from "../../../../../lib/doctor/questions.ts";
import {
  examineIpfw,
  type IpfwListings,
  type IpfwQuestions,
  judgeIpfw,
} from "../../../../../lib/firewall/ipfw/doctor/examine.ts";
import { assertEquals } from "../../../../assert.ts";
import { hostQuestions, repairsByText } from "../../../../support/doctor.ts";
import { withFolder } from "../../../../support/folder.ts";

const STAND_IN = new URL("../../../../support/ipfw.ts", import.meta.url).pathname;

const SETTINGS: IpfwQuestions = { command: "ipfw", start: 10000, checkState: false };

function judge(
  rules: string,
  more: Partial<DoctorQuestions & IpfwQuestions & IpfwListings> = {},
): Record<string, string> {
  const findings = judgeIpfw(hostQuestions(more), { ...SETTINGS, ...more }, {
    rules,
    off: [],
    ...more,
  });
  const { [UNTESTED]: look, ...found } = repairsByText(findings);
  assertEquals(look, findings.some(({ text }) => text === UNTESTED) ? "ipfw list" : undefined);
  return found;
}

const UNTESTED =
  "These findings were never tested with a real ipfw: its rules are read as ipfw(8) " +
  "describes them";

const CLOSED = "tcp/22 is closed to those who do not knock";
const OPEN = "tcp/22 is open to everybody: knocking protects nothing";
const COMES = "Packets come to the grants at rule 10000";
const SESSIONS = "Open sessions outlive their grant";
const NO_SESSIONS =
  "Packets of established connections are not accepted: sessions die when a grant ends";
const LOOPBACK = "00100 allow ip from any to any via lo0\n";
const DENY = "65535 deny ip from any to any\n";
const ALLOW = "65535 allow ip from any to any\n";

Deno.test("the doctor finds no fault with an ipfw that drops and knows states", () => {
  assertEquals(judge(`${LOOPBACK}00200 check-state :default\n${DENY}`), {
    [CLOSED]: "good",
    [COMES]: "good",
    [SESSIONS]: "good",
  });
});

Deno.test("the doctor names the command that closes a service in ipfw after the grants", () => {
  assertEquals(judge(ALLOW)[OPEN], "ipfw add 65534 deny tcp from any to me dst-port 22 setup");
  const repaired = `65534 deny tcp from any to me dst-port 22 setup\n${ALLOW}`;
  assertEquals(judge(repaired), { [CLOSED]: "good", [COMES]: "good", [SESSIONS]: "good" });
  assertEquals(
    judge(`00500 allow tcp from any to me 22\n${DENY}`)[OPEN],
    "ipfw delete 500",
    "a rule before it would come before the grants too",
  );
  const six = judge(`20000 allow ip6 from any to any\n${DENY}`, { ipv6: true });
  assertEquals(
    six["tcp/22 is open to everybody over IPv6: knocking protects nothing"],
    "ipfw add 19999 deny tcp from any to me6 dst-port 22 setup",
  );
  assertEquals(six[OPEN], undefined);
  const unclear = judge(`00500 skipto 700 ip from any to any\n${DENY}`);
  assertEquals(unclear["Rules with other conditions decide about tcp/22"], "ipfw list");
});

Deno.test("the doctor reports that ipfw drops packets before the rules of grants", () => {
  const dropped = (number: number) =>
    `tcp/22 is dropped by rule ${number}, before the grants: none opens it`;
  const early = judge(`${LOOPBACK}05000 deny log ip from any to any\n${DENY}`);
  assertEquals(early[dropped(5000)], "Set IPFW_START_RULE_NUM 4000 in fwknopd.conf");
  assertEquals(early[COMES], undefined);
  assertEquals(
    judge(`00001 deny tcp from any to me 22\n${DENY}`)[dropped(1)],
    "ipfw add 65534 deny tcp from any to me 22 && ipfw delete 1",
  );
  assertEquals(
    judge(`00001 check-state\n00002 deny ip from any to any\n${DENY}`, { start: 1 })[dropped(2)],
    "ipfw add 65534 deny ip from any to any && ipfw delete 2",
    "no number is free before it",
  );
  assertEquals(
    judge(`10000 deny ip from any to any\n${DENY}`)[dropped(10000)],
    "Set IPFW_START_RULE_NUM 9000 in fwknopd.conf",
    "grants get unused numbers",
  );
  assertEquals(judge(`10001 deny ip from any to any\n${DENY}`)[COMES], "good");
  for (const rule of ["deny tcp from any to any in recv em0", "skipto 20000 ip from any to any"]) {
    const found = judge(`00500 ${rule}\n${DENY}`);
    const text = "Rules before the grants may drop tcp/22, and grants with it";
    assertEquals([found[text], found[COMES]], ["ipfw list", undefined], rule);
  }
});

Deno.test("the doctor reports that no rule of ipfw accepts established connections", () => {
  const repair = "Set IPFW_ADD_CHECK_STATE Y in fwknopd.conf";
  const grant = "10000 allow tcp from 192.0.2.44 to me dst-port 22 setup keep-state // _exp_1\n";
  assertEquals(judge(`${grant}${DENY}`)[NO_SESSIONS], repair);
  assertEquals(judge(DENY, { checkState: true })[SESSIONS], "good");
  assertEquals(
    judge(`05000 deny ip from any to any\n${DENY}`, { checkState: true })[NO_SESSIONS],
    repair,
    "it would come after the rule that drops",
  );
  assertEquals(
    judge(`00500 allow tcp from any to any in recv em0 established\n${DENY}`)[
      "Rules with other conditions decide whether open sessions outlive their grant"
    ],
    "ipfw list",
  );
});

Deno.test("the doctor examines the SPA port and the switches of ipfw", () => {
  const closed = `${LOOPBACK}00200 check-state\n30000 deny ip from any to any\n${DENY}`;
  assertEquals(
    judge(closed, { spaServices: [{ protocol: "udp", port: 62201 }] })[
      "Packets to udp/62201 are dropped before the server sees them"
    ],
    "ipfw add 29999 allow udp from any to me dst-port 62201",
  );
  assertEquals(
    judge(`29999 allow udp from any to me dst-port 62201\n${closed}`, {
      spaServices: [{ protocol: "udp", port: 62201 }],
    })[
      "Packets to udp/62201 arrive"
    ],
    "good",
  );
  assertEquals(
    judge(closed, { spaServices: [{ protocol: "tcp", port: 62201 }] })[
      "Packets to tcp/62201 are dropped before the server sees them"
    ],
    "ipfw add 29999 allow tcp from any to me dst-port 62201",
  );
  assertEquals(judge(closed, { off: [4] }), {
    "ipfw is switched off: everything is open to everybody": "sysctl net.inet.ip.fw.enable=1",
  });
  const half = judge(closed, { ipv6: true, off: [6] });
  assertEquals(half[CLOSED], "good");
  assertEquals(
    half["ipfw is switched off over IPv6: everything is open to everybody"],
    "sysctl net.inet6.ip6.fw.enable=1",
  );
});

/** The rules and settings after the administrator followed the doctor's hints. */
function followHint(
  host: { readonly rules: string; start: number; checkState: boolean },
  repair: string,
) {
  let lines = host.rules.trim().split("\n");
  let { start, checkState } = host;
  for (const command of repair.split(" && ")) {
    const [, added, body] = /^ipfw add ([0-9]+) (.*)$/.exec(command) ?? [];
    const [, deleted] = /^ipfw delete ([0-9]+)$/.exec(command) ?? [];
    const [, first] = /^Set IPFW_START_RULE_NUM ([0-9]+) in fwknopd.conf$/.exec(command) ?? [];
    if (added !== undefined) lines.push(`${added.padStart(5, "0")} ${body}`);
    else if (deleted !== undefined) {
      lines = lines.filter((line) => Number(line.split(" ")[0]) !== Number(deleted));
    } else if (first !== undefined) start = Number(first);
    else if (command === "Set IPFW_ADD_CHECK_STATE Y in fwknopd.conf") checkState = true;
    else throw new Error(`Unknown command: ${command}`);
  }
  // A stable sort: ipfw puts a rule after those with the same number.
  const number = (line: string) => Number(line.split(" ")[0]);
  lines = lines.toSorted((a, b) => number(a) - number(b));
  return { rules: `${lines.join("\n")}\n`, start, checkState };
}

Deno.test("the commands that the doctor prints for ipfw lead to rules without a fault", () => {
  const rule = fc.constantFrom(
    "allow ip from any to any via lo0",
    "allow tcp from any to me dst-port 22",
    "allow tcp from any to any",
    "deny tcp from any to me 22",
    "deny ip from any to any",
    "deny udp from any to any",
    "check-state",
    "count ip from any to any",
  );
  const number = fc.integer({ min: 1, max: 65000 });
  const listed = fc.uniqueArray(fc.tuple(number, rule), { selector: ([at]) => at, maxLength: 5 });
  fc.assert(fc.property(listed, fc.constantFrom(ALLOW, DENY), (rules, last) => {
    const text = rules.toSorted(([a], [b]) => a - b)
      .map(([at, body]) => `${String(at).padStart(5, "0")} ${body}\n`).join("");
    let host = { rules: text + last, start: 10000, checkState: false };
    for (let round = 0; round < 12; round++) {
      const questions = hostQuestions({ spaServices: [{ protocol: "udp", port: 62201 }] });
      const findings = judgeIpfw(questions, { ...SETTINGS, ...host }, {
        rules: host.rules,
        off: [],
      });
      const wrong = findings.find(({ state }) => state === "bad");
      if (wrong === undefined) return;
      host = followHint(host, wrong.repair ?? "");
    }
    throw new Error(`Still wrong: ${JSON.stringify(host)}`);
  }));
});

Deno.test("the doctor runs ipfw (stand-in), and reports when that fails", async () => {
  await withFolder(async (folder) => {
    const state = `${folder}/rules`;
    const command =
      `${Deno.execPath()} run --quiet --allow-read --allow-write ${STAND_IN} ${state}`;
    const rules = [
      { number: 100, set: 0, body: "allow ip from any to any via lo0" },
      { number: 200, set: 0, body: "check-state :default" },
      { number: 300, set: 2, body: "allow ip from any to any" },
      { number: 65535, set: 31, body: "deny ip from any to any" },
    ];
    await Deno.writeTextFile(state, JSON.stringify({ rules, disabled: [2], dynamic: [] }));
    const findings = await examineIpfw(hostQuestions(), { ...SETTINGS, command });
    assertEquals(findings.map(({ state, text }) => `${state}: ${text}`), [
      `unclear: ${UNTESTED}`,
      `good: ${CLOSED}`,
      `good: ${COMES}`,
      `good: ${SESSIONS}`,
    ]);
    const ipfw = { ...SETTINGS, command: `${folder}/ipfw` };
    assertEquals(await examineIpfw(hostQuestions(), ipfw), [{
      state: "bad",
      text: `What ipfw does cannot be read: ${folder}/ipfw: not found`,
      repair: "Install the program, or name the right one with FIREWALL_EXE",
    }]);
  });
});
