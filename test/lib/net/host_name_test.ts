import { assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { isHostName, MAX_NAT_HOST_LENGTH } from "../../../lib/net/host_name.ts";

Deno.test("host names are labels of letters, digits and inner hyphens", () => {
  for (
    const text of [
      "a",
      "localhost",
      "web.internal.example",
      "3com.example",
      "a-b.c",
      "x".repeat(63),
      "xn--bcher-kva.example",
      "10.in-addr.arpa",
    ]
  ) {
    assertEquals(isHostName(text), true, text);
  }
  const refused = [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "-a",
    "a-",
    "a_b",
    "a b",
    "a/b",
    "a;b",
    "$(id)",
    "b\u00fccher.example",
    "a\n",
    "x".repeat(64),
    "::1",
  ];
  for (const text of refused) assertEquals(isHostName(text), false, text);
});

Deno.test("a misspelt decimal or hexadecimal address is not a name", () => {
  // getaddrinfo reads the forms with 0x as 127.0.0.1.
  for (
    const text of [
      "999.1.1.1",
      "1.2.3",
      "10.1.1.5",
      "300",
      "0x7f.1",
      "0x7f000001",
      "127.0x1",
      "10.0.0.1-5",
    ]
  ) {
    assertEquals(isHostName(text), false, text);
  }
});

Deno.test("a name has at most 253 characters, and 70 in a NAT field", () => {
  const name = (length: number) => "a.".repeat(200).slice(0, length - 1) + "a";
  assertEquals([253, 254].map((length) => isHostName(name(length).replace("..", "."))), [
    true,
    false,
  ]);
  assertEquals(
    [70, 71].map((length) => isHostName("a".repeat(length - 8) + ".example", MAX_NAT_HOST_LENGTH)),
    [true, false],
  );
});

Deno.test("a name contains no character with a meaning to a shell or a firewall", () => {
  fc.assert(fc.property(fc.string({ maxLength: 8 }), (text) => {
    if (isHostName(text)) assertEquals(/^[A-Za-z0-9.-]+$/.test(text), true);
  }));
});
