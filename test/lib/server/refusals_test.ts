import { assert, assertEquals } from "../../assert.ts";
import { explainRefusal } from "../../../lib/report/explanation.ts";
import { refusalLines } from "../../../lib/report/refusal_line.ts";
import { type RefusalCode, refuse, rowOf } from "../../../lib/server/refusal.ts";
import { REFUSALS } from "../../../lib/server/refusals.ts";
import { STEPS } from "../../../lib/server/step.ts";
import { everyRefusal } from "../../support/refusals.ts";

Deno.test("every refusal has a line, a fact and a hint for all facts that it may have", () => {
  for (const refusal of everyRefusal("TEXT")) {
    const lines = [...refusalLines(refusal), ...refusalLines(refusal, true)];
    const { fact, hint } = explainRefusal(refusal);
    for (const text of [...lines.map(({ text }) => text), fact, hint]) {
      assert(text.length > 3, `${refusal.code}: ${text}`);
      assert(!/undefined|\[object|NaN/.test(text), `${refusal.code}: ${text}`);
    }
  }
});

Deno.test("the rows of the table are in the order of the steps", () => {
  const steps = Object.values(REFUSALS).map(({ step }) => STEPS.indexOf(step));
  assertEquals(steps, steps.toSorted((a, b) => a - b));
  for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
    const { step, again } = rowOf({ code } as Parameters<typeof rowOf>[0]);
    assert(again === undefined || STEPS.indexOf(again.step) > STEPS.indexOf(step), code);
  }
});

Deno.test("a refusal has the step of its row, and the compiler checks its facts against the row", () => {
  assertEquals(refuse("too-old", { seconds: 200, limit: 120 }), {
    step: "authorize",
    code: "too-old",
    facts: { seconds: 200, limit: 120 },
  });
  assertEquals(refuse("gpg-busy").facts, {});
  const compiled = (): void => {
    // @ts-expect-error: an unknown code
    refuse("too-late");
    // @ts-expect-error: a fact is missing
    refuse("too-old", { seconds: 200 });
    // @ts-expect-error: a fact of another type
    refuse("too-old", { seconds: "200", limit: 120 });
    // @ts-expect-error: a fact that the row does not have
    refuse("gpg-busy", { reason: "" });
    // @ts-expect-error: a value that is not listed
    refuse("port-denied", { service: "tcp/22", reason: "CLOSED_PORTS" });
    // @ts-expect-error: facts of two variants
    refuse("test-mode", { does: "run", address: "192.0.2.44", services: "tcp/22", granted: 30 });
  };
  assert(compiled !== undefined);
});
