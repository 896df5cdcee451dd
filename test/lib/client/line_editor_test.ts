import fc from "property-testing";
import { LineEditor, MAX_LINE_LENGTH } from "../../../lib/client/line_editor.ts";
import { assert, assertEquals } from "../../assert.ts";

/** Types a text. Returns the state and the line. */
function type(text: string): [state: string, line: string] {
  const editor = new LineEditor();
  for (const byte of new TextEncoder().encode(text)) editor.type(byte);
  return [editor.state, new TextDecoder().decode(editor.line())];
}

Deno.test("a line ends at a line feed or a carriage return", () => {
  assertEquals(type("abc\nx"), ["done", "abc"]);
  assertEquals(type("abc\r"), ["done", "abc"]);
  assertEquals(type("abc"), ["typing", "abc"]);
  assertEquals(type("\n"), ["done", ""]);
});

Deno.test("DEL and ^H erase one character, and do nothing in an empty line", () => {
  assertEquals(type("ab\x7fc\n"), ["done", "ac"]);
  assertEquals(type("ab\bc\n"), ["done", "ac"]);
  assertEquals(type("a\x7f\x7f\x7fb\n"), ["done", "b"]);
  assertEquals(type("aé€\x7f\x7fz\n"), ["done", "az"]);
});

Deno.test("^U erases the line", () => {
  assertEquals(type("wrong\x15right\n"), ["done", "right"]);
});

Deno.test("^C aborts and clears the line", () => {
  assertEquals(type("abc\x03def\n"), ["aborted", ""]);
});

Deno.test("^D ends a line, and aborts an empty one", () => {
  assertEquals(type("abc\x04"), ["done", "abc"]);
  assertEquals(type("\x04"), ["aborted", ""]);
});

Deno.test("cursor keys add no bytes to the key", () => {
  assertEquals(type("a\x1b[Db\x1bOAc\x1b[3~d\n"), ["done", "abcd"]);
});

Deno.test("a line holds at most 127 bytes", () => {
  assertEquals(type("x".repeat(200) + "\n")[1].length, MAX_LINE_LENGTH);
});

Deno.test("no sequence of bytes makes the editor throw, and nothing changes after the end of the line", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const editor = new LineEditor();
    for (const byte of bytes) editor.type(byte);
    const line = editor.line();
    if (editor.state === "typing") return;
    editor.type(0x41);
    assertEquals(editor.line(), line);
    assert(line.length <= MAX_LINE_LENGTH);
  }));
});
