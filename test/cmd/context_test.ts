/** The output of the real process, to a terminal that `script` (util-linux) makes, and elsewhere. */
import { assert, assertEquals } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { HOSTILE } from "../support/hostile_text.ts";
import { testWhere } from "../support/needs.ts";

/** A stanza as an attacker might send it: control characters that fit into one line and keep their bytes in UTF-8. */
const STANZA = `[gate]\nACCESS ${HOSTILE.replace(/[\n\r\0\ud800]/g, "")}\n`;

const decoder = new TextDecoder();

Deno.test("a complaint about any word has no effect on the terminal", async () => {
  for (const word of ["\x1b[2J\u202e", "--\x9b2J\x1b]0;owned\x07", "fwknopd"]) {
    const words = word === "fwknopd" ? [word, "--\x1b[2J"] : [word];
    const [program = "", ...args] = [...SOURCE_PROGRAM, ...words];
    const { stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
    const said = decoder.decode(stderr);
    assert(/\\x(?:1b|9b)/.test(said), said);
    assert(!/[\p{Cc}\p{Cf}]/u.test(said.replaceAll("\n", "")), JSON.stringify(said));
  }
});

testWhere("a stanza is shown unchanged to a program, and has no effect on a terminal", {
  system: "linux",
  programs: ["script"],
}, () =>
  withFolder(async (folder) => {
    const file = `${folder}/rc`;
    await Deno.writeTextFile(file, STANZA, { mode: 0o600 });
    const [program = "", ...args] = [...SOURCE_PROGRAM, "stanza", "show", "--rc-file", file];
    const piped = await new Deno.Command(program, { args, stderr: "null" }).output();
    assertEquals(decoder.decode(piped.stdout), STANZA);
    const command = [program, ...args].join(" ");
    const shown = await new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      stdin: "null",
    }).output();
    const text = decoder.decode(shown.stdout).replaceAll("\r\n", "\n");
    assert(text.includes("\\x1b[2J"), text);
    assert(
      !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text.replaceAll(/[\n\t]/g, "")),
      JSON.stringify(text),
    );
  }));
