import { matchesForeign } from "../../../lib/doctor/foreign_address.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a packet from another host never has an address of loopback, multicast or the other family", () => {
  for (const text of ["127.0.0.1", "224.0.0.1", "239.1.2.3", "255.255.255.255", "2001:db8::/32"]) {
    assertEquals(matchesForeign(text, 4), "no", text);
  }
  for (const text of ["::1", "::1/128", "ff02::1", "192.0.2.0/24"]) {
    assertEquals(matchesForeign(text, 6), "no", text);
  }
  assertEquals(matchesForeign("192.0.2.0/24", 4), "maybe");
  assertEquals(matchesForeign("2001:db8::/32", 6), "maybe");
  assertEquals(matchesForeign("@a-set", 4), "maybe");
});
