import { assertEquals } from "../../assert.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { FLOOD_END, Floods } from "../../../lib/server/floods.ts";
import { REFUSED_PACKET } from "../../support/refusals.ts";

function setUp() {
  const reported: string[] = [];
  const clock = { now: 0 };
  const observe = (event: PacketEvent): void => {
    if (event.kind === "refused" && event.refusal.code === "network-limit") {
      reported.push(`${event.refusal.facts.network} begins, limit ${event.refusal.facts.limit}`);
    }
    if (event.kind === "repeated") reported.push(`+${event.count} in ${event.seconds} s`);
  };
  const floods = new Floods(observe, () => clock.now);
  const drop = (network: string) => floods.drop(network, 100, () => REFUSED_PACKET);
  return { reported, clock, floods, drop };
}

Deno.test("a flood is reported when it begins and when it ends, with the number of its packets", () => {
  const { reported, clock, floods, drop } = setUp();
  for (let count = 0; count < 10; count++) {
    drop("192.0.2.0/24");
    clock.now += 1000;
  }
  floods.flush();
  assertEquals(reported, ["192.0.2.0/24 begins, limit 100"]);
  clock.now += FLOOD_END;
  floods.flush();
  assertEquals(reported, ["192.0.2.0/24 begins, limit 100", "+9 in 9 s"]);
  drop("192.0.2.0/24");
  assertEquals(reported.length, 3);
  floods[Symbol.dispose]();
});

Deno.test("floods of many networks do not fill the log, and the end of the server reports the rest", () => {
  const { reported, floods, drop } = setUp();
  for (let network = 0; network < 200; network++) {
    drop(`10.0.${network}.0/24`);
    drop(`10.0.${network}.0/24`);
  }
  assertEquals(reported.length, 50);
  floods[Symbol.dispose]();
  assertEquals(reported.length, 100);
});
