/**
 * Gives the C daemon's command line to Debian's `fwknopd` and to ours, and compares output and exit status. Other
 * tests cover lines that start a daemon or change a firewall.
 */
import { runCServer } from "../../cmd/c/server.ts";
import { runningDaemon } from "../../lib/daemon/pid_file.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { DIFFERENT_LINES, SAME_LINES, SERVER_FILES } from "../support/server_command_lines.ts";
import { testWhere } from "../support/needs.ts";

// Loaded here and not within a test, where Deno 2.4 would report a leak.
runningDaemon("/nonexistent/fwknopd.pid");

const NEEDS = { programs: ["fwknopd"] };

/** The result of a run. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function mask(text: string, folder: string): string {
  return text
    .replaceAll(folder, "HERE")
    .replace(
      /^((?:HMAC_)?KEY_BASE64: )(.*)$/gm,
      (_, name, key) => `${name}${atob(key).length} bytes`,
    )
    .replaceAll("/usr/sbin/fwknopd: ", "fwknopd: ")
    // The program's own version and help text.
    .replace(/^fwknopd server \d[\w.-]*, /gm, "fwknopd server VERSION, ")
    .replace(/^\nfwknopd server version [\s\S]*/m, "USAGE\n")
    // In our daemon `-c` does not also name an override file (`docs/spec/server.md` 16, row 30).
    .replace(/^( {2}1\. OVERRIDE_CONFIG .*)'HERE\/fwknopd.conf'$/m, "$1'<not set>'");
}

async function runReference(args: readonly string[], folder: string): Promise<Outcome> {
  const command = new Deno.Command("fwknopd", { args: [...args], stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: mask(decoder.decode(stdout), folder),
    stderr: mask(decoder.decode(stderr), folder),
  };
}

async function runOurs(args: readonly string[], folder: string): Promise<Outcome> {
  const context = new BufferContext();
  const code = await runCServer(args, context);
  return { code, stdout: mask(context.stdout, folder), stderr: mask(context.stderr, folder) };
}

/** Removes the place and the hint that our daemon adds below a line of the C daemon. */
function withoutHints(outcome: Outcome): Outcome {
  return { ...outcome, stderr: outcome.stderr.replace(/^ {2}\S.*\n/gm, "") };
}

async function withFiles(body: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(SERVER_FILES)) {
      await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll("HERE", folder), {
        mode: 0o600,
      });
    }
    // The C daemon always makes the run folder.
    await Deno.mkdir(`${folder}/run`, { mode: 0o700 });
    await Deno.mkdir(`${folder}/folder`, { mode: 0o700 });
    await Deno.copyFile(`${folder}/access.conf`, `${folder}/folder/one.conf`);
    await Deno.symlink(`${folder}/access.conf`, `${folder}/link`);
    await body(folder);
  });
}

testWhere(
  "server command lines give the same answers as Debian's daemon",
  NEEDS,
  () =>
    withFiles(async (folder) => {
      assert(SAME_LINES.length >= 80, `only ${SAME_LINES.length} command lines`);
      const differences: string[] = [];
      for (const line of SAME_LINES) {
        const args = line.map((word) => word.replaceAll("HERE", folder));
        const reference = await runReference(args, folder);
        const ours = await runOurs(args, folder);
        try {
          assertEquals(withoutHints(ours), reference);
        } catch (error) {
          differences.push(
            `fwknopd ${line.join(" ")}\n${error instanceof Error ? error.message : ""}`,
          );
        }
      }
      assertEquals(differences.length, 0, differences.join("\n\n"));
    }),
);

testWhere(
  "server command lines with another answer are intended differences",
  NEEDS,
  () =>
    withFiles(async (folder) => {
      for (const { args: line, why, code, stdout, stderr } of DIFFERENT_LINES) {
        const args = line.map((word) => word.replaceAll("HERE", folder));
        const ours = await runOurs(args, folder);
        const text = `fwknopd ${line.join(" ")} (${why})\n${JSON.stringify(ours)}`;
        assertEquals(ours.code, code, text);
        assertMatch(ours.stdout, stdout, text);
        assertMatch(ours.stderr, stderr, text);
        assert(JSON.stringify(ours) !== JSON.stringify(await runReference(args, folder)), text);
      }
    }),
);
