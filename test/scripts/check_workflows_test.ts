import assert from "node:assert/strict";
import { checkWorkflows, houseProblems } from "../../scripts/check_workflows.ts";

Deno.test("the workflows are valid, and run tasks that exist", async () => {
  assert.deepEqual(await checkWorkflows(), []);
});

Deno.test("a workflow with an unknown context is refused, with its place", async () => {
  const root = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${root}/.github/workflows`, { recursive: true });
    Deno.writeTextFileSync(`${root}/deno.json`, `{ "tasks": {} }`);
    Deno.writeTextFileSync(
      `${root}/.github/workflows/a.yml`,
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" +
        "      - run: echo ${{ runer.os }}\n",
    );
    const [problem = ""] = await checkWorkflows(`${root}/`);
    assert.match(problem, /^\.github\/workflows\/a\.yml:6:\d+: undefined variable "runer"/);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("an action that a tag names, and a task that is not there, are refused", () => {
  const text = "- uses: actions/checkout@v4\n- run: npx --yes deno@2.9.6 task tset\n";
  assert.deepEqual(houseProblems("a.yml", text, new Set(["test"])), [
    'a.yml:1:9: "actions/checkout@v4" must be named by its commit, not by a tag',
    'a.yml:2:34: deno.json has no task "tset"',
  ]);
});

Deno.test("an action that a commit names, a task that is there, and a comment are accepted", () => {
  const text = `- uses: actions/checkout@${"0a".repeat(20)} # v4\n- run: deno task test\n` +
    "# uses: actions/checkout@v4\n";
  assert.deepEqual(houseProblems("a.yml", text, new Set(["test"])), []);
});
