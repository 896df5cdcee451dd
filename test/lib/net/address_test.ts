import { assert, assertEquals, assertThrows } from "../../assert.ts";
import fc from "property-testing";
import { addressFromBytes, isUnspecified, parseAddress } from "../../../lib/net/address.ts";
import { addressBytes, addressText } from "../../support/address_arbitrary.ts";
import { oracleBytes, oracleText } from "../../support/address_oracle.ts";

Deno.test("an address has exactly one text, and that text gives the address", () => {
  fc.assert(fc.property(addressBytes, (bytes) => {
    const address = addressFromBytes(bytes);
    assertEquals(parseAddress(address.text), address);
  }));
});

Deno.test("another library reads the same bytes in a text, or none as we do", () => {
  fc.assert(
    fc.property(addressText, (text) => {
      // What it takes besides: a zone and a prefix length.
      if (/[%/]/.test(text)) return;
      const theirs = oracleBytes(text);
      const expected = theirs === undefined ? undefined : addressFromBytes(theirs);
      assertEquals(parseAddress(text), expected, text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("another library writes the same text for the bytes of an address", () => {
  fc.assert(fc.property(addressBytes, (bytes) => {
    const address = addressFromBytes(bytes);
    assertEquals(address.text, oracleText(address.bytes));
  }));
});

Deno.test("IPv6 texts are those of the URL standard, which follows RFC 5952", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const address = parseAddress(text);
    assert(address !== undefined, text);
    if (address.family === 6) {
      assertEquals(new URL(`http://[${text}]`).hostname, `[${address.text}]`);
    }
  }));
});

Deno.test("a text is an IPv6 address exactly when the URL standard accepts it as one", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0:1f.:"), minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(text, (text) => {
      if (!text.includes(":")) return;
      assertEquals(parseAddress(text) !== undefined, URL.canParse(`http://[${text}]`), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("IPv4 is four decimal parts without leading zeros", () => {
  for (const text of ["0.0.0.0", "192.0.2.1", "255.255.255.255"]) {
    assertEquals(parseAddress(text)?.text, text);
  }
  const refused = [
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.1000",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    " 1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.4\n",
    "+1.2.3.4",
    "-1.2.3.4",
    "0x1.2.3.4",
    "1.2.3.4e0",
    "\u0661.2.3.4",
    "host",
  ];
  for (const text of refused) assertEquals(parseAddress(text), undefined, text);
});

Deno.test("IPv6 is read in every form of RFC 4291 and written in the form of RFC 5952", () => {
  const spellings: Record<string, string> = {
    "::": "::",
    "::1": "::1",
    "1::": "1::",
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "2001:0db8::0001": "2001:db8::1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "1:0:0:2:0:0:0:3": "1:0:0:2::3",
    "1:0:0:2:0:0:3:4": "1::2:0:0:3:4",
    "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0",
    "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
    "1:2:3:4:5:6:192.0.2.1": "1:2:3:4:5:6:c000:201",
  };
  for (const [text, canonical] of Object.entries(spellings)) {
    assertEquals(parseAddress(text)?.text, canonical, text);
  }
  const refused = [
    ":",
    ":::",
    "1:",
    ":1",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "g::",
    "::1%eth0",
    "[::1]",
    "::1.2.3",
    "::1.2.3.04",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    " ::1",
  ];
  for (const text of refused) assertEquals(parseAddress(text), undefined, text);
});

Deno.test("every constructor turns an IPv4-mapped address into the IPv4 address", () => {
  const plain = parseAddress("192.0.2.1");
  const mapped = parseAddress("::ffff:192.0.2.1");
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1);
  assert(plain !== undefined && mapped !== undefined);
  assertEquals(mapped, plain);
  assertEquals(addressFromBytes(bytes), plain);
  assertEquals(mapped, plain);
  assertEquals(parseAddress("::192.0.2.1")?.family, 6);
});

Deno.test("an address does not change with the bytes from which it was made", () => {
  const bytes = Uint8Array.of(192, 0, 2, 1);
  const address = addressFromBytes(bytes);
  bytes.fill(0);
  assertEquals(address.bytes, Uint8Array.of(192, 0, 2, 1));
});

Deno.test("only 0.0.0.0 and :: are unspecified", () => {
  const unspecified = ["0.0.0.0", "::", "::ffff:0.0.0.0", "0.0.0.1", "::1", "1::"].map((text) => {
    const address = parseAddress(text);
    return address !== undefined && isUnspecified(address);
  });
  assertEquals(unspecified, [true, true, true, false, false, false]);
});

Deno.test("an address without 4 or 16 bytes is a programming error", () => {
  assertThrows(() => addressFromBytes(new Uint8Array(5)), {
    name: "RangeError",
    message: "An address has 4 or 16 bytes, not 5",
  });
});
