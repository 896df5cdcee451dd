import { assert, assertEquals, assertMatch } from "../../assert.ts";
import {
  CommandCycles,
  type CycleOpening,
  type CycleRequest,
} from "../../../lib/command/command_cycles.ts";
import type { CycleEvent } from "../../../lib/command/cycle_event.ts";
import type { CommandCycle } from "../../../lib/config/stanza.ts";
import { COMMAND_LIMITS } from "../../support/command_limits.ts";
import { withFolder } from "../../support/folder.ts";
import { until } from "../../support/namespace.ts";
import { anAddress } from "../../support/address.ts";
import { aStanza } from "../../support/stanza.ts";

/** A folder, a clock, and commands that record that they ran. */
class Bench {
  readonly events: CycleEvent[] = [];
  offset = 0;

  private constructor(readonly folder: string) {}

  static async with(body: (bench: Bench) => Promise<void>): Promise<void> {
    await withFolder(async (folder) => {
      Deno.writeTextFileSync(`${folder}/log`, "");
      await body(new Bench(folder));
    });
  }

  get path(): string {
    return `${this.folder}/pending-closes.json`;
  }

  /** `open 192.0.2.44 22`, … */
  get log(): string[] {
    return Deno.readTextFileSync(`${this.folder}/log`).split("\n").filter((line) => line !== "");
  }

  /** A command that records its arguments; `more` is further shell code. */
  command(word: string, rest = "$SRC $PORT", more = ""): string {
    const path = `${this.folder}/${word}`;
    const text = `#!/bin/sh\necho ${word} "$@" ${more} >> ${this.folder}/log\n`;
    Deno.writeTextFileSync(path, text, { mode: 0o755 });
    return `${path} ${rest}`;
  }

  cycle(): CommandCycle {
    return { open: this.command("open"), close: this.command("close"), timer: 30 };
  }

  open(...cycles: readonly CommandCycle[]): CommandCycles {
    return CommandCycles.open({
      path: this.path,
      stanzas: cycles.map((cycle, index) => aStanza({ number: index + 1, cycle })),
      limits: COMMAND_LIMITS,
      clocks: { now: () => Date.now() + this.offset, steady: () => performance.now() },
      onEvent: (event) => this.events.push(event),
    });
  }

  get texts(): string[] {
    return this.events.map((event) => "text" in event ? event.text : event.type);
  }
}

function request(changes: Partial<CycleRequest> = {}): CycleRequest {
  return {
    stanza: 1,
    address: anAddress("192.0.2.44"),
    packetSource: anAddress("203.0.113.9"),
    destination: anAddress("198.51.100.7"),
    service: { protocol: "tcp", port: 22 },
    seconds: 30,
    ...changes,
  };
}

const silent = (): void => {};

Deno.test("a stanza with MAX_RULES open cycles opens for no other address, and renews those that are open", () =>
  Bench.with(async (bench) => {
    const cycle = bench.cycle();
    const cycles = CommandCycles.open({
      path: bench.path,
      stanzas: [aStanza({ cycle, maxRules: 2 }), aStanza({ number: 2, cycle, maxRules: 2 })],
      limits: COMMAND_LIMITS,
      clocks: { now: () => Date.now() + bench.offset, steady: () => performance.now() },
      onEvent: (event) => bench.events.push(event),
    });
    const open = async (client: string, stanza = 1): Promise<string> => {
      const opening = await cycles.open(
        { ...request({ stanza }), address: anAddress(client) },
        silent,
      );
      return opening.ok ? "opened" : opening.isFull === true ? "full" : opening.reason;
    };
    const asked = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1", "192.0.2.4"];
    const outcomes = [];
    for (const client of asked) outcomes.push(await open(client));
    assertEquals(outcomes, ["opened", "opened", "full", "opened", "full"]);
    assertEquals(await open("192.0.2.3", 2), "opened", "another stanza has its own limit");
    assertEquals(bench.log.length, 4, "no command ran for the refused requests");
    await cycles.revoke();
    assertEquals(await open("192.0.2.4"), "opened");
    await cycles.close({ closeAll: true });
  }));

Deno.test("the open command runs at once, and the close command when it is due", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open(bench.cycle());
    cycles.start();
    const started: string[] = [];
    const opening = await cycles.open(request({ seconds: 3 }), (text) => started.push(text));
    assert(opening.ok && opening.outcome.status === 0);
    assertEquals(opening.close?.command, `${bench.folder}/close 192.0.2.44 22`);
    assertEquals(started, [`${bench.folder}/open 192.0.2.44 22`]);
    assertEquals(bench.log, ["open 192.0.2.44 22"]);
    await until("it is closed", () => cycles.pending().length === 0, 15);
    assertEquals(bench.log, ["open 192.0.2.44 22", "close 192.0.2.44 22"]);
    assertEquals(bench.texts, ["closing", "closed"]);
    await cycles.close({ closeAll: false });
  }));

