import assert from "node:assert/strict";
import {
  bundleArguments,
  bundleProblems,
  groupArguments,
  neutralPaths,
  numberChunks,
} from "../../scripts/bundle.ts";

Deno.test("deno bundle is called for chunks, with the browser condition and a frozen lock file", () => {
  assert.equal(
    bundleArguments("main.ts", "/tmp/bundle").join(" "),
    "bundle --quiet --platform browser --frozen --code-splitting --outdir /tmp/bundle main.ts",
  );
});

Deno.test("each group is minified separately, with or without the names of functions", () => {
  const common = "bundle --quiet --platform browser --minify";
  const end = "--external ./other/* --outdir /tmp/bundle main.js group-1.js";
  for (const names of [false, true]) {
    assert.equal(
      groupArguments(["main.js", "group-1.js"], "/tmp/bundle", names).join(" "),
      `${common} ${names ? "--keep-names " : ""}${end}`,
    );
  }
});

Deno.test("chunks are named in the order in which the entry leads to them", () => {
  const files = new Map([
    ["chunk-AAAAAAAA.js", 'import "./chunk-BBBBBBBB.js";'],
    ["chunk-BBBBBBBB.js", "export {};"],
    ["knock-12345678.js", 'import { a } from "./chunk-BBBBBBBB.js";\nconst b = "./other.js";'],
    ["main.js", 'import "./chunk-AAAAAAAA.js";\nawait import("./knock-12345678.js");'],
  ]);
  assert.deepEqual([...numberChunks(files)], [
    ["main.js", 'import "./chunk-1.js";\nawait import("./knock-2.js");'],
    ["chunk-1.js", 'import "./chunk-3.js";'],
    ["knock-2.js", 'import { a } from "./chunk-3.js";\nconst b = "./other.js";'],
    ["chunk-3.js", "export {};"],
  ]);
});

Deno.test("bundleProblems finds node: at top level, unlisted lazy node: modules and CommonJS", () => {
  assert.deepEqual(
    bundleProblems(
      'import fs from "node:fs";\nimport {\n  a,\n  b\n} from "node:path";\nimport "node:os";',
    ),
    [
      "node:fs is imported at top level",
      "node:path is imported at top level",
      "node:os is imported at top level",
    ],
  );
  assert.deepEqual(
    bundleProblems('var a=1;import{b as c}from"node:fs";import"node:os";import{d}from"./x.js";'),
    ["node:fs is imported at top level", "node:os is imported at top level"],
  );
  assert.deepEqual(bundleProblems('const m = await import("node:util");'), [
    "node:util is loaded lazily, unlisted",
  ]);
  assert.deepEqual(bundleProblems('var a = require("fs");'), [
    "a CommonJS module is in the bundle",
  ]);
});

Deno.test("bundleProblems accepts a bundle without them", () => {
  assert.deepEqual(
    bundleProblems('// import "node:fs"\nimport "./x.js";\nconst text = "node:fs";'),
    [],
  );
});

Deno.test("a bundle does not show where it was built", () => {
  const source = [
    "// ../../home/me/.cache/deno/npm/registry.example/@noble/hashes/2.4.0/sha2.js",
    'var init = __esm({ "../npm/registry.example/uqr/0.1.3/dist/index.mjs"() {} });',
    "// lib/net/address.ts",
  ].join("\n");
  assert.equal(
    neutralPaths(source),
    [
      "// npm:@noble/hashes/2.4.0/sha2.js",
      'var init = __esm({ "npm:uqr/0.1.3/dist/index.mjs"() {} });',
      "// lib/net/address.ts",
    ].join("\n"),
  );
});
