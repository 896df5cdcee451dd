import { trackingMessage } from "../../../../lib/firewall/netfilter/track_connections.ts";
import { netlinkAttributes, netlinkMessages, viewOf } from "../../../../lib/net/netlink.ts";
import { assertEquals } from "../../../assert.ts";
import { anAddress } from "../../../support/address.ts";

Deno.test("the message says both directions of the connection, in both families", () => {
  for (
    const [client, server] of [["198.51.100.44", "198.51.100.7"], ["2001:db8::44", "2001:db8::7"]]
  ) {
    const bytes = trackingMessage({
      remote: { address: anAddress(client ?? ""), port: 50000 },
      local: { address: anAddress(server ?? ""), port: 22 },
      state: "open",
    });
    const [message] = [...netlinkMessages(bytes)];
    assertEquals(message?.type, 0x100);
    const attributes = [...netlinkAttributes(message?.body.subarray(4) ?? new Uint8Array())];
    assertEquals(attributes.map(({ type }) => type), [1, 2, 3, 7, 4]);
    const [original, reply] = attributes.map(({ value }) => [...netlinkAttributes(value)]);
    const ports = [original, reply].map((parts) =>
      [...netlinkAttributes(parts?.[1]?.value ?? new Uint8Array())].slice(1)
        .map(({ value }) => viewOf(value).getUint16(0))
    );
    assertEquals(ports, [[50000, 22], [22, 50000]]);
    const [source] = [...netlinkAttributes(original?.[0]?.value ?? new Uint8Array())];
    assertEquals(source?.value, anAddress(client ?? "").bytes);
  }
});