Deno.test("the close is in the file before the open command runs", () =>
  Bench.with(async (bench) => {
    const peek = `${bench.folder}/peek`;
    Deno.writeTextFileSync(peek, `#!/bin/sh\ncp ${bench.path} ${bench.folder}/seen\n`, {
      mode: 0o755,
    });
    const cycles = bench.open({ open: peek, close: bench.command("close"), timer: 30 });
    await cycles.open(request(), silent);
    assertMatch(Deno.readTextFileSync(`${bench.folder}/seen`), /"service":"tcp\/22"/);
    await cycles.close({ closeAll: false });
  }));

Deno.test("a cycle whose close cannot be written to the file is not opened", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open(bench.cycle());
    Deno.mkdirSync(`${bench.path}.new/x`, { recursive: true });
    const opening = await cycles.open(request(), silent);
    assert(!opening.ok);
    assertMatch(opening.reason, /cannot be written/);
    assertEquals(bench.log, []);
  }));

Deno.test("a second packet postpones the close, and then the close runs as often as the opening did", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open({
      ...bench.cycle(),
      close: bench.command("close", "$SRC $PORT", "$(date +%s%3N)"),
    });
    cycles.start();
    await cycles.open(request({ seconds: 1 }), silent);
    const opened = Date.now();
    const second = await cycles.open(request({ seconds: 3 }), silent);
    assert(second.ok && (second.close?.seconds ?? 0) >= 2);
    assertEquals(cycles.pending().map(({ opens }) => opens), [2]);
    await until("it is closed", () => cycles.pending().length === 0, 15);
    const closes = bench.log.filter((line) => line.startsWith("close 192.0.2.44 22 "));
    assertEquals(closes.length, 2);
    const times = closes.map((line) => Number(line.split(" ").at(-1)));
    assert(times.every((time) => time >= opened + 2000), "not when the first close was due");
    await cycles.close({ closeAll: false });
  }));

Deno.test("after a crash, overdue closes run at the start and the others when they are due", () =>
  Bench.with(async (bench) => {
    const cycle = bench.cycle();
    const crashed = bench.open(cycle);
    await crashed.open(request({ seconds: 30 }), silent);
    await crashed.open(request({ seconds: 300, service: { protocol: "udp", port: 53 } }), silent);
    await crashed.close({ closeAll: false });
    bench.offset = 60_000;
    const cycles = bench.open(cycle);
    assertEquals(bench.log.length, 2, "no command runs before the start");
    cycles.start();
    await until("the overdue one is closed", () => cycles.pending().length === 1);
    assertEquals(bench.log.slice(2), ["close 192.0.2.44 22"]);
    await cycles.close({ closeAll: false });
  }));

Deno.test("at the end of the daemon all cycles are closed, or all are kept", () =>
  Bench.with(async (bench) => {
    const cycle = bench.cycle();
    const cycles = bench.open(cycle);
    await cycles.open(request(), silent);
    await cycles.close({ closeAll: false });
    const again = bench.open(cycle);
    assertEquals(again.pending().length, 1);
    await again.close({ closeAll: true });
    assertEquals(bench.log, ["open 192.0.2.44 22", "close 192.0.2.44 22"]);
    assertEquals(bench.open(cycle).pending(), []);
  }));

Deno.test("after a restart a close belongs to the stanza with its command, even if the stanza was moved", () =>
  Bench.with(async (bench) => {
    const cycle = bench.cycle();
    const other = { open: bench.command("other"), close: bench.command("shut"), timer: 30 };
    const before = bench.open(cycle);
    await before.open(request(), silent);
    await before.close({ closeAll: false });
    const after = bench.open(other, cycle);
    await after.close({ closeAll: true });
    assertEquals(bench.log, ["open 192.0.2.44 22", "close 192.0.2.44 22"]);
  }));

Deno.test("after a restart with the clock set back, a cycle lasts no longer than one that is opened now", () =>
  Bench.with(async (bench) => {
    const cycle = bench.cycle();
    bench.offset = 7_200_000;
    const before = bench.open(cycle);
    await before.open(request(), silent);
    await before.close({ closeAll: false });
    bench.offset = 0;
    const after = bench.open(cycle);
    const [pending] = after.pending();
    assert(pending !== undefined && pending.due <= Date.now() / 1000 + aStanza().maxTimeout);
    await after.close({ closeAll: true });
    assertEquals(bench.log, ["open 192.0.2.44 22", "close 192.0.2.44 22"]);
  }));

