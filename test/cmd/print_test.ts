import assert from "node:assert/strict";
import { runDumpConfig } from "../../cmd/dump_config_run.ts";
import { runPrint } from "../../cmd/print_run.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { BufferContext } from "../support/buffer_context.ts";

async function print(words: readonly string[], program?: string): Promise<BufferContext> {
  const context = new BufferContext();
  const options = program === undefined ? [] : [{ name: "program", value: program }];
  await runPrint(new GivenOptions(options), words, context);
  return context;
}

Deno.test("the printed configuration loads as it is once it has keys, and so do its commented defaults", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fwknop-print-" });
  try {
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
      const code = await runDumpConfig(
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
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a unit is printed for the program that is named", async () => {
  const { stdout } = await print(["unit"], "/opt/fwknop/bin/fwknop");
  assert.match(stdout, /^ExecStart=\/opt\/fwknop\/bin\/fwknop serve --foreground/m);
  assert.match(stdout, /^CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW$/m);
  const compatible = await print(["unit-compatible"]);
  assert.match(compatible.stdout, /^ExecStart=\/\S+ serve --foreground$/m);
  assert.doesNotMatch(compatible.stdout, /^User|DynamicUser/m);
});

Deno.test("without a name, or with an unknown one, print says what there is", async () => {
  for (const words of [[], ["units"], ["unit", "unit"]]) {
    const { stdout, stderr } = await print(words);
    assert.equal(stdout, "");
    assert.match(stderr, /unit, unit-compatible, fwknopd.conf, access.conf/);
  }
});
