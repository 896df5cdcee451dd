import { assertEquals } from "../../assert.ts";
import { type Lab, namespaceTest } from "../../support/namespace.ts";

const MODULE = new URL("../../../lib/firewall/address_place.ts", import.meta.url).href;
const ADDRESSES = new URL("../../../lib/net/address.ts", import.meta.url).href;

/** Asks after permissions are dropped, as the daemon does. */
const QUESTION = `
import { placesOnThisHost } from "${MODULE}";
import { parseAddress } from "${ADDRESSES}";
const placeOf = placesOnThisHost();
for (const name of ["ffi", "sys", "env", "read"]) await Deno.permissions.revoke({ name });
console.log(JSON.stringify(Deno.args.map((text) => placeOf(parseAddress(text)))));`;

namespaceTest(
  "the kernel knows the host's own addresses, even if programs may bind foreign ones",
  {},
  async (lab: Lab) => {
    const host = await lab.namespace("host");
    const peer = await lab.namespace("peer");
    await lab.cable(
      { namespace: host, device: "eth0", addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
      { namespace: peer, device: "eth0", addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
    );
    await host.address("lo", "198.51.100.9/32");
    await host.must("sysctl", "-qw", "net.ipv4.ip_nonlocal_bind=1", "net.ipv6.ip_nonlocal_bind=1");
    const expected = {
      "192.0.2.1": "own",
      "2001:db8::1": "own",
      "198.51.100.9": "own",
      "192.0.2.2": "elsewhere",
      "2001:db8::2": "elsewhere",
      "203.0.113.1": "elsewhere",
      "2001:db8:9::1": "elsewhere",
      "192.0.2.255": "nowhere",
      "255.255.255.255": "nowhere",
      "224.0.0.1": "nowhere",
      "ff02::1": "nowhere",
      "0.0.0.0": "nowhere",
      "::": "nowhere",
      "127.0.0.1": "loopback",
      "127.3.2.1": "loopback",
      "::1": "loopback",
    };
    const addresses = Object.keys(expected);
    const text = await host.must(Deno.execPath(), "eval", "--quiet", QUESTION, ...addresses);
    const places: string[] = JSON.parse(text);
    assertEquals(Object.fromEntries(addresses.map((address, i) => [address, places[i]])), expected);
  },
);
