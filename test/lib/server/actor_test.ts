import type { Grant } from "../../../lib/firewall/grant.ts";
import { HOST_CLOCKS } from "../../../lib/clocks.ts";
import { assert, assertEquals } from "../../assert.ts";
import { CommandCycles } from "../../../lib/command/command_cycles.ts";
import { CommandRunner } from "../../../lib/command/command_runner.ts";
import { parseNatTargets } from "../../../lib/config/nat_targets.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import type { LogLine } from "../../../lib/report/log_line.ts";
import { eventObject } from "../../../lib/report/json_reporter.ts";
import { LineReporter } from "../../../lib/report/line_reporter.ts";
import { Actor } from "../../../lib/server/actor.ts";
import type { Decision } from "../../../lib/server/decision.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { refuseNames } from "../../../lib/server/look_up.ts";
import type { PacketFacts } from "../../../lib/server/describe_packet.ts";
import { COMMAND_LIMITS } from "../../support/command_limits.ts";
import { grantTaker } from "../../support/grant_taker.ts";
import { withFolder } from "../../support/folder.ts";
import { anAddress } from "../../support/address.ts";
import { aPlace, aStanza, NO_NAT } from "../../support/stanza.ts";

const PACKET: PacketFacts = {
  number: 1,
  protocol: 17,
  source: "203.0.113.9",
  sourcePort: 1000,
  destination: "198.51.100.7",
  destinationPort: 62201,
  length: 200,
};

/** The reports about one decision: the lines of the log, and the events. */
async function reportsOf(
  decision: Decision,
  stanza: Partial<Stanza>,
): Promise<{ lines: LogLine[]; events: PacketEvent[] }> {
  return await withFolder(async (folder) => {
    const stanzas = [aStanza(stanza)];
    const events: PacketEvent[] = [];
    const cycles = CommandCycles.open({
      path: `${folder}/pending-closes.json`,
      stanzas,
      limits: COMMAND_LIMITS,
      clocks: HOST_CLOCKS,
      onEvent: () => {},
    });
    const side = {
      firewall: undefined,
      commands: new CommandRunner(COMMAND_LIMITS, "/usr/bin/sudo", 0),
      cycles,
      lookUp: refuseNames,
      placeOf: aPlace("198.51.100.7"),
      policy: { nat: NO_NAT },
      stanzas,
    };
    const actor = new Actor(
      side,
      (event) => events.push(event),
      () => 1000,
      new AbortController().signal,
    );
    actor.act(decision, PACKET);
    await actor.settle();
    await actor.settleCommands();
    await cycles.close({ closeAll: false });
    const lines: LogLine[] = [];
    const reporter = new LineReporter((line) => lines.push(line), {
      dumpFields: false,
      everyStanza: false,
    });
    for (const event of events) {
      reporter.observe(event);
      assert(eventObject(event) !== undefined, "every event has an object");
    }
    return { lines, events };
  });
}

function run(command: string): Decision {
  return { kind: "run", stanza: 1, address: anAddress("192.0.2.44"), command };
}

function texts(lines: readonly LogLine[]): string[] {
  return lines.map(({ severity, text }) => `${severity} ${text}`);
}

const LABEL = "[203.0.113.9] (stanza #1)";

Deno.test("a command of a message is reported in the C daemon's words, with its output and status", async () => {
  const { lines } = await reportsOf(run("echo a  b"), { commandExecution: {} });
  assertEquals(texts(lines), [
    `info ${LABEL} Processing SPA Command message: command='echo a  b'.`,
    `info ${LABEL} Running command 'echo a b'`,
    `info ${LABEL} CMD_EXEC: output: a b`,
    `info ${LABEL} CMD_EXEC: command returned 0, pid_status: 0`,
  ]);
});

Deno.test("a missing command and a failed command are reported with the C daemon's numbers", async () => {
  const missing = await reportsOf(run("/no/such"), { commandExecution: {} });
  assertEquals(texts(missing.lines).slice(2), [
    "error run_extcmd(): execvpe() failed: No such file or directory",
    `info ${LABEL} CMD_EXEC: command returned 0, pid_status: 255`,
  ]);
  const failing = await reportsOf(run("false"), { commandExecution: {} });
  assertEquals(texts(failing.lines).slice(2), [
    `info ${LABEL} CMD_EXEC: command returned 0, pid_status: 1`,
  ]);
});

