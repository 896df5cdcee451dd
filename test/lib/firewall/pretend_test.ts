import { assertEquals } from "../../assert.ts";
import { access, iptablesIn, nftIn } from "../../support/firewall.ts";
import { namespaceTest } from "../../support/namespace.ts";

for (
  const { name, make, listing } of [
    { name: "iptables", make: iptablesIn, listing: ["iptables", "-S"] },
    { name: "nft", make: nftIn, listing: ["nft", "-s", "list", "ruleset"] },
  ] as const
) {
  namespaceTest(
    `what is granted in pretence is not in ${name}, though it is acknowledged`,
    { programs: [listing[0]] },
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = make(server);
      await firewall.prepare();
      const list = async (): Promise<string> => (await server.run(...listing)).stdout;
      const before = await list();
      events.length = 0;
      const double = firewall.pretend();
      const { added, error } = await double.open(access("10.9.0.1", "tcp/22,udp/53", 60));
      assertEquals({ error, added: added.length }, { error: undefined, added: 2 });
      await double.release();
      assertEquals(await list(), before);
      assertEquals({ held: firewall.held(), events }, { held: [], events: [] });
      await firewall.close();
    },
  );
}
