import { leadingNumber, parseNumber } from "../../../lib/config/number.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("our dialect takes digits alone, the C dialect what strtol reads", () => {
  const both = (text: string) => [
    parseNumber(text, 0, 100, "native"),
    parseNumber(text, 0, 100, "c"),
  ];
  assertEquals(both("60"), [60, 60]);
  assertEquals(both("60s"), [undefined, 60]);
  assertEquals(both(" +7"), [undefined, 7]);
  assertEquals(both("abc"), [undefined, 0]);
  assertEquals(both("101"), [undefined, undefined]);
  assertEquals(both("-1"), [undefined, undefined]);
});

Deno.test("a text without a number at its start is 0", () => {
  assertEquals(["", "x1", "-", "\n-12x"].map(leadingNumber), [0, 0, 0, -12]);
});
