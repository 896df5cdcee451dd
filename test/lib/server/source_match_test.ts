import { parseAddress } from "../../../lib/net/address.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import { listContains } from "../../../lib/server/source_match.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("any contains every address, a list the addresses of its prefixes, and an empty list none", () => {
  const list = ["192.0.2.0/24", "2001:db8::/32"].flatMap((text) => parsePrefix(text) ?? []);
  for (const [text, expected] of [["192.0.2.9", true], ["2001:db8::1", true], ["::1", false]]) {
    const address = parseAddress(String(text))!;
    assertEquals(listContains("any", address), true);
    assertEquals(listContains(list, address), expected, String(text));
    assertEquals(listContains([], address), false);
  }
});
