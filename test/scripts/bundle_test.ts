import assert from "node:assert/strict";
import { bundleArguments, bundleProblems, neutralPaths } from "../../scripts/bundle.ts";

Deno.test("the bundle is made with the browser condition from a frozen lock file", () => {
  assert.deepEqual(bundleArguments("main.ts", "/tmp/main.js"), [
    "bundle",
    "--quiet",
    "--frozen",
    "--platform",
    "browser",
    "-o",
    "/tmp/main.js",
    "main.ts",
  ]);
});

Deno.test("node: at top level, unlisted lazy ones and CommonJS are found in a bundle", () => {
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
  assert.deepEqual(bundleProblems('const m = await import("node:util");'), [
    "node:util is loaded lazily, unlisted",
  ]);
  assert.deepEqual(bundleProblems('var a = require("fs");'), [
    "a CommonJS module is in the bundle",
  ]);
});

Deno.test("a bundle without them passes", () => {
  assert.deepEqual(
    bundleProblems('// import "node:fs"\nimport "./x.js";\nconst text = "node:fs";'),
    [],
  );
});

Deno.test("a bundle does not tell where it was built", () => {
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
