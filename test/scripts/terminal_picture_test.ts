import assert from "node:assert/strict";
import { drawTerminal, piecesOf } from "../../scripts/terminal_picture.ts";

/** The text of a picture: where each piece begins, and what it says. */
function texts(svg: string): string[] {
  return Array.from(
    svg.matchAll(/<text x="([^"]*)" y="([^"]*)"[^>]*>([^<]*)</g),
    ([, x, y, text]) => `${x},${y} ${text}`,
  );
}

Deno.test("colours begin and end where the sequences say", () => {
  assert.deepEqual(piecesOf("a \x1b[1mb \x1b[31mc\x1b[22m d\x1b[39m e"), [
    { text: "a ", styles: [] },
    { text: "b ", styles: ["bold"] },
    { text: "c", styles: ["bold", "red"] },
    { text: " d", styles: ["red"] },
    { text: " e", styles: [] },
  ]);
});

Deno.test("a sequence that is not known, and a control character, are errors and not left out", () => {
  assert.throws(() => piecesOf("a\x1b[45mb"), /45m" is not known/);
  assert.throws(() => piecesOf("a\x1b[2Jb"), /control character/);
  assert.throws(() => piecesOf("a\rb"), /control character/);
});

Deno.test("each piece stands in its column, and a long line goes on in the next row", () => {
  const svg = drawTerminal("t", ["  \x1b[32mab\x1b[39m c", "0123456789xyz"], 10);
  assert.deepEqual(texts(svg), ["32.8,30 ab", "58.0,30 c", "16.0,49 0123456789", "16.0,68 xyz"]);
});

Deno.test("what a program prints cannot become an element of the picture", () => {
  const svg = drawTerminal("a<b", ['</text><script>"x"&'], 40);
  assert.ok(!svg.includes("<script>"));
  assert.match(svg, /&lt;\/text&gt;&lt;script&gt;&quot;x&quot;&amp;/);
  assert.match(svg, /<title>a&lt;b<\/title>/);
});
