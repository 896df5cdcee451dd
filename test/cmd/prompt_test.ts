/**
 * The hidden prompt on a real terminal, made by `script` (util-linux).
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { testWhere } from "../support/needs.ts";
import { typeOnTerminal } from "../support/terminal.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const NEEDS = { system: "linux", programs: ["script", "stty"] } as const;

/** Types into a knock that runs on a separate terminal. Returns what the terminal showed. */
async function typed(keys: string, options = ""): Promise<string> {
  const command = `${Deno.execPath()} run --allow-all --no-prompt ${MAIN} knock --no-rc-file ` +
    `-T -v -A tcp/22 -a 192.0.2.7 ${options}; echo exit=$?; stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e -echo`;
  return await typeOnTerminal({
    command,
    prompt: /Enter [\w ]*key: /g,
    answers: keys.split("|"),
  });
}

testWhere("the prompt does not show the typed key, and restores the terminal", NEEDS, async () => {
  const shown = await typed("wronk\x7f\x7f\x15secret\r");
  assertMatch(shown, /^Enter encryption key: \n/);
  assertMatch(shown, /exit=0\necho\n$/);
  assert(!shown.includes("secret"));
});

testWhere("with an HMAC the client asks for both keys", NEEDS, async () => {
  const shown = await typed("secret\n|other\n", "--use-hmac");
  assertMatch(shown, /^Enter encryption key: \nEnter HMAC key: \n/);
  assertMatch(shown, /HMAC Type: 3 \(SHA256\)[\s\S]*exit=0\necho\n$/);
});

testWhere("after Ctrl-C the client sends nothing and restores the terminal", NEEDS, async () => {
  const shown = await typed("sec\x03");
  assertEquals(
    shown,
    "Enter encryption key: \nfwknop: interrupted; nothing is sent\nexit=1\necho\n",
  );
});

testWhere("without a terminal the client prints a hint instead of a prompt", {
  ...NEEDS,
  programs: [...NEEDS.programs, "setsid"],
}, async () => {
  const output = await new Deno.Command("setsid", {
    args: [
      ...["-w", Deno.execPath(), "run", "--allow-all", "--no-prompt", MAIN],
      ...["knock", "--no-rc-file", "-T", "-A", "tcp/22", "-a", "192.0.2.7"],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(output.code, 1);
  assertMatch(
    new TextDecoder().decode(output.stderr),
    /no key, and no terminal to ask for one\n {2}put/,
  );
});
