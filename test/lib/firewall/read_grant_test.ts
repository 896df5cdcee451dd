import { readGrant } from "../../../lib/firewall/read_grant.ts";
import { assertEquals } from "../../assert.ts";
import { anAddress } from "../../support/address.ts";
import { access, forward } from "../../support/firewall.ts";

const NOW = Date.now();

const open = access("192.0.2.1", "tcp/22", 60);
const inside = forward("192.0.2.1", "tcp/33", "10.0.0.1 22", 60);
const local = { ...inside, kind: "local-nat" } as const;
const other = anAddress("fd09::1");

/** Grants with one fault each, and the reason for the refusal. */
const FAULTS: readonly (readonly [unknown, string])[] = [
  [undefined, "the stanza number is not one"],
  [{ ...open, stanza: 0 }, "the stanza number is not one"],
  [{ ...open, address: "192.0.2.1" }, "the address to admit is not a host address"],
  [
    { ...open, address: { ...open.address, text: "192.0.2.1 -j ACCEPT\nCOMMIT" } },
    "the address to admit is not a host address",
  ],
  [
    { ...open, address: { ...open.address, family: 6 } },
    "the address to admit is not a host address",
  ],
  [{ ...open, address: anAddress("0.0.0.0") }, "the address to admit is not a host address"],
  [{ ...open, destination: null }, "the destination is not a host address"],
  [{ ...open, destination: other }, "the addresses are of different families"],
  [{ ...open, mostRules: 0 }, "the number of rules is not one"],
  [{ ...open, expires: 22.5 }, "the expiry is not a time"],
  [{ ...open, expires: 5 }, "the grant is over already"],
  [{ ...open, expires: open.expires + 9e9 }, "the grant is longer than 8388608 seconds"],
  [{ ...open, services: [] }, "no or too many services"],
  [{ ...open, services: Array(257).fill(open.services[0]) }, "no or too many services"],
  [{ ...open, services: [{ protocol: "icmp", port: 1 }] }, "a protocol is neither tcp nor udp"],
  [{ ...open, services: [{ protocol: "tcp", port: 0 }] }, "a port is outside 1 to 65535"],
  [{ ...open, services: [null] }, "a protocol is neither tcp nor udp"],
  [{ ...open, kind: "everything" }, "the kind of grant is unknown"],
  [{ ...inside, rewrite: 1 }, "a switch of the grant is neither on nor off"],
  [{ ...inside, everything: undefined }, "a switch of the grant is neither on nor off"],
  [{ ...inside, target: undefined }, "the host to forward to is missing"],
  [{ ...local, target: undefined }, "the host to forward to is missing"],
  [
    { ...inside, target: undefined, everything: true },
    "there is no host to rewrite to",
  ],
  [
    { ...inside, target: { address: anAddress("224.0.0.1"), port: 22 } },
    "the host to forward to is not a host address",
  ],
  [
    { ...inside, target: { address: anAddress("127.0.0.1"), port: 22 } },
    "the host to forward to is this host's loopback",
  ],
  [
    { ...inside, target: { ...inside.target, port: 0 } },
    "the port to forward to is outside 1 to 65535",
  ],
  [{ ...inside, target: { address: other, port: 22 } }, "the addresses are of different families"],
  [{ ...inside, sourceNat: { kind: "none" } }, "the kind of source NAT is unknown"],
  [
    { ...inside, sourceNat: { kind: "snat", address: 7 } },
    "the source NAT address is not a host address",
  ],
  [
    { ...inside, sourceNat: { kind: "snat", address: other } },
    "the addresses are of different families",
  ],
];

for (const [index, [grant, reason]] of FAULTS.entries()) {
  Deno.test(`a grant is refused because ${reason} (${index + 1})`, () => {
    assertEquals(readGrant(grant, NOW), reason);
  });
}

Deno.test("a valid grant is read unchanged", () => {
  const everything = { ...inside, everything: true, target: { ...inside.target, port: 0 } };
  const here = { ...local, target: { address: anAddress("127.0.0.1"), port: 22 } };
  const masked = { ...inside, sourceNat: { kind: "masquerade" } };
  const { everything: _, ...hereWithout } = here;
  for (const grant of [open, inside, everything, masked, { ...open, mostRules: 3 }]) {
    assertEquals(readGrant(grant, NOW), grant);
  }
  assertEquals(readGrant(here, NOW), hereWithout);
});
