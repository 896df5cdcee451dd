import assert from "node:assert/strict";
import { dumpConfig } from "../../cmd/dump_config.ts";
import { COMMANDS } from "../../cmd/commands.ts";
import { PRINTABLE, printFrom } from "../../cmd/print.ts";
import { levelFromRc } from "../../lib/client/level.ts";
import { parseFwknoprc, readStanza } from "../../lib/config/fwknoprc.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { textBytes } from "../../lib/crypto/bytes.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

async function print(words: readonly string[], program?: string): Promise<BufferContext> {
  const context = new BufferContext();
  const options = program === undefined ? [] : [{ name: "program", value: program }];
  await printFrom(COMMANDS).run(new GivenOptions(options), words, context);
  return context;
}

Deno.test("the printed configuration loads when it has keys, and so do its commented defaults", () =>
  withFolder(async (folder) => {
    const settings = (await print(["fwknopd.conf"])).stdout;
    const access = (await print(["access.conf"])).stdout;
    assert.match(access, /__CHANGEME__/);
    const keys = [btoa("k".repeat(32)), btoa("h".repeat(64))];
    const write = async (name: string, text: string) => {
      await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
      return { name: name.replace(/\..*/, ""), value: `${folder}/${name}` };
    };
    const stanza = access.replace(/__CHANGEME__/g, () => keys.shift() ?? "");
    for (const text of [settings, settings.replace(/^#(?=[A-Z_]+ +\S)/gm, "")]) {
      const context = new BufferContext();
      const code = await dumpConfig.run(
        new GivenOptions([
          await write("config-file.conf", text),
          await write("access-file.conf", stanza),
        ]),
        [],
        context,
      );
      assert.equal(context.stderr, "");
      assert.equal(code, 0);
    }
    assert.match(settings, /^#ENABLE_UDP_SERVER +N$/m);
  }));

Deno.test("print unit names the program of --program", async () => {
  const { stdout } = await print(["unit"], "/opt/fwknop/bin/fwknop");
  assert.match(stdout, /^ExecStart=\/opt\/fwknop\/bin\/fwknop serve --foreground/m);
  assert.match(stdout, /^CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW$/m);
  const compatible = await print(["unit-compatible"]);
  assert.match(compatible.stdout, /^ExecStart=\/\S+ serve --foreground$/m);
  assert.doesNotMatch(compatible.stdout, /^User|DynamicUser/m);
});

Deno.test("without a name, or with an unknown one, print lists the texts", async () => {
  for (const words of [[], ["units"], ["unit", "unit"]]) {
    const { stdout, stderr } = await print(words);
    assert.equal(stdout, "");
    const what = words.length === 0
      ? "print needs the name of a text"
      : `there is no text '${words.join(" ")}'`;
    assert.ok(stderr.startsWith(`fwknop: ${what}`), stderr);
    assert.match(
      stderr,
      /the texts are unit, unit-compatible, fwknopd.conf, access.conf, fwknoprc,/,
    );
    assert.ok(stderr.split("\n").every((line) => line.length <= 80), stderr);
  }
});

Deno.test("the client reads the printed file, and each default in it", async () => {
  const { stdout } = await print(["fwknoprc"]);
  const text = stdout.replace(/^#(?=[A-Z0-9_]+ +\S+$)/gm, "");
  const rc = parseFwknoprc(text.slice(0, text.indexOf("# A server at home")), "rc");
  const { entries, diagnostics } = readStanza(rc, "default");
  assert.ok(entries.length > 3);
  const { diagnostics: wrong } = levelFromRc(entries, "native", textBytes);
  assert.deepEqual([...diagnostics, ...wrong], []);
});

Deno.test("each phrase prints a different text that ends with a newline", async () => {
  const seen = new Set<string>();
  for (const phrase of PRINTABLE) {
    const { stdout, stderr } = await print(phrase.split(" "));
    assert.equal(stderr, "", phrase);
    assert.match(stdout, /[^\n]\n$/, phrase);
    seen.add(stdout);
  }
  assert.equal(seen.size, PRINTABLE.length);
});
