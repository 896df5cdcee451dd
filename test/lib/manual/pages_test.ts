import { describeAll } from "../../../cmd/command.ts";
import { COMMANDS } from "../../../cmd/commands.ts";
import { ACCESS_ROWS } from "../../../lib/config/access_variables.ts";
import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import { FWKNOPRC_VARIABLES } from "../../../lib/config/client_rows.ts";
import { SERVER_OPTIONS } from "../../../lib/config/server_options.ts";
import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import { ownOptions } from "../../../lib/manual/command.ts";
import { MANUAL_PAGES } from "../../../lib/manual/pages.ts";
import { renderRoff } from "../../../lib/manual/roff.ts";
import { assert, assertEquals } from "../../assert.ts";
import { testWhere } from "../../support/needs.ts";

const commands = await describeAll(COMMANDS);
const NAMES = Object.keys(MANUAL_PAGES) as (keyof typeof MANUAL_PAGES)[];

function roff(name: keyof typeof MANUAL_PAGES): string {
  return renderRoff(MANUAL_PAGES[name](commands));
}

/** What man(1) shows, without bold and underlined letters, 80 columns wide. */
async function format(document: string): Promise<{ text: string; complaints: string }> {
  const child = new Deno.Command("groff", {
    args: ["-man", "-Tutf8", "-ww", "-P-c", "-rLL=80n"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(document));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  // deno-lint-ignore no-control-regex -- letters are overstruck
  return { text: decode(stdout).replace(/.\x08/gu, ""), complaints: decode(stderr) };
}

testWhere("groff has nothing to say about any page", { programs: ["groff"] }, async () => {
  for (const name of NAMES) {
    const { text, complaints } = await format(roff(name));
    assertEquals(complaints, "", name);
    const title = text.replace(/^FWKNOP-/, "");
    assert(title.startsWith(`${name.toUpperCase()}(`), text.slice(0, 80));
  }
});

testWhere("what people copy from a page is what was written", { programs: ["groff"] }, async () => {
  const { text } = await format(roff("fwknop"));
  for (
    const line of [
      "fwknop knock -n server --wait -- ssh server.example",
      "fwknop knock -n gateway -N 10.0.0.7:22 --nat-rand-port",
      "~/.fwknoprc",
      "'HOST: KEY'",
    ]
  ) assert(text.includes(line), line);
  const access = (await format(roff("access.conf"))).text;
  assert(/CMD_CYCLE_OPEN +ipset add fwknop \$SRC timeout \$CLIENT_TIMEOUT\n/.test(access));
  assert((await format(roff("fwknopd.conf"))).text.includes("microseconds"));
});

Deno.test("every option and every variable has an entry on its page", () => {
  const has = (name: keyof typeof MANUAL_PAGES, literal: string): void => {
    const escaped = literal.replaceAll("-", "\\-");
    const entry = roff(name).split("\n.TP\n").slice(1).some((entry) =>
      entry.split("\n", 1)[0]?.includes(`\\fB${escaped}\\fR`)
    );
    assert(entry, `${name}: ${literal}`);
  };
  for (const row of CLIENT_OPTIONS) has("fwknop", `--${row.name}`);
  for (const row of SERVER_OPTIONS) has("fwknopd", `--${row.name}`);
  for (const [command, definition] of Object.entries(commands)) {
    const page = definition.group === "Server" ? "fwknopd" : "fwknop";
    has("fwknop", command);
    for (const row of ownOptions(definition)) {
      if (!SERVER_OPTIONS.includes(row)) has(page, `--${row.name}`);
    }
  }
  for (const { variable } of FWKNOPRC_VARIABLES) has("fwknoprc", variable);
  for (const { name } of ACCESS_ROWS) has("access.conf", name);
  for (const { name } of FWKNOPD_ROWS) has("fwknopd.conf", name);
});
