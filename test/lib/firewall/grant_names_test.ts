import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { isClientName, MAX_CLIENT_NAME_LENGTH } from "../../../lib/config/client_name.ts";
import type { KeyedRule } from "../../../lib/firewall/firewall.ts";
import { GrantNames, nameRules, parseGrantNames } from "../../../lib/firewall/grant_names.ts";
import { aRule } from "../../support/rule.ts";
import { withFolder } from "../../support/folder.ts";

const NOW = 1_800_000_000;

function rule(changes: Partial<KeyedRule> = {}): KeyedRule {
  const { summary } = aRule("", NOW + 30);
  const { address = summary.address } = changes;
  return { ...summary, key: `ipv4 filter FWKNOP_INPUT -s ${address}`, ...changes };
}

interface Clock {
  now: number;
}

function open(folder: string, clock: Clock = { now: NOW }, warnings: string[] = []): GrantNames {
  return new GrantNames(`${folder}/names`, () => clock.now, (text) => warnings.push(text));
}

const NAME = fc.string({
  minLength: 1,
  maxLength: MAX_CLIENT_NAME_LENGTH,
  unit: fc.constantFrom(..."abyzABYZ0189._-@"),
});

const RULE = fc.record({
  key: fc.constantFrom("access4 192.0.2.1", "tcp/22 192.0.2.1 me", "*", "access4 192.0.2.2"),
  expires: fc.integer({ min: NOW + 1, max: NOW + 20 }),
}).map(rule);

Deno.test("whatever was granted, the daemon, fw-list and the next daemon know the name of the last grant of each rule", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(NAME, RULE), { maxLength: 40 }), async (grants) => {
      await withFolder((folder) => {
        const path = `${folder}/names`;
        const names = open(folder);
        const expected = new Map<string, string>();
        for (const [name, granted] of grants) {
          names.note(name, [granted]);
          expected.set(JSON.stringify(granted), name);
        }
        const rules = grants.map(([, granted]) => granted);
        const wanted = rules.map((it) => expected.get(JSON.stringify(it)));
        assertEquals(rules.map((it) => names.nameOf(it)), wanted);
        assertEquals(nameRules(rules, path).map(({ name }) => name), wanted);
        names.close();
        const next = open(folder);
        assertEquals(rules.map((it) => next.nameOf(it)), wanted);
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("the file is private, and does not grow with the number of grants that were made", async () => {
  await withFolder((folder) => {
    const clock = { now: NOW };
    const names = open(folder, clock);
    for (let index = 0; index < 5000; index++) {
      clock.now++;
      names.note("alice", [rule({ expires: clock.now + 30 })]);
    }
    names.close();
    const info = Deno.statSync(`${folder}/names`);
    assertEquals((info.mode ?? 0) & 0o777, 0o600);
    assert(info.size < 40_000, `${info.size} bytes`);
    assertEquals(names.nameOf(rule({ expires: clock.now + 30 })), "alice");
  });
});

Deno.test("a line that is not one, and the half of one, are left out", () => {
  const names = parseGrantNames(
    `alice ${NOW} access4 192.0.2.1 . tcp . 22\n` +
      `a\u{1b}[2J ${NOW} access4 192.0.2.2\nbob\n\n` +
      `carol ${NOW} access4 192.0.`,
  );
  assertEquals([...names.values()], ["alice"]);
  assert([...names.values()].every(isClientName));
});

Deno.test("a file that cannot be written costs one warning and no grant, and is written again later", async () => {
  await withFolder((folder) => {
    const warnings: string[] = [];
    Deno.mkdirSync(`${folder}/names.new`);
    Deno.writeTextFileSync(`${folder}/names.new/x`, "");
    const names = open(folder, { now: NOW }, warnings);
    names.note("alice", [rule()]);
    names.note("bob", [rule({ address: "192.0.2.2" })]);
    assertEquals(warnings.length, 1);
    assertEquals(names.nameOf(rule()), "alice");
    Deno.removeSync(`${folder}/names.new`, { recursive: true });
    names.note("carol", [rule({ address: "192.0.2.3" })]);
    assertEquals(nameRules([rule()], `${folder}/names`)[0]?.name, "alice");
    Deno.removeSync(`${folder}/names`);
    assertEquals([names.restore(), names.restore()], [`${folder}/names`, undefined]);
    assertEquals(nameRules([rule()], `${folder}/names`)[0]?.name, "alice");
    names.close();
  });
});

Deno.test("a name that the rule holds itself counts, and a missing file names nothing", () => {
  const rules = [rule({ name: "dave" }), rule()];
  assertEquals(nameRules(rules, "/nonexistent/names").map(({ name }) => name), ["dave", undefined]);
});
