import assert from "node:assert/strict";
import { commandProblems } from "../../scripts/check_commands.ts";

function problems(block: string, language = "console"): string[] {
  return commandProblems("a.md", `# A\n\n\`\`\`${language}\n${block}\n\`\`\`\n`, ["demo", "test"]);
}

Deno.test("the check accepts existing commands in every form that the documents use", () => {
  const block = [
    "$ fwknop knock -n server --wait -- ssh server.example --no-such-option",
    "# fwknop serve -vtf    # show, change nothing",
    "$ sudo fwknop explain knock.pcap | less --frob",
    "$ fwknop knock -n server && ssh --frob server",
    "$ fwknop -A tcp/22 -R -D server.example",
    "$ fwknopd -f",
    "$ ./dist/fwknop fwknopd --status",
    "$ fwknop print completion bash > /etc/bash_completion.d/fwknop",
    "$ fwknop COMMAND --help",
    "$ fwknop --help",
    "$ fwknop help knock",
    "$ npx --yes deno@2.9.6 task demo",
    "fwknop: what a program says is not looked at --frob",
  ].join("\n");
  assert.deepEqual(problems(block), []);
  assert.deepEqual(problems("    ProxyCommand fwknop knock -n %h --wait --proxy", ""), []);
});

Deno.test("the check finds commands that do not exist, with their line", () => {
  assert.deepEqual(problems("$ ls\n$ fwknop knok"), ["a.md:5: there is no command knok"]);
  assert.deepEqual(problems("$ fwknop knock --wate"), ["a.md:4: unrecognized option '--wate'"]);
  assert.deepEqual(problems("# fwknopd -Z"), ["a.md:4: invalid option -- 'Z'"]);
  assert.deepEqual(problems("$ fwknop -A tcp/22 --wait"), ["a.md:4: unrecognized option '--wait'"]);
  assert.deepEqual(problems("$ fwknop knock --destinatio host"), [
    "a.md:4: unrecognized option '--destinatio'",
  ]);
  assert.deepEqual(problems("$ fwknop keygen more"), ["a.md:4: unexpected word 'more'"]);
  assert.match(problems("$ fwknop print units")[0] ?? "", /'units' must be one of unit, /);
  assert.deepEqual(problems("$ deno task tset"), ["a.md:4: there is no task tset"]);
  assert.deepEqual(problems("fwknop knok", "sh"), ["a.md:4: there is no command knok"]);
});

Deno.test("a variable of a configuration file must exist", () => {
  assert.deepEqual(
    problems("SOURCE      ANY\nOPEN_PROTS  tcp/22\n[server]\nSPA_SERVER  host", ""),
    [
      "a.md:5: there is no variable OPEN_PROTS",
    ],
  );
});
