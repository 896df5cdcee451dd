import { groupChunks, groupedSources, staticClosure } from "../../scripts/bundle_groups.ts";
import { assertEquals, assertThrows } from "../assert.ts";

/**
 * As `deno bundle` writes them: `knock` and `status` share `b`, these two and `stop` share `d`, the entry needs `a`, and
 * `rare` is loaded by `knock`.
 */
const FILES: ReadonlyMap<string, string> = new Map([
  [
    "main.js",
    'import {\n  one\n} from "./a-1.js";\nawait import("./knock-2.js");\nawait import("./status-3.js");\n',
  ],
  ["a-1.js", "var one = 1;\n\nexport {\n  one\n};\n"],
  [
    "knock-2.js",
    'import {\n  one\n} from "./a-1.js";\nimport {\n  two as two2\n} from "./b-4.js";\nimport "./c-5.js";\nimport "./d-7.js";\n' +
    'var knock = () => import("./rare-6.js");\n\nexport {\n  knock\n};\n',
  ],
  [
    "status-3.js",
    'import {\n  two\n} from "./b-4.js";\nimport "./d-7.js";\nvar status = two;\nexport {\n  status\n};\n',
  ],
  ["b-4.js", "var x = 2;\nexport {\n  x as two\n};\n/*! a licence */\n"],
  ["c-5.js", "globalThis.c = 1;\n"],
  ["d-7.js", "globalThis.d = 1;\n"],
  ["stop-8.js", 'import "./d-7.js";\n'],
  ["help-9.js", "globalThis.help = 1;\n"],
  ["rare-6.js", 'import {\n  two\n} from "./b-4.js";\nvar rare = two;\nexport {\n  rare\n};\n'],
]);

const GROUPS = groupChunks(FILES, "main.js", [
  "knock-2.js",
  "status-3.js",
  "stop-8.js",
  "help-9.js",
]);

/** The text without the blanks that the bundler removes. */
function dense(text: string | undefined): string {
  return (text ?? "").replace(/\s+/g, " ").trim();
}

Deno.test("a file needs its static imports, and theirs", () => {
  assertEquals([...staticClosure(FILES, "knock-2.js")], [
    "knock-2.js",
    "a-1.js",
    "b-4.js",
    "c-5.js",
    "d-7.js",
  ]);
});

Deno.test("chunks that the same starts need are a group, those that most need the first one; rare ones and the entry stay alone", () => {
  assertEquals([...GROUPS], [
    ["a-1.js", "group-entry.js"],
    ["knock-2.js", "group-1000.js"],
    ["status-3.js", "group-0100.js"],
    ["b-4.js", "group-1100.js"],
    ["c-5.js", "group-1000.js"],
    ["d-7.js", "group-entry.js"],
    ["stop-8.js", "group-0010.js"],
    ["help-9.js", "group-0001.js"],
  ]);
});

Deno.test("a group exports what its chunks export, and the other files import it from the group", () => {
  const sources = groupedSources(FILES, GROUPS);
  assertEquals(
    dense(sources.get("group-1000.js")),
    'import "./knock-2.js"; export { knock as knock_2$knock } from "./knock-2.js"; ' +
      'export * as knock_2$ from "./knock-2.js"; import "./c-5.js";',
  );
  assertEquals(
    dense(sources.get("knock-2.js")),
    'import { a_1$one as one } from "./other/group-entry.js"; ' +
      'import { b_4$two as two2 } from "./other/group-1100.js"; import "./c-5.js"; ' +
      'import "./other/group-entry.js"; var knock = () => import("./other/rare-6.js"); export { knock };',
  );
  assertEquals(
    dense(sources.get("main.js")),
    'import { a_1$one as one } from "./other/group-entry.js"; ' +
      'await import("./other/group-1000.js").then((group) => group.knock_2$); ' +
      'await import("./other/group-0100.js").then((group) => group.status_3$);',
  );
  assertEquals(
    dense(sources.get("rare-6.js")),
    'import { b_4$two as two } from "./other/group-1100.js"; var rare = two; export { rare };',
  );
});

Deno.test("a name that a chunk does not export is found when the groups are made", () => {
  const files = new Map([...FILES, ["b-4.js", "var x = 2;\nexport {\n  x\n};\n"]]);
  assertThrows(() => groupedSources(files, GROUPS), Error, "b-4.js has no export two");
});
