/** The first word, and the name of the program, decide whose command line it is. */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Ended, run } from "../support/namespace.ts";
import { testWhere } from "../support/needs.ts";

const noCompiled = await compiledUnavailable();

/** Links to the compiled program under both names. */
async function withLinks(body: (path: (name: string) => string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for (const name of ["fwknop", "fwknopd", "other"]) {
      await Deno.symlink(await compiledBinary(), `${folder}/${name}`);
    }
    await body((name) => `${folder}/${name}`);
  });
}

const CLIENT = /^fwknop client \d[\w.-]*, FKO protocol version 3\.0\.0\n$/;
const SERVER = /^fwknopd server \d[\w.-]*, compiled for firewall bin: \/usr\/sbin\/iptables\n$/;
const OURS = /^fwknop \d[\w.-]*, FKO protocol version 3\.0\.0\n$/;

function assertOut(ended: Ended, code: number, stdout: RegExp): void {
  assertEquals([ended.code, ended.stderr], [code, ""]);
  assertMatch(ended.stdout, stdout);
}

testWhere("under the name fwknopd the program reads the C daemon's command line, and subcommands", {
  blocker: noCompiled,
}, () =>
  withLinks(async (path) => {
    const daemon = path("fwknopd");
    assertOut(await run(daemon, "-V"), 0, SERVER);
    assertOut(await run(daemon, "--version"), 0, SERVER);
    assertOut(await run(daemon, "word", "-V"), 0, SERVER);
    assertOut(await run(daemon, "-h"), 0, /^\nfwknopd server version .*\n/);
    assertOut(await run(daemon, "version"), 0, OURS);
    const missing = await run(daemon, "-c", "/nonexistent/fwknopd.conf");
    assertEquals([missing.code, missing.stdout], [1, ""]);
    const line = "[*] Config file: '/nonexistent/fwknopd.conf' was not found.\n";
    assert(missing.stderr.startsWith(`${line}  To make it: mkdir -p -m 700 /nonexistent && `));
    const unknown = await run(daemon, "--nope", "-c", "/nonexistent/fwknopd.conf");
    assertEquals(unknown.code, 1);
    assert(unknown.stderr.startsWith("fwknopd: unrecognized option '--nope'\n"), unknown.stderr);
  }));

testWhere("under any other name the program reads subcommands, or the C client's options", {
  blocker: noCompiled,
}, () =>
  withLinks(async (path) => {
    for (const name of ["fwknop", "other"]) {
      assertOut(await run(path(name)), 0, /^Usage: fwknop COMMAND/);
      assertOut(await run(path(name), "--version"), 0, CLIENT);
      assertOut(await run(path(name), "-h"), 0, /^Usage: fwknop COMMAND/);
      assertOut(await run(path(name), "-V", "--no-rc-file", "--no-save-args"), 0, CLIENT);
      assertOut(await run(path(name), "--no-rc-file", "-h"), 0, /^\nfwknop client version/);
      assertOut(await run(path(name), "fwknopd", "-V"), 0, SERVER);
      assertEquals((await run(path(name), "knok")).code, 2);
    }
  }));

Deno.test("from source, the first word fwknopd works like the name", async () => {
  const [program = "", ...words] = SOURCE_PROGRAM;
  assertOut(await run(program, ...words, "fwknopd", "-V"), 0, SERVER);
  assertOut(await run(program, ...words, "-V", "--no-rc-file", "--no-save-args"), 0, CLIENT);
});
