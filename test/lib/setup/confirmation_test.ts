import { Confirmation } from "../../../lib/setup/confirmation.ts";
import type { Connection } from "../../../lib/firewall/netfilter/connections.ts";
import { assertEquals } from "../../assert.ts";
import { anAddress as address } from "../../support/address.ts";

const SSH = [{ protocol: "tcp", port: 22 }] as const;

function from(text: string, port: number, more: Partial<Connection> = {}): Connection {
  return {
    local: { address: address("198.51.100.7"), port: 22 },
    remote: { address: address(text), port },
    state: "open",
    ...more,
  };
}

Deno.test("a new connection from an address that was granted access confirms, in either order", () => {
  for (const isFirst of [true, false]) {
    const confirmation = new Confirmation(SSH, [], ["198.51.100.7"]);
    if (isFirst) confirmation.grant(["198.51.100.44/32"]);
    confirmation.see([from("198.51.100.44", 50000)]);
    if (!isFirst) confirmation.grant(["198.51.100.44"]);
    assertEquals(confirmation.proof, { address: "198.51.100.44", port: 22 });
  }
});

Deno.test("no other connection confirms", () => {
  const old = from("198.51.100.44", 50000);
  const others: Readonly<Record<string, Connection>> = {
    "open before": old,
    "of this host itself": from("198.51.100.7", 50001),
    "over loopback": from("127.0.0.1", 50001),
    "without a grant": from("198.51.100.45", 50001),
    "of which the handshake is not done": from("198.51.100.44", 50002, { state: "other" }),
    "to another port": from("198.51.100.44", 50003, {
      local: { address: address("198.51.100.7"), port: 80 },
    }),
  };
  for (const [name, connection] of Object.entries(others)) {
    const confirmation = new Confirmation(SSH, [old], ["198.51.100.7"]);
    confirmation.grant(["198.51.100.44", "198.51.100.7", "127.0.0.1"]);
    confirmation.see([connection]);
    assertEquals(confirmation.proof, undefined, name);
  }
});
