import assert from "node:assert/strict";
import { ARCHITECTURE_PAGE, architecturePage } from "../../scripts/architecture_tables.ts";
import { STEPS } from "../../lib/server/step.ts";
import { ROOT } from "../../scripts/process.ts";
import { sourceFiles } from "../../scripts/source_files.ts";
import { assertEquals } from "../assert.ts";

const PAGE = Deno.readTextFileSync(ARCHITECTURE_PAGE);

Deno.test("the tables of imports and of the daemon's parts are those of the program", async () => {
  assertEquals(PAGE, await architecturePage(PAGE), "run: deno task docs");
});

Deno.test("the steps of a packet on the page are those of the program", () => {
  const steps = ["capture", ...STEPS, "expire"].map((step) => step === "seen" ? "seen?" : step);
  const [, table = ""] = /^\| step +\| question.*\n.*\n((?:\|.*\n)+)/m.exec(PAGE) ?? [];
  assertEquals(table.trimEnd().split("\n").map((line) => line.split("|")[1]?.trim()), steps);
  assert.ok(PAGE.includes(steps.join(" ─▶ ")));
});

Deno.test("every file and folder that the page names is there", () => {
  const paths = sourceFiles(ROOT).map((path) => `/${path}`);
  const named = [...PAGE.matchAll(/`([\w/]+(?:\.ts|\/))`/g)].map(([, name = ""]) => name)
    .filter((name) => !name.includes("NAME"));
  assert.ok(named.length > 60);
  // A path from the root, or from the folder that the paragraph is about.
  const isThere = (name: string) =>
    paths.some((path) =>
      name.endsWith("/") ? path.includes(`/${name}`) : path.endsWith(`/${name}`)
    );
  assertEquals(named.filter((name) => !isThere(name)), []);
});

Deno.test("every folder of lib has its line on the page", () => {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}lib`)) {
    if (isDirectory) assert.match(PAGE, new RegExp(`^  ${name}/ `, "m"), name);
  }
});
