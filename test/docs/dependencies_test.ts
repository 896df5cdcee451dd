import assert from "node:assert/strict";
import { ROOT } from "../../scripts/process.ts";
import { sourceFiles } from "../../scripts/source_files.ts";

const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));

Deno.test("every dependency is pinned exactly", () => {
  for (const [name, target] of Object.entries(config.imports)) {
    assert.match(String(target), /^npm:(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+(\/[\w.\/-]+)?$/, name);
  }
});

Deno.test("every dependency is imported somewhere and has a decision", () => {
  const sources = sourceFiles(ROOT).filter((path) => path.endsWith(".ts"))
    .map((path) => Deno.readTextFileSync(ROOT + path));
  const pages = [...Deno.readDirSync(`${ROOT}docs/decisions`)]
    .map(({ name }) => Deno.readTextFileSync(`${ROOT}docs/decisions/${name}`));
  for (const [name, target] of Object.entries(config.imports)) {
    const use = new RegExp(`(from |import\\()"${name}"`);
    assert.ok(sources.some((source) => use.test(source)), `${name} is unused`);
    const package_ = /^npm:((?:@[\w-]+\/)?[\w-]+)@/.exec(String(target))?.[1] ?? "";
    assert.ok(pages.some((page) => page.includes(package_)), `${package_} has no decision`);
  }
});
