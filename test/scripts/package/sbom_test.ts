import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { sbomText } from "../../../scripts/package/sbom.ts";
import { mustRun, ROOT } from "../../../scripts/process.ts";

const LOCK = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.lock`));

Deno.test("the list of components names exactly the packages that the program imports", async () => {
  const graph = JSON.parse(await mustRun(Deno.execPath(), ["info", "--json", `${ROOT}main.ts`]));
  const modules: readonly { readonly npmPackage?: string }[] = graph.modules;
  const imported = [...new Set(modules.flatMap(({ npmPackage = [] }) => npmPackage))];
  const list = JSON.parse(sbomText(LOCK, "1.0.0", "2.9.6", 0));
  const listed = list.components.filter(({ type }: { type: string }) => type === "library")
    .map(({ name, version }: { name: string; version: string }) => `${name}@${version}`);
  assertEquals(listed.sort(), imported.sort());
  assertEquals(list.dependencies[0].dependsOn.length, listed.length + 1);
});

Deno.test("each component has the digest of the lock file in hexadecimal", () => {
  const list = JSON.parse(sbomText(LOCK, "1.0.0", "2.9.6", 0));
  for (const { hashes = [] } of list.components) {
    for (const { content } of hashes) assert(/^[0-9a-f]{128}$/.test(content), content);
  }
});

Deno.test("a package whose licence is not known is an error", () => {
  const lock = { npm: { "unheard-of@1.0.0": { integrity: `sha512-${btoa("x".repeat(64))}` } } };
  assertThrows(() => sbomText(lock, "1.0.0", "2.9.6", 0), /The licence of unheard-of is not known/);
});
