import { parseZones, zonesOfClients } from "../../../../lib/firewall/firewalld/zones.ts";
import { assertEquals } from "../../../assert.ts";

/** As firewalld 1.3 prints it, without irrelevant lines. */
const LISTING = `block
  target: %%REJECT%%
  interfaces: 
  sources: 
  rich rules: 

home (active)
  target: default
  icmp-block-inversion: no
  interfaces: 
  sources: 192.0.2.0/24
  forward-ports: 
  rich rules: 

public (active)
  target: default
  interfaces: eth0 eth1
  sources: 
  source-ports: 
  rich rules: 
\trule family="ipv4" source address="192.0.2.1" accept
\trule priority="-6201" family="ipv4" source address="127.0.0.2" drop

trusted (default, active)
  target: ACCEPT
  interfaces: docker0
  sources: 
  rich rules: 
`;

const zones = parseZones(LISTING);

Deno.test("the listing of zones is read with interfaces, sources and rich rules", () => {
  assertEquals(zones.map(({ name }) => name), ["block", "home", "public", "trusted"]);
  assertEquals(zones[1]?.sources, ["192.0.2.0/24"]);
  assertEquals(zones[2], {
    name: "public",
    interfaces: ["eth0", "eth1"],
    sources: [],
    richRules: [
      'rule family="ipv4" source address="192.0.2.1" accept',
      'rule priority="-6201" family="ipv4" source address="127.0.0.2" drop',
    ],
  });
  assertEquals(zones[3]?.interfaces, ["docker0"]);
  assertEquals(parseZones(""), []);
  assertEquals(parseZones("FirewallD is not running\n"), []);
});

Deno.test("clients arrive through the zone of the sniffed interface and through zones with sources", () => {
  assertEquals(zonesOfClients(zones, "public", ["eth1"]), ["home", "public"]);
});

Deno.test("an interface without a zone is in the default zone", () => {
  assertEquals(zonesOfClients(zones, "block", ["wlan0"]), ["block", "home"]);
});

Deno.test("if packets may arrive on any interface, every zone in use and the default zone count", () => {
  assertEquals(zonesOfClients(zones, "block", undefined), ["block", "home", "public", "trusted"]);
  assertEquals(zonesOfClients(zones, "trusted", undefined), ["home", "public", "trusted"]);
});

Deno.test("an interface is in a zone whose list has a matching name with a plus", () => {
  const tunnels = { name: "internal", interfaces: ["wg+"], sources: [], richRules: [] };
  const all = [...zones.filter(({ name }) => name === "public"), tunnels];
  assertEquals(zonesOfClients(all, "public", ["wg0"]), ["internal"]);
  assertEquals(zonesOfClients(all, "public", ["w0"]), ["public"]);
});
