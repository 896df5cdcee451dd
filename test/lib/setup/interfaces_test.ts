import { defaultInterfaces } from "../../../lib/setup/interfaces.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the interfaces of default routes are found in both families, each once", () => {
  const ipv4 = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t016433C6\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t006433C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "eth2\t00000000\t016433C6\t0002\t0\t0\t0\t00000000\t0\t0\t0",
    "tun0\t00000000\t016433C6\t0001\t0\t0\t0\t00000080\t0\t0\t0",
  ].join("\n");
  const zero = "0".repeat(32);
  const ipv6 = [
    `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth1`,
    `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0`,
    `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`,
    `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200201     eth3`,
  ].join("\n");
  assertEquals(defaultInterfaces({ ipv4, ipv6 }), ["eth0", "eth1"]);
  assertEquals(defaultInterfaces({ ipv4: "", ipv6: "" }), []);
});
