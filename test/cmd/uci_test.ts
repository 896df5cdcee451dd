import { assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Ended, run } from "../support/namespace.ts";

const EXAMPLES = new URL("../../examples/openwrt/", import.meta.url).pathname;

function fwknop(...words: readonly string[]): Promise<Ended> {
  const [program = "", ...rest] = SOURCE_PROGRAM;
  return run(program, ...rest, ...words);
}

Deno.test("the C daemon and ours dump the two files made from OpenWrt's file in the same way", () =>
  withFolder(async (folder) => {
    const uci = `${folder}/fwknopd`;
    await Deno.copyFile(`${EXAMPLES}etc/config/fwknopd`, uci);
    await Deno.chmod(uci, 0o600);
    const made = await fwknop("uci", uci, "--output", `${folder}/out`);
    const files = ["fwknopd.conf", "access.conf"].map((name) => `${folder}/out/${name}`);
    const [conf = "", access = ""] = files;
    assertEquals(made, {
      code: 0,
      stdout: files.map((file) => `Wrote ${file}\n`).join(""),
      stderr: "",
    });
    for (const file of files) {
      assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
    }
    const ofFiles = await fwknop("dump-config", "-c", conf, "-a", access);
    const ofUci = await fwknop("dump-config", "--uci", uci);
    assertEquals([ofFiles.code, ofFiles.stderr], [0, ""]);
    assertEquals(
      ofUci.stdout.replaceAll(uci, "FILE"),
      ofFiles.stdout.replaceAll(conf, "FILE").replaceAll(access, "FILE"),
    );
  }));

Deno.test("a mistake in a UCI file is reported with its position, and nothing is written", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/fwknopd`, "config acess\n\toption SOURCE 'ANY'\n");
    const { code, stderr } = await fwknop("uci", `${folder}/fwknopd`, "--output", `${folder}/out`);
    assertEquals(code, 1);
    assertMatch(stderr, /no section 'acess' .*\n {2}at .*fwknopd:1:1\n {2}Did you mean access\?\n/);
    assertEquals(await Deno.stat(`${folder}/out`).then(() => true, () => false), false);
    assertEquals((await fwknop("uci", `${folder}/none`, "--output", folder)).code, 1);
    assertEquals((await fwknop("uci", `${folder}/fwknopd`)).code, 2);
  }));

Deno.test("a UCI file that is switched off is converted with a warning, and one in UTF-16 is refused as such", () =>
  withFolder(async (folder) => {
    const path = `${folder}/fwknopd`;
    const text =
      "\ufeffconfig global\n\toption uci_enabled '0'\nconfig access\n\toption SOURCE 'ANY'\n";
    await Deno.writeTextFile(path, text);
    const off = await fwknop("uci", path, "--output", `${folder}/out`);
    assertEquals(off.code, 0);
    assertMatch(off.stderr, /^uci_enabled is off in .*: OpenWrt does not use what it says\n/);
    await Deno.writeFile(
      path,
      new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
    );
    const wide = await fwknop("uci", path, "--output", `${folder}/out`);
    assertEquals([wide.code, wide.stdout], [1, ""]);
    assertMatch(wide.stderr, /is in UTF-16, must be in UTF-8\n {2}iconv -f UTF-16 -t UTF-8 /);
  }));