Deno.test("neither a command nor its output can add a line to the log", async () => {
  const { lines } = await reportsOf(run("printf x\\ny\\033[31m\\n\u202e\n[1.2.3.4]"), {
    commandExecution: {},
  });
  for (const { text } of lines) {
    assert(text.startsWith(LABEL), text);
    // deno-lint-ignore no-control-regex -- they must not be there
    assert(!/[\x00-\x1f\u202e]/.test(text), text);
  }
});

Deno.test("a command is refused if its stanza no longer runs commands", async () => {
  const { lines } = await reportsOf(run("id"), {});
  assertEquals(texts(lines), [
    `error ${LABEL} Could not run the command: the stanza runs no commands`,
  ]);
});

Deno.test("a cycle is reported in the C daemon's words", async () => {
  const { lines } = await reportsOf({
    kind: "cycle",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 22 }],
    seconds: 40,
    packetSource: anAddress("203.0.113.9"),
    destination: anAddress("198.51.100.7"),
  }, { cycle: { open: "true $SRC $PORT", close: "true -d $SRC", timer: 60 } });
  assertEquals(texts(lines), [
    `info ${LABEL} Running CMD_CYCLE_OPEN command: true 192.0.2.44 22`,
    `info ${LABEL} Running CMD_CYCLE_CLOSE command in 40 seconds: true -d 192.0.2.44`,
  ]);
});

Deno.test("an open command that fails causes a warning", async () => {
  const { lines } = await reportsOf({
    kind: "cycle",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 22 }],
    seconds: 40,
    packetSource: anAddress("203.0.113.9"),
    destination: anAddress("198.51.100.7"),
  }, { cycle: { open: "ls /no/such/folder/of/$SRC" } });
  assertEquals(texts(lines).map((line) => line.replace(/: \S*ls: .*/, ": ls: …")), [
    `info ${LABEL} Running CMD_CYCLE_OPEN command: ls /no/such/folder/of/192.0.2.44`,
    `warning ${LABEL} CMD_CYCLE_OPEN: output: ls: …`,
    `warning ${LABEL} CMD_CYCLE_OPEN: command returned 0, pid_status: 2`,
  ]);
});

Deno.test("a cycle beyond MAX_RULES is refused as a rule would be, and no command runs", async () => {
  const cycle = { open: "true $SRC", close: "true -d $SRC", timer: 60 };
  const { events } = await reportsOf({
    kind: "cycle",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 22 }],
    seconds: 40,
    packetSource: anAddress("203.0.113.9"),
    destination: anAddress("198.51.100.7"),
  }, { cycle, maxRules: 0 });
  assertEquals(
    events.map((event) => event.kind === "refused" ? event.refusal.code : event.kind),
    ["too-many-rules"],
  );
});

Deno.test("an error while a decision is carried out is reported and does not end the server", async () => {
  const { lines } = await reportsOf({
    kind: "open",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 22 }],
    seconds: 30,
  }, {});
  assertEquals(texts(lines), [
    `error ${LABEL} Could not change the firewall: A stanza without cycle needs a firewall`,
  ]);
});

