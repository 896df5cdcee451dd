import { describeTarget, parseEndpoint } from "../../../lib/doctor/translation.ts";
import { parseAddress } from "../../../lib/net/address.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("parseEndpoint reads an address, a port or both, and returns unknown for a range", () => {
  const six = parseAddress("2001:db8::1");
  const four = parseAddress("192.0.2.1");
  assertEquals(parseEndpoint("192.0.2.1:80"), { to: four, port: 80 });
  assertEquals(parseEndpoint("192.0.2.1"), { to: four, port: "same" });
  assertEquals(parseEndpoint(":8080"), { to: "same", port: 8080 });
  assertEquals(parseEndpoint("[2001:db8::1]:80"), { to: six, port: 80 });
  assertEquals(parseEndpoint("2001:db8::1"), { to: six, port: "same" });
  assertEquals(parseEndpoint("192.0.2.1-192.0.2.9:80-90"), { to: "unknown", port: "unknown" });
});

Deno.test("describeTarget names the new destination and its port", () => {
  const ssh = { protocol: "tcp", port: 22 } as const;
  const text = (to: string) => describeTarget({ ...parseEndpoint(to), rule: "" }, ssh);
  assertEquals(text(":8080"), "port 8080 of this host");
  assertEquals(text("192.0.2.1"), "192.0.2.1:22");
  assertEquals(text("[2001:db8::1]:80"), "[2001:db8::1]:80");
  assertEquals(text("name:1-2"), "another host");
  assertEquals(text(":1-2"), "another port of this host");
  assertEquals(text("192.0.2.1:1-2"), "another port of 192.0.2.1");
});
