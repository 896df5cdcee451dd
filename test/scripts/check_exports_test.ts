import assert from "node:assert/strict";
import { exportProblems, nameProblems } from "../../scripts/check_exports.ts";

Deno.test("the check finds a value that no file imports and one that only tests use", () => {
  const files = new Map([
    ["lib/a.ts", "export function lonely() {}\nexport const inside = 1;\nconst b = inside;"],
    ["lib/b.ts", "export class Tested {}\nexport function used() {}\nexport interface Free {}"],
    ["cmd/c.ts", 'import { used } from "../lib/b.ts";\nused();'],
    ["test/b_test.ts", 'import { Tested } from "../lib/b.ts";\nnew Tested();'],
  ]);
  assert.deepEqual(exportProblems(files), [
    "lib/a.ts: nothing imports lonely: do not export it",
    "lib/a.ts: nothing imports inside: do not export it",
    "lib/b.ts: only tests use Tested: remove it",
  ]);
});

Deno.test("a value that its own file uses may be exported for its test", () => {
  const files = new Map([
    ["lib/a.ts", "export function part() {}\nexport function whole() { part(); }"],
    ["cmd/c.ts", 'import { whole } from "../lib/a.ts";\nwhole();'],
    ["test/a_test.ts", 'import { part } from "../lib/a.ts";\npart();'],
  ]);
  assert.deepEqual(exportProblems(files), []);
});

Deno.test("a name that two files export is found; a type and a value of one file may share theirs", () => {
  const files = new Map([
    ["lib/a.ts", "export interface Step {}\nexport const Kind = 1;\nexport type Kind = 1;"],
    ["cmd/b.ts", "export class Step {}"],
    ["test/a_test.ts", "export class Step {}"],
  ]);
  assert.deepEqual(nameProblems(files), [
    "lib/a.ts and cmd/b.ts export Step: give each thing a name of its own",
  ]);
});