Deno.test("a close that no stanza has any more is reported once with its command, and not run", () =>
  Bench.with(async (bench) => {
    const before = bench.open(bench.cycle());
    await before.open(request(), silent);
    await before.close({ closeAll: false });
    const changed = { open: bench.command("open"), close: bench.command("shut"), timer: 30 };
    const after = bench.open(changed);
    await after.close({ closeAll: true });
    assertEquals(bench.log, ["open 192.0.2.44 22"]);
    assertMatch(bench.texts.join(), /stays open; to close it: \S+\/close 192\.0\.2\.44 22$/);
    bench.events.length = 0;
    bench.open(changed);
    assertEquals(bench.texts, []);
  }));

Deno.test("across a reload an open cycle keeps the close of its opening", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open(bench.cycle());
    await cycles.open(request(), silent);
    cycles.adopt([], COMMAND_LIMITS);
    const refused = await cycles.open(request(), silent);
    assert(!refused.ok && refused.reason.includes("no longer has a command cycle"));
    await cycles.close({ closeAll: true });
    assertEquals(bench.log, ["open 192.0.2.44 22", "close 192.0.2.44 22"]);
  }));

Deno.test("a damaged file is moved aside, and reported", () =>
  Bench.with((bench) => {
    Deno.writeTextFileSync(bench.path, "{");
    assertEquals(bench.open(bench.cycle()).pending(), []);
    assertMatch(
      bench.texts.join(),
      /Cannot parse the pending closes in .* stays open until it is closed by hand/,
    );
    assertEquals(Deno.readTextFileSync(`${bench.path}.bad`), "{");
    return Promise.resolve();
  }));

Deno.test("without a close command no close is remembered", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open({ open: bench.command("open", "$SRC $CLIENT_TIMEOUT") });
    const opening = await cycles.open(request({ seconds: 45 }), silent);
    assert(opening.ok && opening.close === undefined);
    assertEquals([bench.log, cycles.pending()], [["open 192.0.2.44 45"], []]);
  }));

Deno.test("a missing open command leaves nothing to close", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open({ open: "/no/such", close: bench.command("close"), timer: 30 });
    const opening = await cycles.open(request(), silent);
    assert(opening.ok && opening.outcome.how === "not-started" && opening.close === undefined);
    assertEquals(cycles.pending(), []);
  }));

Deno.test("after an open command that fails, the close still runs: it may have done half of its work", () =>
  Bench.with(async (bench) => {
    const cycles = bench.open({ open: "false", close: bench.command("close"), timer: 30 });
    const opening = await cycles.open(request(), silent);
    assert(opening.ok && opening.outcome.status === 1);
    await cycles.close({ closeAll: true });
    assertEquals(bench.log, ["close 192.0.2.44 22"]);
  }));

Deno.test("a client of one stanza leaves room for the cycles of others, and a stop ends running commands", () =>
  Bench.with(async (bench) => {
    const ending = new AbortController();
    const limits = { ...COMMAND_LIMITS, ending: ending.signal };
    const slow = { open: "sleep 600", close: bench.command("close"), timer: 30 };
    const cycles = bench.open(slow, slow);
    const stanzas = [1, 2].map((number) => aStanza({ number, cycle: slow }));
    cycles.adopt(stanzas, limits);
    const started = Promise.withResolvers<void>();
    const ask = (stanza: number): Promise<CycleOpening> =>
      cycles.open(request({ stanza }), () => started.resolve());
    const waiting = Array.from({ length: 16 }, () => ask(1));
    const refused = await ask(1);
    assert(!refused.ok && /16 programs of this stanza are running/.test(refused.reason));
    const other = ask(2);
    await started.promise;
    ending.abort();
    const [first, ...rest] = await Promise.all([...waiting, other]);
    assert(first?.ok === true && first.outcome.how === "stopped");
    assert(rest.every((opening) => !opening.ok && opening.reason === "the daemon ends"));
    // The close of a cycle that may be open is a command that the end of the daemon does not stop.
    await cycles.close({ closeAll: true });
    assertEquals(bench.log, ["close 192.0.2.44 22"]);
  }));

Deno.test("commands of one program never run at the same time", () =>
  Bench.with(async (bench) => {
    const path = `${bench.folder}/slow`;
    const log = `${bench.folder}/log`;
    const text = `#!/bin/sh\necho in >> ${log}\nsleep 0.1\necho out >> ${log}\n`;
    Deno.writeTextFileSync(path, text, { mode: 0o755 });
    const cycles = bench.open({ open: `${path} $SRC`, close: `${path} $SRC`, timer: 30 });
    const ports = [1, 2, 3];
    await Promise.all(
      ports.map((port) => cycles.open(request({ service: { protocol: "tcp", port } }), silent)),
    );
    await cycles.close({ closeAll: true });
    assertEquals(bench.log.length, 12, "three openings and as many closes");
    assert(bench.log.every((line, index) => line === (index % 2 === 0 ? "in" : "out")));
  }));
