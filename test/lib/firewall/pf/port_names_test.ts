import { portOfName } from "../../../../lib/firewall/pf/port_names.ts";
import { assertEquals } from "../../../assert.ts";

Deno.test("a port is a number, or a name that pfctl prints for a number", () => {
  assertEquals(["22", "ssh", "https", "65535", "no-such"].map(portOfName), [
    22,
    22,
    443,
    65535,
    undefined,
  ]);
});
