import fc from "property-testing";
import { fill, plainText, textBlocks, textRuns } from "../../../lib/manual/text.ts";
import { escapeText, renderRoff } from "../../../lib/manual/roff.ts";
import { assert, assertEquals } from "../../assert.ts";

Deno.test("paragraphs of a text are filled, and examples are kept", () => {
  assertEquals(textBlocks("\none\ntwo\n\n  a\n    b\n\nthree\n"), [
    { kind: "paragraph", text: "one two" },
    { kind: "example", lines: ["a", "  b"] },
    { kind: "paragraph", text: "three" },
  ]);
});

Deno.test("marks are removed, and underscores inside names stay", () => {
  assertEquals(textRuns("set `FW_TIMEOUT` to _SECONDS_, not FW_ACCESS_TIMEOUT"), [
    { look: "plain", text: "set " },
    { look: "literal", text: "FW_TIMEOUT" },
    { look: "plain", text: " to " },
    { look: "placeholder", text: "SECONDS" },
    { look: "plain", text: ", not FW_ACCESS_TIMEOUT" },
  ]);
  assertEquals(
    plainText("sha3_256 or sha3_512, __CHANGEME__"),
    "sha3_256 or sha3_512, __CHANGEME__",
  );
});

Deno.test("filling loses no word, and only a line of one word may be too long", () => {
  fc.assert(fc.property(
    fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }),
    fc.integer({ min: 1, max: 40 }),
    (words, width) => {
      const lines = fill(words.join(" "), width);
      assertEquals(lines.join(" "), words.join(" "));
      for (const line of lines) assert(line.length <= width || !line.includes(" "));
    },
  ));
});

Deno.test("no text becomes a request or an escape of roff", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeText(text.replaceAll("\n", " "));
    assert(/^[ -~]*$/.test(escaped));
    assert(escaped.replace(/\\(e|-|\((aq|ga|ha|ti)|\[u[0-9A-F]{4,6}\])/g, "").indexOf("\\") < 0);
    const page = renderRoff({
      name: "x",
      section: 5,
      brief: "y",
      synopsis: [],
      sections: [{ title: "z", blocks: [{ kind: "text", text: `.${text}\n\n  '${text}` }] }],
    });
    const known = /^(\.(TH|nh|ad|SH|PP|RS|nf|fi|RE)( .*)?|[^.'].*)?$/;
    for (const line of page.split("\n")) assert(known.test(line), line);
  }));
});
