import { assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { PacketBudget } from "../../../lib/server/packet_budget.ts";
import { aStanza } from "../../support/stanza.ts";

Deno.test("in every minute at most MAX_PACKETS_PER_MINUTE packets of a stanza count, independent of other stanzas and of old packets", () => {
  const packet = fc.record({
    number: fc.constantFrom(1, 2),
    isTimely: fc.boolean(),
    pause: fc.oneof(fc.constant(0), fc.integer({ min: -70, max: 70 })),
  });
  fc.assert(fc.property(fc.array(packet), fc.integer({ min: 1, max: 4 }), (packets, most) => {
    const budget = new PacketBudget();
    const model = new Map<string, { since: number; count: number }>();
    let now = 1000;
    for (const { number, pause, isTimely } of packets) {
      now += pause;
      const key = `${number} ${isTimely}`;
      const before = model.get(key);
      const isSame = before !== undefined && now >= before.since && now < before.since + 60;
      const minute = isSame ? before : { since: now, count: 0 };
      model.set(key, minute);
      const stanza = aStanza({ number, maxPacketsPerMinute: most });
      const isTaken = budget.take(stanza, now, isTimely);
      assertEquals(isTaken, minute.count < most);
      if (isTaken) minute.count++;
    }
  }));
});
