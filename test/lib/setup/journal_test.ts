import { type Journal, parseJournal, readJournal } from "../../../lib/setup/journal.ts";
import { KEPT_JOURNAL, TRIAL_JOURNAL } from "../../../lib/setup/places.ts";
import { assertEquals } from "../../assert.ts";

const JOURNAL: Journal = {
  version: 1,
  id: "a",
  phase: "trial",
  began: "2026-01-01T00:00:00.000Z",
  pid: 7,
  summary: { services: "tcp/22", client: "me", server: "gate.example" },
  steps: [{ kind: "file", path: "/run/fwknop-setup/fwknopd.conf" }],
};

Deno.test("a journal is read as it was written, and nothing else is one", () => {
  assertEquals(parseJournal(JSON.stringify(JOURNAL)), JOURNAL);
  const others = [
    { ...JOURNAL, version: 2 },
    { ...JOURNAL, phase: "x" },
    { ...JOURNAL, id: 1 },
    null,
    1,
  ];
  for (const other of others) assertEquals(parseJournal(JSON.stringify(other)), undefined);
  for (const text of ["", "{", "[]"]) assertEquals(parseJournal(text), undefined);
});

Deno.test("a journal that is kept counts before one of a trial", () => {
  const kept = { ...JOURNAL, phase: "confirmed" } as const;
  const files = new Map([[TRIAL_JOURNAL, JSON.stringify(JOURNAL)]]);
  const read = (path: string) => files.get(path);
  assertEquals(readJournal({ read }), JOURNAL);
  files.set(KEPT_JOURNAL, JSON.stringify(kept));
  assertEquals(readJournal({ read }), kept);
  files.clear();
  assertEquals(readJournal({ read }), undefined);
});
