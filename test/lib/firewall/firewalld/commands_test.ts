import {
  admittingFirewalld,
  closingFirewalld,
} from "../../../../lib/firewall/firewalld/commands.ts";
import { assertEquals } from "../../../assert.ts";

Deno.test("a port is closed by a rich rule and admitted as a port, each permanently and at once", () => {
  const service = { protocol: "udp", port: 62201 } as const;
  assertEquals(
    closingFirewalld(service),
    `firewall-cmd --permanent --add-rich-rule='rule port port="62201" protocol="udp" drop' ` +
      "&& firewall-cmd --reload",
  );
  assertEquals(
    admittingFirewalld(service),
    "firewall-cmd --permanent --add-port=62201/udp && firewall-cmd --reload",
  );
});
