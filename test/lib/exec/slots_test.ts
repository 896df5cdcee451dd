import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { Slots } from "../../../lib/exec/slots.ts";

Deno.test("no limit is passed and no slot is lost, in any order of taking and releasing", () => {
  const step = fc.record({
    stanza: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    takes: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
    const slots = new Slots({ atOnce: 5, perStanza: 2 });
    const held: { stanza: number | undefined; release: () => void }[] = [];
    for (const { stanza, takes } of steps) {
      if (!takes) {
        const last = held.pop();
        last?.release();
        // A second release must do nothing.
        last?.release();
        continue;
      }
      const own = held.filter((one) => one.stanza === stanza).length;
      const fits = held.length < 5 && (stanza === undefined || own < 2);
      const release = slots.take(stanza);
      assertEquals(typeof release === "function", fits);
      if (typeof release === "function") held.push({ stanza, release });
      else assert(release.why === "busy");
    }
    for (const { release } of held) release();
    for (let count = 0; count < 5; count++) {
      assertEquals(typeof slots.take(count % 3), "function");
    }
  }));
});
