import assert from "node:assert/strict";
import { iptablesIn, nftIn } from "../../support/firewall.ts";
import { namespaceTest, until } from "../../support/namespace.ts";

/** Number of kills per firewall; raise it for a long run. */
const POINTS = Number(Deno.env.get("FWKNOP_CRASH_POINTS") ?? "10");

const CHILD = new URL("../../support/grant_forever.ts", import.meta.url).pathname;

for (const kind of ["iptables", "nft"] as const) {
  namespaceTest(
    `${kind}: after kills at ${POINTS} random moments no rule is left over or in force twice`,
    { programs: [kind] },
    async (lab) => {
      const server = await lab.namespace("server");
      const listRules = async () => {
        const words = kind === "nft"
          ? ["nft", "list", "table", "inet", "fwknop"]
          : ["iptables", "-S"];
        return (await server.run(...words)).stdout;
      };
      for (let point = 0; point < POINTS; point++) {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--allow-all", CHILD, kind, server.name],
          stdin: "null",
        }).spawn();
        const before = await listRules();
        await until("the child changes a rule", async () => await listRules() !== before, 20);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
        child.kill("SIGKILL");
        await child.status;
        // Its helper processes read the end of their input and exit.
        await until(
          "its helper processes are gone",
          async () => (await lab.pids(server)).length === 0,
        );

        const { firewall, events } = kind === "nft" ? nftIn(server) : iptablesIn(server);
        const start = Math.floor(Date.now() / 1000);
        await firewall.ask({ name: "prepare" });
        // Asked together: no rule ends in between.
        const [listed, held] = await Promise.all([
          firewall.ask({ name: "list" }),
          firewall.ask({ name: "held" }),
        ]);
        const keys = listed.map(({ chain, address, service, expires }) =>
          [chain, address, service, expires].join(" ")
        );
        assert.equal(new Set(keys).size, keys.length, "no rule is in force twice");
        assert.ok(listed.every(({ expires }) => expires >= start), "rules that had ended are gone");
        assert.ok(
          held.length >= listed.length,
          "the ledger holds every rule, so each one ends",
        );
        assert.deepEqual(events.filter(({ type }) => type === "error"), []);
        if (kind === "iptables") {
          assert.equal((await listRules()).match(/-A INPUT -j FWKNOP_INPUT/g)?.length, 1);
        }
        // Every third time the daemon stops in an orderly way before the next kill.
        if (point % 3 === 2) {
          await firewall.ask({ name: "close" });
          assert.doesNotMatch(await listRules(), /_exp_/);
        } else await firewall.ask({ name: "release" });
      }
    },
  );
}
