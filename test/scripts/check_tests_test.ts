import { hasBranch, silentSkips, testProblems } from "../../scripts/check_tests.ts";
import { assertEquals } from "../assert.ts";

const BRANCH = "export const f = (a: number) => a > 0 ? 1 : 2;\n";

Deno.test("hasBranch finds a branch in code, and ignores comments, texts and optional members", () => {
  for (const text of ["if (a) b();", "a ?? b", "a && b", "a || b", "x = a\n  ? b\n  : c;"]) {
    assertEquals(hasBranch(text), true, text);
  }
  for (
    const text of [
      "/** If so, and if not. */\n",
      "// catch it if you can\n",
      'const a = "if && ||";\n',
      "const a = `\nif the \\`name\\` is \$x, or if not`;\n",
      "interface A { member?: string }\n",
      "a?.b();\n",
    ]
  ) {
    assertEquals(hasBranch(text), false, text);
  }
});

Deno.test("a file with a branch needs its own test, or an entry in the list", () => {
  const files = new Map([["lib/a/x.ts", BRANCH], ["lib/a/plain.ts", "export const a = 1;\n"]]);
  assertEquals(testProblems(files, []), [
    "lib/a/x.ts has a branch and no test of its own: write test/lib/a/x_test.ts",
  ]);
  files.set("test/lib/a/y_test.ts", "");
  const entry = { test: "lib/a/y_test.ts", why: "both at once", files: ["a/x.ts"] };
  assertEquals(testProblems(files, [entry]), []);
  files.set("test/lib/a/x_test.ts", "");
  assertEquals(testProblems(files, []), []);
  assertEquals(testProblems(files, [entry]), [
    "scripts/tested_elsewhere.ts: lib/a/x.ts has a test of its own",
  ]);
});

Deno.test("an entry is stale when its file or test is gone, or has no branch", () => {
  const files = new Map([["lib/a/plain.ts", "export const a = 1;\n"]]);
  const entry = { test: "lib/gone_test.ts", why: "", files: ["a/plain.ts", "a/gone.ts"] };
  assertEquals(testProblems(files, [entry]), [
    "scripts/tested_elsewhere.ts: lib/a/plain.ts has no branch",
    "scripts/tested_elsewhere.ts: there is no lib/a/gone.ts",
    "scripts/tested_elsewhere.ts: there is no test/lib/gone_test.ts",
  ]);
});

Deno.test("a test is skipped only by the function that says why", () => {
  const skips = 'Deno.test({ name: "x", ignore: true, fn() {} });\n';
  const files = new Map([
    ["test/lib/x_test.ts", skips],
    ["test/lib/y_test.ts", 'Deno.test.ignore("y", () => {});\n'],
    ["test/lib/z_test.ts", "// ignore: nothing\nopen({ ignoreSignatureErrors: true });\n"],
    ["test/support/needs.ts", skips],
  ]);
  assertEquals(silentSkips(files).map((line) => line.split(" ")[0]), [
    "test/lib/x_test.ts",
    "test/lib/y_test.ts",
  ]);
});
