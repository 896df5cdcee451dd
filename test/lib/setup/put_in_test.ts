/**
 * Whatever happens to a set-up, and whenever, taking it out leaves the host as it was.
 */
import fc from "property-testing";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import type { ClosingChoice } from "../../../lib/setup/closing.ts";
import {
  type Journal,
  readJournal,
  removeJournal,
  writeJournal,
} from "../../../lib/setup/journal.ts";
import { ACCESS_FILE, CONFIG_FILE, CONFIG_FOLDER } from "../../../lib/setup/places.ts";
import {
  isTrialServer,
  keptFileSteps,
  keptServiceSteps,
  type ServerManager,
  type SetupFacts,
  trialSteps,
} from "../../../lib/setup/plan.ts";
import type { Service } from "../../../lib/net/service.ts";
import { withBlock } from "../../../lib/setup/block.ts";
import { putIn, takeOut } from "../../../lib/setup/put_in.ts";
import { takeOutStep } from "../../../lib/setup/steps.ts";
import { assert, assertEquals } from "../../assert.ts";
import { FakeSetupHost, Killed, type Mishap } from "../../support/fake_setup_host.ts";

const CHOICES: readonly ClosingChoice[] = [
  { closing: { how: "table" }, firewall: "nft", why: "" },
  { closing: { how: "rules", families: [4, 6] }, firewall: "iptables", why: "" },
  { closing: { how: "host" }, firewall: "iptables", why: "" },
];

const MANAGERS: readonly ServerManager[] = [
  { kind: "none", hasState: false },
  {
    kind: "systemd",
    program: "/usr/bin/fwknop",
    unit: "hardened",
    isInstalled: false,
    hasState: false,
  },
  {
    kind: "systemd",
    program: "/usr/bin/fwknop",
    unit: "compatible",
    isInstalled: true,
    hasState: true,
  },
];

const texts = fc.option(fc.string({ unit: fc.constantFrom("a", "#", "\n", " ") }), {
  nil: undefined,
});

/** A host with some files of the administrator, and a set-up for it. */
const stages = fc.record({
  conf: texts,
  access: texts,
  choice: fc.constantFrom(...CHOICES),
  manager: fc.constantFrom(...MANAGERS),
  services: fc.constantFrom<readonly Service[]>(
    [{ protocol: "tcp", port: 22 }],
    [{ protocol: "tcp", port: 22 }, { protocol: "udp", port: 53 }],
  ),
});

type Stage = typeof stages extends fc.Arbitrary<infer T> ? T : never;

function factsOf({ conf, access, choice, manager, services }: Stage): SetupFacts {
  const text = (old: string | undefined, lines: string) => ({
    lines,
    shown: lines,
    trial: withBlock(old ?? "", lines),
    isThere: old !== undefined,
  });
  return {
    services,
    choice,
    config: text(conf, "PCAP_INTF eth0\n"),
    access: text(access, "SOURCE ANY\n"),
    hasConfigFolder: conf !== undefined || access !== undefined,
    manager,
  };
}

function hostOf({ conf, access, choice }: Stage): FakeSetupHost {
  const host = new FakeSetupHost(choice.firewall);
  if (conf !== undefined || access !== undefined) host.folders.add(CONFIG_FOLDER);
  if (conf !== undefined) host.files.set(CONFIG_FILE, conf);
  if (access !== undefined) host.files.set(ACCESS_FILE, access);
  host.rules.push("iptables -j LOG");
  return host;
}

/** Puts everything in, up to the confirmation. */
async function setUp(host: FakeSetupHost, facts: SetupFacts): Promise<void> {
  let journal: Journal = {
    version: 1,
    id: "x",
    phase: "trial",
    began: "2026-01-01T00:00:00.000Z",
    pid: 1,
    summary: { services: "tcp/22", client: "me", server: "gate.example" },
    steps: [],
  };
  const say = () => {};
  await writeJournal(host, journal);
  journal = await putIn(journal, trialSteps(facts), host, say);
  journal = { ...journal, phase: "confirming" };
  await writeJournal(host, journal);
  journal = await putIn(journal, keptFileSteps(facts), host, say);
  for (const { record } of trialSteps(facts).filter(isTrialServer)) await takeOutStep(record, host);
  journal = await putIn(journal, keptServiceSteps(facts), host, say);
  await writeJournal(host, { ...journal, phase: "confirmed" });
}

