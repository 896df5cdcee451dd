import fc from "property-testing";
import { type ConfigLine, readLines } from "../../../lib/config/line.ts";
import { assert, assertEquals } from "../../assert.ts";

function only(text: string): ConfigLine {
  const [line, ...more] = readLines(text, "f");
  assert(line !== undefined && more.length === 0);
  return line;
}

function value(text: string): string | undefined {
  const line = only(text);
  return line.kind === "setting" ? line.value : undefined;
}

Deno.test("a line is a name, blanks and a value, with the positions of both", () => {
  assertEquals(only(" \tPCAP_INTF \t eth0"), {
    kind: "setting",
    name: "PCAP_INTF",
    value: "eth0",
    position: { file: "f", line: 1, column: 3 },
    valuePosition: { file: "f", line: 1, column: 15 },
    trailingBlanks: false,
    rest: "",
  });
});

Deno.test("a value may hold blanks and '#', and ends at ';' or CR", () => {
  assertEquals(
    value("PCAP_FILTER udp port 62201 # not a comment"),
    "udp port 62201 # not a comment",
  );
  assertEquals(value("PCAP_INTF eth0;ppp0"), "eth0");
  assertEquals(value("PCAP_INTF eth0\r"), "eth0");
  assertEquals(value('KEY "quoted"'), '"quoted"');
});

Deno.test("a long value is not cut", () => {
  const long = "x".repeat(100_000);
  assertEquals(value(`CMD_CYCLE_OPEN ${long}`), long);
});

Deno.test("blanks after a value are removed and reported", () => {
  const line = only("KEY  a b \t");
  assert(line.kind === "setting");
  assertEquals([line.value, line.trailingBlanks], ["a b", true]);
});

Deno.test("text after the ';' is kept apart", () => {
  const rest = (text: string): string | undefined => {
    const line = only(text);
    return line.kind === "setting" ? line.rest : undefined;
  };
  assertEquals(rest("KEY a;"), "");
  assertEquals(rest("KEY a ; ; \t"), "");
  assertEquals(rest("OPEN_PORTS tcp/22;udp/53"), "udp/53");
  assertEquals(rest("KEY a\rKEY b"), "KEY b");
});

Deno.test("only a first character '#', ';' or CR makes a comment, and only LF ends a line", () => {
  assertEquals([...readLines("#a\n;b\n\r\n\n", "f")], []);
  const lines = [...readLines("A 1\n\n B 2", "f")].map(({ position }) => position.line);
  assertEquals(lines, [1, 3]);
});

Deno.test("a line without value is malformed at its first word", () => {
  for (const [text, column] of [["KEY", 1], ["  KEY  ", 3], ["KEY ;x", 1], ["   ", 1]] as const) {
    const line = only(text);
    assertEquals([line.kind, line.position.column], ["malformed", column], text);
  }
});

Deno.test("bytes that are not text make a line malformed, but not a comment", () => {
  assertEquals([...readLines("# gr\uFFFDn\n", "f")], []);
  for (const text of ["KEY a\uFFFDb", "KEY a\0b"]) {
    assertEquals(only(text), {
      kind: "malformed",
      text,
      position: { file: "f", line: 1, column: 6 },
      reason: "not text",
    });
  }
});

Deno.test("any text can be read, and every position lies inside it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const lines = text.split("\n");
    for (const line of readLines(text, "f")) {
      const { line: number, column } = line.kind === "setting" ? line.valuePosition : line.position;
      assert(column >= 1 && column <= Math.max(1, (lines[number - 1] ?? "").length));
    }
  }));
});
