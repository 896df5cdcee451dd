import assert from "node:assert/strict";
import plugin from "../../scripts/house_rules.ts";

/** Ids of the rules that a file with this text breaks. */
function broken(filename: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, filename, source).map(({ id }) => id.replace("house/", ""));
}

Deno.test("the linter refuses dlopen outside ffi, tests and scripts", () => {
  const source = 'Deno.dlopen("libc.so.6", {});';
  for (const file of ["/x/lib/capture/a.ts", "/x/cmd/a.ts", "/x/main.ts"]) {
    assert.deepEqual(broken(file, source), ["dlopen-only-in-ffi"], file);
  }
  for (const file of ["/x/ffi/a.ts", "/x/scripts/bench.ts", "/x/test/lib/net/a_test.ts"]) {
    assert.deepEqual(broken(file, source), [], file);
  }
});

Deno.test("only lib/exec starts programs", () => {
  const source = 'new Deno.Command("true").spawn();';
  for (const file of ["/x/lib/firewall/a.ts", "/x/cmd/a.ts", "/x/ffi/a.ts", "/x/main.ts"]) {
    assert.deepEqual(broken(file, source), ["programs-only-in-exec"], file);
    assert.deepEqual(broken(file, 'Deno.spawn("true");'), ["programs-only-in-exec"], file);
  }
  for (const file of ["/x/lib/exec/start.ts", "/x/scripts/a.ts", "/x/test/lib/exec/a_test.ts"]) {
    assert.deepEqual(broken(file, source), [], file);
  }
});

Deno.test("lib does not read arguments, and only main ends the process", () => {
  assert.deepEqual(broken("/x/lib/net/a.ts", "Deno.exit(1);"), ["process-stays-outside"]);
  assert.deepEqual(broken("/x/lib/net/a.ts", "Deno.args;"), ["process-stays-outside"]);
  assert.deepEqual(broken("/x/cmd/a.ts", "Deno.exit();"), ["process-stays-outside"]);
  assert.deepEqual(broken("/x/main.ts", "Deno.exit(Deno.args.length);"), []);
  assert.deepEqual(broken("/x/cmd/context.ts", "Deno.stdout.isTerminal();"), []);
  for (const source of ["Deno.stdout.writeSync(a);", "a.pipeTo(Deno.stderr.writable);"]) {
    assert.deepEqual(broken("/x/lib/a/b.ts", source), ["process-stays-outside"], source);
    assert.deepEqual(broken("/x/cmd/context.ts", source), [], source);
  }
  assert.deepEqual(broken("/x/lib/a/b.ts", "Deno.stdout.close();"), []);
  assert.deepEqual(broken("/x/lib/daemon/a.ts", "Deno.stdout.writeSync(a);"), []);
});

Deno.test("the product prints only through its context", () => {
  for (const source of ["console.log(1);", 'prompt("x");', "console.error;"]) {
    assert.deepEqual(broken("/x/lib/net/a.ts", source), ["process-stays-outside"], source);
    assert.deepEqual(broken("/x/scripts/ok.ts", source), [], source);
  }
  assert.deepEqual(broken("/x/lib/net/a.ts", "screen.prompt();"), []);
});

Deno.test("the linter refuses node: in the product, static and dynamic", () => {
  for (
    const source of [
      'import "node:fs";',
      'export * from "node:fs";',
      'export { a } from "node:fs";',
      'await import("node:fs");',
    ]
  ) {
    assert.deepEqual(broken("/x/lib/net/a.ts", source), ["no-node-builtin"], source);
    assert.deepEqual(broken("/x/test/lib/net/a_test.ts", source), [], source);
  }
});

Deno.test("the linter does not take words in comments and texts for code", () => {
  assert.deepEqual(broken("/x/lib/net/a.ts", '// Deno.exit(1)\nexport const a = "Deno.args";'), []);
});
