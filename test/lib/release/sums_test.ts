import { assertEquals } from "../../assert.ts";
import { parseSums } from "../../../lib/release/sums.ts";

const SUM = "0123456789abcdef".repeat(4);
const parse = (text: string) => parseSums(new TextEncoder().encode(text));

Deno.test("the lines of sha256sum are read by file name", () => {
  const sums = parse(`${SUM}  fwknop-1.0.0-linux-x64\n${SUM}  fwknop_1.0.0~rc.1_amd64.deb\n`);
  assertEquals([...sums ?? []], [
    ["fwknop-1.0.0-linux-x64", SUM],
    ["fwknop_1.0.0~rc.1_amd64.deb", SUM],
  ]);
});

Deno.test("sums with any other line, or with a name twice, are refused as a whole", () => {
  const good = `${SUM}  a\n`;
  for (
    const text of [
      "",
      good.trimEnd(),
      `${good}\n`,
      `${good}${good}`,
      `${SUM} a\n`,
      `${SUM} *a\n`,
      `${SUM.toUpperCase()}  a\n`,
      `${SUM}  a b\n`,
      `${SUM}  ../a\n`,
      `${SUM}  a\r\n`,
    ]
  ) assertEquals(parse(text), undefined, JSON.stringify(text));
  assertEquals(parseSums(new Uint8Array([0xff, 0x0a])), undefined);
});
