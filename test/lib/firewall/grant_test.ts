import { chooseSourceNat } from "../../../lib/firewall/grant.ts";
import { assertEquals } from "../../assert.ts";
import { anAddress } from "../../support/address.ts";

const translate = anAddress("192.0.2.7");

Deno.test("the source NAT that a stanza forces precedes that of the settings", () => {
  const settings = { enabled: true, translate };
  const forceSnat = anAddress("192.0.2.8");
  const both = { forceSnat, forceMasquerade: true };
  assertEquals(chooseSourceNat(both, settings, 4), { kind: "snat", address: forceSnat });
  assertEquals(chooseSourceNat({ forceMasquerade: true }, settings, 4), { kind: "masquerade" });
  const wish = { forceMasquerade: false };
  assertEquals(chooseSourceNat(wish, settings, 4), { kind: "snat", address: translate });
  assertEquals(chooseSourceNat(wish, { enabled: true }, 4), { kind: "masquerade" });
  assertEquals(chooseSourceNat(wish, { enabled: false, translate }, 4), undefined);
});

Deno.test("an IPv6 client gets MASQUERADE if SNAT_TRANSLATE_IP is an IPv4 address", () => {
  const settings = { enabled: true, translate };
  assertEquals(chooseSourceNat({ forceMasquerade: false }, settings, 6), { kind: "masquerade" });
});
