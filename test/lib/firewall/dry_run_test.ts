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
    `a dry run acknowledges a grant and leaves ${name} unchanged`,
    { programs: [listing[0]] },
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall, events } = make(server);
      await firewall.ask({ name: "prepare" });
      const list = async (): Promise<string> => (await server.run(...listing)).stdout;
      const before = await list();
      events.length = 0;
      const double = firewall.dryRun();
      const { added, error } = await double.ask({
        name: "open",
        grant: access("10.9.0.1", "tcp/22,udp/53", 60),
      });
      assertEquals({ error, added: added.length }, { error: undefined, added: 2 });
      await double.ask({ name: "release" });
      assertEquals(await list(), before);
      assertEquals({ held: await firewall.ask({ name: "held" }), events }, {
        held: [],
        events: [],
      });
      await firewall.ask({ name: "close" });
    },
  );
}
