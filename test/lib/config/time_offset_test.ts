import { parseSignedTimeOffset, parseTimeOffset } from "../../../lib/config/time_offset.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a time offset is seconds or a number with a unit", () => {
  const expected = {
    "60": 60,
    "60s": 60,
    "60sec": 60,
    "5m": 300,
    "5min": 300,
    "2h": 7200,
    "2days": 172800,
    "65536": 65536,
  };
  for (const [text, seconds] of Object.entries(expected)) {
    assertEquals(parseTimeOffset(text, "native"), seconds, text);
    assertEquals(parseTimeOffset(text, "c"), seconds, text);
  }
});

Deno.test("characters that the C client skips are refused in the native dialect and skipped in the C dialect", () => {
  const lax = { "1.5h": 54000, "-5": 5, "10m5s": 600, "5 m": 300 };
  for (const [text, seconds] of Object.entries(lax)) {
    assertEquals(parseTimeOffset(text, "native"), undefined, text);
    assertEquals(parseTimeOffset(text, "c"), seconds, text);
  }
  assertEquals(parseTimeOffset("60seconds", "native"), 60);
});

Deno.test("a time offset without digits, with nine, or above 65536 is refused", () => {
  for (const text of ["", "m", "123456789", "65537", "abc"]) {
    assertEquals(parseTimeOffset(text, "native"), undefined, text);
    assertEquals(parseTimeOffset(text, "c"), undefined, text);
  }
});

Deno.test("a minus in the rc file means the past", () => {
  assertEquals(parseSignedTimeOffset("-5m", "native"), -300);
  assertEquals(parseSignedTimeOffset("5m", "native"), 300);
  assertEquals(parseSignedTimeOffset("-0", "native"), 0);
  assertEquals(parseSignedTimeOffset("--5", "native"), undefined);
});
