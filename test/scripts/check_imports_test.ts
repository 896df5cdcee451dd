import assert from "node:assert/strict";
import { importCircles, importProblem, importsOf, partOf } from "../../scripts/check_imports.ts";

Deno.test("a file belongs to its folder of lib, to cmd, to ffi or is main", () => {
  assert.equal(partOf("lib/net/address.ts"), "lib/net");
  assert.equal(partOf("lib/stray.ts"), "lib");
  assert.equal(partOf("cmd/c/getopt.ts"), "cmd");
  assert.equal(partOf("main.ts"), "main.ts");
  assert.equal(partOf("scripts/ok.ts"), undefined);
});

Deno.test("imports point one way", () => {
  const problem = (from: string, to: string): string | undefined =>
    importProblem({ from, to, line: 7 });
  assert.equal(problem("lib/spa/a.ts", "lib/crypto/b.ts"), undefined);
  assert.equal(problem("lib/spa/a.ts", "lib/spa/b.ts"), undefined);
  assert.equal(problem("cmd/a.ts", "lib/server/b.ts"), undefined);
  assert.equal(problem("lib/net/a.ts", "npm:/@noble/hashes@2.4.0/sha2.js"), undefined);
  assert.equal(
    problem("lib/net/a.ts", "npm:/ip-address@10.7.6"),
    "lib/net/a.ts:7: only tests may import npm:/ip-address@10.7.6",
  );
  assert.equal(problem("test/a.ts", "lib/net/b.ts"), undefined);
  assert.equal(problem("lib/net/a.ts", "lib/shared.ts"), undefined);
  assert.equal(
    problem("lib/shared.ts", "lib/net/a.ts"),
    "lib/shared.ts:7: lib may not import lib/net (lib/net/a.ts)",
  );
  assert.equal(
    problem("lib/crypto/a.ts", "lib/net/b.ts"),
    "lib/crypto/a.ts:7: lib/crypto may not import lib/net (lib/net/b.ts)",
  );
  assert.equal(
    problem("lib/server/a.ts", "cmd/b.ts"),
    "lib/server/a.ts:7: lib/server may not import cmd (cmd/b.ts)",
  );
  assert.equal(problem("lib/net/a.ts", "node:fs"), "lib/net/a.ts:7: may not import node:fs");
  assert.equal(
    problem("cmd/a.ts", "scripts/b.ts"),
    "cmd/a.ts:7: the product may not import scripts/b.ts",
  );
  assert.equal(
    problem("lib/new/a.ts", "lib/net/b.ts"),
    "lib/new/a.ts: lib/new has no place in the table of imports",
  );
});

Deno.test("type imports count and every import has its line", () => {
  const span = (line: number): { start: { line: number } } => ({ start: { line } });
  const graph = {
    modules: [{
      specifier: "file:///r/lib/net/a.ts",
      dependencies: [
        { code: { specifier: "npm:/x@1.0.0", span: span(0) } },
        { type: { specifier: "file:///r/lib/spa/b.ts", span: span(4) } },
        { code: { error: "not found", span: span(5) } },
      ],
    }, { specifier: "node:fs" }],
  };
  assert.deepEqual(importsOf(graph, "file:///r/"), [
    { from: "lib/net/a.ts", to: "npm:/x@1.0.0", line: 1 },
    { from: "lib/net/a.ts", to: "lib/spa/b.ts", line: 5 },
  ]);
});

Deno.test("files that import each other through others are a circle, reported once", () => {
  const edge = (from: string, to: string) => ({ from, to, line: 1 });
  const imports = [
    edge("cmd/a.ts", "cmd/b.ts"),
    edge("cmd/b.ts", "lib/c.ts"),
    edge("lib/c.ts", "cmd/a.ts"),
    edge("cmd/d.ts", "cmd/a.ts"),
    edge("lib/c.ts", "npm:x@1"),
  ];
  assert.deepEqual(importCircles(imports), ["a circle of imports: cmd/a.ts, cmd/b.ts, lib/c.ts"]);
  assert.deepEqual(importCircles(imports.slice(0, 2)), []);
});
