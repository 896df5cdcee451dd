import { assert, assertEquals } from "../../assert.ts";
import type { Grant } from "../../../lib/firewall/grant.ts";
import { access, iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const KINDS = [
  { name: "iptables", make: iptablesIn, list: ["iptables", "-S", "FWKNOP_INPUT"] },
  { name: "nft", make: nftIn, list: ["nft", "list", "set", "inet", "fwknop", "access4"] },
] as const;

const MOST = 4;

function ask(client: string, services: string, seconds: number, stanza = 1): Grant {
  return { ...access(client, services, seconds), stanza, mostRules: MOST };
}

for (const { name, make, list } of KINDS) {
  namespaceTest(
    `${name}: a stanza with its full number of rules gets no new ones, and can renew those it has`,
    { programs: [list[0]] },
    async (lab) => {
      const server = await lab.namespace("server");
      const { firewall } = make(server);
      await firewall.ask({ name: "prepare" });
      const open = async (grant: Grant): Promise<"granted" | "full"> => {
        const { error, isFull, added } = await firewall.ask({ name: "open", grant: grant });
        assertEquals(error === undefined, isFull === undefined, error);
        assert(isFull === undefined || added.length === 0);
        return isFull ? "full" : "granted";
      };
      assertEquals(await open(ask("10.9.0.1", "tcp/22,tcp/80", 60)), "granted");
      assertEquals(await open(ask("10.9.0.2", "tcp/22,tcp/80,udp/53", 60)), "full");
      assertEquals(
        await rules(server, list),
        { "10.9.0.1": 2 },
        "a packet gets all of its rules or none",
      );
      assertEquals(await open(ask("10.9.0.2", "tcp/22,tcp/80", 60)), "granted");
      assertEquals(await open(ask("10.9.0.3", "tcp/22", 60)), "full");
      assertEquals(
        await open(ask("10.9.0.1", "udp/53", 60)),
        "full",
        "another service is not a renewal",
      );
      for (const seconds of [70, 80, 90]) {
        assertEquals(await open(ask("10.9.0.1", "tcp/22", seconds)), "granted");
      }
      await until(
        "the rules before the renewals were removed",
        async () =>
          (await firewall.ask({ name: "held" })).filter(({ summary }) => summary.stanza === 1)
            .length === MOST,
      );
      assertEquals(await rules(server, list), { "10.9.0.1": 2, "10.9.0.2": 2 });
      // Another stanza has its own limit.
      assertEquals(await open(ask("10.9.0.3", "tcp/22", 60, 2)), "granted");
      await firewall.ask({ name: "revoke" });
      assertEquals(await open(ask("10.9.0.3", "tcp/22", 60)), "granted");
      await firewall.ask({ name: "close" });
    },
  );
}

/** Number of rules of each client. */
async function rules(
  server: Namespace,
  list: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [client] of (await server.must(...list)).matchAll(/10\.9\.0\.[0-9]+/g)) {
    counts[client] = (counts[client] ?? 0) + 1;
  }
  return counts;
}
