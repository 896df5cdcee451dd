import { deviceOfNetwork } from "../../../lib/config/openwrt_device.ts";
import { assertEquals } from "../../assert.ts";

const NETWORK = "config interface 'wan'\n\toption proto dhcp\n\toption device eth9\n" +
  "config interface 'dsl'\n\toption proto pppoe\n\toption device eth8\n" +
  "config interface 'lte'\n\toption proto qmi\n\toption device /dev/cdc-wdm0\n" +
  "config interface 'vpn'\n\toption proto wireguard\n" +
  "config interface 'old'\n\toption proto static\n\toption ifname br-lan\n" +
  "config interface 'two'\n\toption proto static\n\toption ifname 'eth0 eth1'\n";

Deno.test("the interface of a network is its device, or is made of protocol and network", () => {
  assertEquals(deviceOfNetwork(NETWORK, "wan"), "eth9");
  assertEquals(deviceOfNetwork(NETWORK, "dsl"), "pppoe-dsl");
  assertEquals(deviceOfNetwork(NETWORK, "vpn"), "vpn");
  assertEquals(deviceOfNetwork(NETWORK, "old"), "br-lan");
});

Deno.test("a modem's control device, several interfaces and an unknown network name no interface", () => {
  for (const network of ["lte", "two", "lan"]) {
    assertEquals(deviceOfNetwork(NETWORK, network), undefined, network);
  }
});
