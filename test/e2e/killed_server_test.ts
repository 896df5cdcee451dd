import { assert, assertEquals } from "../assert.ts";
import { CLIENT, DualStack } from "../support/dual_stack.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest, until } from "../support/namespace.ts";

for (const firewall of ["nft", "iptables"] as const) {
  namespaceTest(
    `${firewall}: the kernel closes the port on time when the server is killed right after a grant`,
    { programs: [firewall] },
    (lab) =>
      withFolder(async (folder) => {
        const stage = await DualStack.build(lab, firewall, folder);
        const daemon = await stage.serve("ENABLE_UDP_SERVER Y");
        assert(!await stage.isOpen(4), "closed before");
        const knocked = await stage.knock(4, "-a", CLIENT[4]);
        assertEquals(knocked.code, 0);
        await daemon.line(/Added access rule/);
        const granted = performance.now();
        await daemon.stop("SIGKILL");
        assert(await stage.isOpen(4, 2), "open, though no server runs any more");
        await until("the port is closed", async () => !await stage.isOpen(4, 0.3), 10);
        assert(performance.now() - granted > 2500, "and not before its time");
      }),
  );
}