/** Runs until the end, or until it is killed or fails. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed || error instanceof HintedError)) throw error;
  }
}

async function undo(host: FakeSetupHost): Promise<void> {
  const journal = readJournal(host);
  if (journal === undefined) return removeJournal(host);
  const { failures } = await takeOut(journal.steps, host, () => {});
  if (failures.length === 0) removeJournal(host);
}

const mishaps: fc.Arbitrary<Mishap> = fc.record({
  at: fc.nat({ max: 70 }),
  what: fc.constantFrom("before", "after", "fails"),
});

Deno.test("a set-up that was killed or failed at any moment is taken out without a trace", async () => {
  await fc.assert(
    fc.asyncProperty(stages, mishaps, async (stage, mishap) => {
      const host = hostOf(stage);
      const before = host.snapshot();
      host.mishap = mishap;
      await attempt(() => setUp(host, factsOf(stage)));
      host.mishap = undefined;
      await undo(host);
      assertEquals(host.snapshot(), before);
    }),
    { numRuns: 500 },
  );
});

Deno.test("taking out can be killed at any moment too, and is repeated", async () => {
  await fc.assert(
    fc.asyncProperty(stages, mishaps, mishaps, async (stage, first, second) => {
      const host = hostOf(stage);
      const before = host.snapshot();
      host.mishap = first;
      await attempt(() => setUp(host, factsOf(stage)));
      host.operations = 0;
      host.mishap = second;
      await attempt(() => undo(host));
      host.mishap = undefined;
      await undo(host);
      assertEquals(host.snapshot(), before);
    }),
    { numRuns: 500 },
  );
});

Deno.test("what others put in meanwhile stays", async () => {
  await fc.assert(
    fc.asyncProperty(stages, mishaps, fc.boolean(), async (stage, mishap, isFirst) => {
      const host = hostOf(stage);
      host.mishap = mishap;
      await attempt(() => setUp(host, factsOf(stage)));
      host.mishap = undefined;
      if (isFirst) host.rules.unshift("ip6tables -j LOG");
      else host.rules.push("ip6tables -j LOG");
      const conf = host.files.get(CONFIG_FILE);
      if (conf !== undefined) host.files.set(CONFIG_FILE, `${conf}VERBOSE 1\n`);
      host.enabled.add("other.service");
      await undo(host);
      assertEquals([...host.rules].sort(), ["ip6tables -j LOG", "iptables -j LOG"]);
      assertEquals(
        host.files.get(CONFIG_FILE),
        conf === undefined ? undefined : `${stage.conf ?? ""}VERBOSE 1\n`,
      );
      assert(host.enabled.has("other.service"));
    }),
    { numRuns: 300 },
  );
});

Deno.test("without a mishap everything is in, and comes out", async () => {
  await fc.assert(
    fc.asyncProperty(stages, async (stage) => {
      const host = hostOf(stage);
      const before = host.snapshot();
      const facts = factsOf(stage);
      await setUp(host, facts);
      assertEquals(readJournal(host)?.phase, "confirmed");
      assert(host.files.get(CONFIG_FILE)?.includes("PCAP_INTF"));
      if (facts.choice.closing.how === "rules") {
        assertEquals(host.rules.length, 1 + 2 * facts.services.length);
      }
      await undo(host);
      assertEquals(host.snapshot(), before);
    }),
  );
});

Deno.test("lines that were changed stay, and a failure keeps the journal", async () => {
  const host = hostOf({
    conf: "A\n",
    access: undefined,
    choice: CHOICES[0] as ClosingChoice,
    manager: MANAGERS[0] as ServerManager,
    services: [],
  });
  const record = { kind: "lines", path: CONFIG_FILE, wasThere: true } as const;
  host.files.set(CONFIG_FILE, withBlock("A\n", "B\n").replace(/^# End.*\n/m, ""));
  const { left, failures } = await takeOut([record], host, () => {});
  assertEquals(failures, []);
  assertEquals(left, [`${CONFIG_FILE}: its lines were changed, so they stay`]);
});
