import { describeAll } from "../../../cmd/command.ts";
import { COMMANDS } from "../../../cmd/commands.ts";
import { commandHelp, programHelp } from "../../../lib/manual/help.ts";
import { ownOptions } from "../../../lib/manual/command.ts";
import { assert, assertEquals } from "../../assert.ts";

const commands = await describeAll(COMMANDS);

Deno.test("the help of the program and of every command fits 80 columns and ends with a newline", () => {
  const texts = [
    programHelp(commands),
    ...Object.entries(commands).map(([name, command]) => commandHelp(name, command)),
  ];
  for (const text of texts) {
    assert(/[^\n]\n$/.test(text));
    for (const line of text.split("\n")) assert(line.length <= 80, line);
  }
});

Deno.test("a command's help lists each of its options once, and no option of the C tools alone", () => {
  for (const [name, command] of Object.entries(commands)) {
    const text = commandHelp(name, command);
    for (const { name: option } of ownOptions(command)) {
      const found = text.match(new RegExp(`^ (-\\w,|   ) --${option}( |$)`, "gm"));
      assertEquals(found?.length, 1, `${name} --${option}`);
    }
    assert(!text.includes("--show-last"));
  }
});

Deno.test("the program's help lists every command", () => {
  const text = programHelp(commands);
  for (const name of Object.keys(commands)) assert(text.includes(`\n  ${name} `), name);
});
