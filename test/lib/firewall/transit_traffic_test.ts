import { assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { GATEWAY, GatewayLab, INSIDE, NEIGHBOUR, OUTSIDE, serveOn } from "../../support/gateway.ts";
import { namespaceTest } from "../../support/namespace.ts";
import { seal } from "../../support/packet.ts";
import { sendUdpFrom } from "../../support/send_from.ts";
import { echoService, reach } from "../../support/tcp.ts";

/** An address that the gateway routes but does not have. */
const ROUTED = "203.0.113.9";

for (const firewall of ["iptables", "nft"]) {
  namespaceTest(
    `${firewall}: NAT redirects connections to the gateway or the address that was knocked at, and none in transit`,
    { programs: ["iptables", firewall] },
    (lab) =>
      withFolder(async (folder) => {
        const { outside, gateway, inside } = await GatewayLab.build(lab);
        await gateway.must("iptables", "-P", "FORWARD", "ACCEPT");
        await echoService(outside, OUTSIDE, 443, "the world");
        await echoService(outside, OUTSIDE, 8443, "the holder of the key");
        const access = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT 60\n";
        const conf = `FIREWALL ${firewall}\nPCAP_INTF eth1\nENABLE_IPT_FORWARDING Y\n`;
        const daemon = await serveOn(gateway, folder, access, conf);
        const knock = async (to: string, message: string, natAccess: string): Promise<void> => {
          const from = daemon.lines.length;
          await sendUdpFrom(outside, to, seal({ type: 2, message, natAccess }).packetText);
          const [client = ""] = message.split(",");
          await daemon.line(new RegExp(`Added DNAT rule .* ${RegExp.escape(client)} `), { from });
        };
        // The admitted host is one whose connections pass through the gateway.
        await knock(GATEWAY, `${INSIDE},tcp/443`, `${OUTSIDE},8443`);
        assertEquals(await reach(inside, OUTSIDE, 443), "the world");
        await knock(ROUTED, `${OUTSIDE},tcp/5000`, `${INSIDE},3389`);
        assertEquals(await reach(outside, ROUTED, 5000), "desktop");
        await knock(GATEWAY, `${OUTSIDE},tcp/5001`, `${INSIDE},3389`);
        assertEquals(await reach(outside, GATEWAY, 5001), "desktop");
        await knock(GATEWAY, `${OUTSIDE},tcp/5001`, `${NEIGHBOUR},3389`);
        assertEquals(await reach(outside, GATEWAY, 5001), "neighbour", "the last knock decides");
        await daemon.stop();
      }),
  );
}
