import { assertEquals } from "../../assert.ts";
import { access, eventTypes, iptablesIn, nftIn } from "../../support/firewall.ts";
import { namespaceTest } from "../../support/namespace.ts";

const KINDS = [
  {
    name: "iptables",
    make: iptablesIn,
    list: ["iptables", "-S"],
    one: ["iptables", "-D", "FWKNOP_INPUT", "1"],
    all: ["sh", "-c", "iptables -F; iptables -X"],
  },
  {
    name: "nft",
    make: nftIn,
    list: ["nft", "list", "ruleset"],
    one: ["nft", "flush", "set", "inet", "fwknop", "access4"],
    all: ["nft", "flush", "ruleset"],
  },
] as const;

for (const { name, make, list, one, all } of KINDS) {
  namespaceTest(
    `${name}: a client that knocks again is admitted again after another program removed its rule or all rules`,
    { programs: [list[0]] },
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = make(server);
      await firewall.ask({ name: "prepare" });
      const grant = access("10.9.0.1", "tcp/22", 60);
      const open = async (): Promise<{ added: number; present: number }> => {
        const { added, present, error } = await firewall.ask({ name: "open", grant: grant });
        assertEquals(error, undefined);
        assertEquals((await server.must(...list)).split("10.9.0.1").length - 1, 1);
        return { added: added.length, present: present.length };
      };
      assertEquals(await open(), { added: 1, present: 0 });
      assertEquals(await open(), { added: 0, present: 1 });
      for (const removal of [one, all]) {
        await server.must(...removal);
        assertEquals(await open(), { added: 1, present: 0 });
        assertEquals(await open(), { added: 0, present: 1 });
      }
      assertEquals((await firewall.ask({ name: "held" })).length, 1);
      assertEquals(eventTypes(events).filter((type) => type === "error"), []);
      await firewall.ask({ name: "close" });
    },
  );
}
