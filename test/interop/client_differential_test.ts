/**
 * Gives the C client's command line to Debian's `fwknop` and to ours, and compares messages, exit status and decoded
 * fields. Random values and times are masked.
 */
import { runCClient } from "../../cmd/c/client.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { assert, assertEquals } from "../assert.ts";
import { COMMAND_LINES, RC_FILES } from "../support/client_command_lines.ts";
import { reasonOf } from "../../lib/errors/reason.ts";
import { testWhere } from "../support/needs.ts";

const NEEDS = { programs: ["fwknop"] };

/** The result of a run. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MASKED = [
  "Random Value",
  "Timestamp",
  "Encoded Data",
  "SPA Data Digest",
  "HMAC",
  "Final SPA Data",
];

function mask(text: string, home: string): string {
  return text
    .replaceAll(home, "HOME")
    .replace(new RegExp(`^( *(?:${MASKED.join("|")}): )(?!<NULL>).*$`, "gm"), "$1*")
    .replace(/Randomly assigned port '\d+' on: '([^']*)\/\d+'/g, "Randomly assigned port on: '$1'")
    .replace(/^( Message String: [^,]*,\w+\/)\d{5}$/gm, "$1*")
    .replace(/^(.*(?:destination|source) port: )\d{5}$/gm, "$1*")
    .replace(/^((?:HMAC_)?KEY_BASE64: ).*$/gm, "$1*")
    .replace(/^GET (http:\/\/[\w.]*)?\/[\w-]+/gm, "GET $1/*")
    .replaceAll("/usr/bin/fwknop: ", "fwknop: ")
    // The program's own version and help text.
    .replace(/fwknop client (?:version )?\d\S+?(?=,|$)/gm, "fwknop client VERSION")
    .replace(/^\n?fwknop client VERSION\nSingle Packet[\s\S]*/m, "USAGE\n")
    // Our client reports a value that is cut (docs/differences.md).
    .replace(/^the value of \S+ ends at .*\n/gm, "")
    // Place and hint below the C client's line are ours.
    .replace(/^ {2}\S.*\n/gm, "")
    // The C client prints the line with its line feed.
    .replace(/(\*Invalid entry in '[^'\n]*)\n'/g, "$1'");
}

/** Our client hides texts that may be a secret (docs/differences.md). This hides the same texts in the other output. */
function hideAlike(reference: string, ours: string): string {
  const lines = ours.split("\n");
  return reference.split("\n").map((line, index) => {
    const own = lines[index] ?? "";
    const [before] = own.split("(hidden)", 1);
    return own.includes("(hidden)") && line.startsWith(before ?? "") ? own : line;
  }).join("\n");
}

async function runReference(args: readonly string[], home: string): Promise<Outcome> {
  const output = await new Deno.Command("fwknop", {
    args: [...args],
    env: { HOME: home, LOGNAME: "tester", PATH: "/usr/bin:/bin" },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: mask(decoder.decode(output.stdout), home),
    stderr: mask(decoder.decode(output.stderr), home),
  };
}

async function runOurs(args: readonly string[], home: string): Promise<Outcome> {
  const context = new BufferContext({ HOME: home, LOGNAME: "tester" });
  const code = await runCClient(args, context);
  return { code, stdout: mask(context.stdout, home), stderr: mask(context.stderr, home) };
}

async function makeHome(rc: string | undefined): Promise<string> {
  const home = await Deno.makeTempDir();
  if (rc !== undefined) await Deno.writeTextFile(`${home}/.fwknoprc`, rc, { mode: 0o600 });
  return home;
}

async function compare(
  args: readonly string[],
  rc: string | undefined,
): Promise<string | undefined> {
  const homes = [await makeHome(rc), await makeHome(rc)] as const;
  try {
    const withHome = (home: string) => args.map((word) => word.replaceAll("HOME", home));
    const said = await runReference(withHome(homes[0]), homes[0]);
    const ours = await runOurs(withHome(homes[1]), homes[1]);
    const reference = { ...said, stderr: hideAlike(said.stderr, ours.stderr) };
    try {
      assertEquals(ours, reference);
      return undefined;
    } catch (error) {
      return `fwknop ${args.join(" ")}\nrc: ${JSON.stringify(rc)}\n${reasonOf(error)}`;
    }
  } finally {
    for (const home of homes) await Deno.remove(home, { recursive: true });
  }
}

testWhere("client command lines have the same effect as in Debian's client", NEEDS, async () => {
  const differences: string[] = [];
  let count = 0;
  for (const { rc, lines } of [{ rc: undefined, lines: COMMAND_LINES }, ...RC_FILES]) {
    for (const args of lines) {
      count++;
      const difference = await compare(args, rc);
      if (difference !== undefined) differences.push(difference);
    }
  }
  assert(count >= 300, `only ${count} command lines`);
  assertEquals(differences.length, 0, differences.join("\n\n"));
});
