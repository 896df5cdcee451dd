import { dumpConfig } from "../../cmd/dump_config.ts";
import { ExitCode } from "../../cmd/context.ts";
import { loadServerConfig } from "../../cmd/load_server_config.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { givenOptions, GOOD_STANZA } from "../support/config_files.ts";
import { withFolder } from "../support/folder.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

/** Runs with the paths of two files of mode 0600. */
async function withFiles(
  conf: string,
  access: string,
  run: (options: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const options = { "config-file": `${folder}/f`, "access-file": `${folder}/a` };
    Deno.writeTextFileSync(options["config-file"], conf, { mode: 0o600 });
    Deno.writeTextFileSync(options["access-file"], access, { mode: 0o600 });
    await run(options);
  });
}

Deno.test("a good configuration is printed, and nothing else", async () => {
  await withFiles("ENABLE_UDP_SERVER Y\n", GOOD_STANZA, async (options) => {
    const context = new BufferContext();
    assertEquals(await dumpConfig.run(givenOptions(options), [], context), ExitCode.ok);
    assertEquals(context.stderr, "");
    assertMatch(context.stdout, /^ 19\. ENABLE_UDP_SERVER {12}= {2}'Y'$/m);
    assertMatch(context.stdout, /^SOURCE \(1\): {2}ANY$/m);
  });
});

Deno.test("--json prints one object", async () => {
  await withFiles("", GOOD_STANZA, async (options) => {
    const context = new BufferContext();
    const given = givenOptions({ ...options, json: true });
    assertEquals(await dumpConfig.run(given, [], context), ExitCode.ok);
    assertEquals(JSON.parse(context.stdout).stanzas[0].SOURCE, "ANY");
  });
});

Deno.test("an error is reported with position and hint, nothing is printed, and no command uses the file", async () => {
  await withFiles("UDPSERV_PORT x\n", GOOD_STANZA, async (options) => {
    const context = new BufferContext();
    assertEquals(await dumpConfig.run(givenOptions(options), [], context), ExitCode.failure);
    assertEquals(context.stdout, "");
    assertEquals(
      context.stderr,
      "[*] var UDPSERV_PORT value 'x' not in the range 1-65535\n" +
        `  at ${options["config-file"]}:1:14\n  Write a whole number, in digits alone\n`,
    );
    assertEquals(loadServerConfig(givenOptions(options), new BufferContext()), undefined);
  });
});

Deno.test("commands that use the configuration get the stanzas, after the warnings are printed", async () => {
  await withFiles("", `${GOOD_STANZA}REQUIRE_SOURCE_ADDRESS N\n`, (options) => {
    const context = new BufferContext();
    const config = loadServerConfig(givenOptions(options), context);
    assert(config !== undefined);
    assertEquals(config.stanzas.map(({ sourceText }) => sourceText), ["ANY"]);
    assertMatch(context.stderr, /^Warning: REQUIRE_SOURCE_ADDRESS not enabled/m);
    return Promise.resolve();
  });
});