Deno.test("a NAT grant is reported with the host and port that it opens, and with the address of a name", async () => {
  const asked: Grant[] = [];
  const firewall = grantTaker((grant) => void asked.push(grant));
  const inside = anAddress("192.168.123.31");
  const base = {
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 33389 }],
    seconds: 30,
    rewrite: true,
  } as const;
  const arrivedAt = anAddress("198.51.100.7");
  const client = { kind: "forward", forced: false, arrivedAt } as const;
  const forward = { ...base, ...client, everything: false } as const;
  const decisions: readonly (readonly [Decision, string | undefined])[] = [
    [
      { ...forward, target: { host: inside, port: 3389 } },
      "forward tcp/33389 to 192.168.123.31 port 3389 for 192.0.2.44, 30 s",
    ],
    [
      { ...forward, target: { host: "desktop", port: 3389 } },
      "forward tcp/33389 to 192.168.123.31 port 3389 for 192.0.2.44, 30 s",
    ],
    [
      { ...forward, everything: true, target: { host: inside, port: 0 } },
      "forward everything to 192.168.123.31 for 192.0.2.44, 30 s",
    ],
    [
      {
        ...base,
        kind: "local-nat",
        forced: false,
        arrivedAt,
        target: { host: inside, port: 22 },
      },
      "redirect tcp/33389 to 198.51.100.7 port 22 for 192.0.2.44, 30 s",
    ],
    [{ ...forward, everything: true }, undefined],
  ];
  for (const [decision, text] of decisions) {
    const lines: LogLine[] = [];
    const reporter = new LineReporter((line) => lines.push(line), {
      dumpFields: false,
      everyStanza: false,
    });
    const objects: unknown[] = [];
    const side = { firewall, commands: undefined, cycles: undefined, stanzas: [aStanza()] };
    const own = { placeOf: aPlace(arrivedAt.text), policy: { nat: NO_NAT } };
    const actor = new Actor(
      { ...side, ...own, lookUp: () => Promise.resolve(inside) },
      (event) => {
        reporter.observe(event);
        objects.push(eventObject(event)?.["target"]);
      },
      () => 1000,
      new AbortController().signal,
    );
    actor.act(decision, PACKET);
    await actor.settle();
    assertEquals(texts(lines), text === undefined ? [] : [`info ${LABEL} NAT: ${text}`]);
    const grant = asked.at(-1);
    const target = grant === undefined || grant.kind === "access" ? undefined : grant.target;
    assertEquals(objects, [target && { address: target.address.text, port: target.port }]);
  }
});

/** The log lines of a decision that the firewall or policy refuses. */
async function refused(decision: Decision, stanza: Stanza): Promise<[string[], unknown]> {
  const full = { added: [], present: [], error: "There is no room", isFull: true } as const;
  const firewall = grantTaker(() => full);
  const side = {
    firewall,
    commands: undefined,
    cycles: undefined,
    stanzas: [stanza],
    lookUp: () => Promise.resolve(anAddress("192.168.123.31")),
    placeOf: aPlace("198.51.100.7"),
    policy: { nat: { ...NO_NAT, forwarding: true, localNat: true } },
  };
  const lines: LogLine[] = [];
  const events: PacketEvent[] = [];
  const reporter = new LineReporter((line) => lines.push(line), {
    dumpFields: false,
    everyStanza: false,
  });
  const observe = (event: PacketEvent): void => {
    events.push(event);
    reporter.observe(event);
  };
  const actor = new Actor(side, observe, () => 1000, new AbortController().signal);
  actor.act(decision, PACKET);
  await actor.settle();
  const [event] = events;
  const reported = event?.kind === "refused"
    ? `${event.refusal.step}/${event.refusal.code}`
    : event;
  return [texts(lines), reported];
}

Deno.test("a grant beyond MAX_RULES has a separate refusal code", async () => {
  const open: Decision = {
    kind: "open",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 22 }],
    seconds: 30,
  };
  assertEquals(await refused(open, aStanza()), [
    [`error ${LABEL} There is no room`],
    "act/too-many-rules",
  ]);
});

Deno.test("a NAT target that a look-up finds is refused with the line that would allow it", async () => {
  const decision: Decision = {
    kind: "forward",
    stanza: 1,
    address: anAddress("192.0.2.44"),
    services: [{ protocol: "tcp", port: 33389 }],
    seconds: 30,
    forced: false,
    arrivedAt: anAddress("198.51.100.7"),
    everything: false,
    rewrite: true,
    target: { host: "desk.example.com", port: 3389 },
  };
  const natTargets = parseNatTargets("192.168.123.32 tcp/3389").value ?? [];
  assertEquals(await refused(decision, aStanza({ natTargets })), [
    [
      `warning ${LABEL} NAT target 192.168.123.31 tcp/3389 is not allowed: ` +
      "NAT_TARGETS 192.168.123.31 tcp/3389 in the stanza would allow it",
    ],
    "resolve/nat-target-denied",
  ]);
});
