import { writeKeyFile } from "../../../lib/client/key_output_file.ts";
import { savePacket } from "../../../lib/client/packet_file.ts";
import { replacePrivateFile } from "../../../lib/files/private_file.ts";
import { assert, assertEquals } from "../../assert.ts";
import { SOURCE_PROGRAM } from "../../support/first_knock.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const TEXT = "KEY secret\n";

/** What a reader gets from a pipe after `write` wrote `TEXT` to it through a link like `/dev/stdout`. */
async function throughPipe(write: (path: string) => Promise<unknown>): Promise<void> {
  await withFolder(async (folder) => {
    const [pipe, link] = [`${folder}/pipe`, `${folder}/link`];
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await Deno.symlink(pipe, link);
    const reader = new Deno.Command("timeout", {
      args: ["20", "cat", pipe],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = reader.output();
    assertEquals(await write(link), undefined);
    assert((await Deno.stat(pipe)).isFifo, "the pipe was replaced");
    assert((await Deno.lstat(link)).isSymlink, "the link was replaced");
    assertEquals(new TextDecoder().decode((await output).stdout), TEXT);
  });
}

Deno.test("a path that is not a file is written to and not replaced", async (t) => {
  await t.step("a file that is replaced", () => throughPipe((it) => replacePrivateFile(it, TEXT)));
  await t.step("new keys", () => throughPipe((it) => writeKeyFile(it, TEXT, false)));
  await t.step(
    "new keys in place of others",
    () => throughPipe((it) => writeKeyFile(it, TEXT, true)),
  );
  await t.step("a packet", () => throughPipe((it) => savePacket(it, TEXT.trimEnd(), false)));
  await t.step("one more packet", () => throughPipe((it) => savePacket(it, TEXT.trimEnd(), true)));
});

Deno.test("a saved packet replaces a file, or a link but not its target", () =>
  withFolder(async (folder) => {
    const [file, link] = [`${folder}/file`, `${folder}/link`];
    await Deno.writeTextFile(file, "theirs", { mode: 0o644 });
    await Deno.symlink(file, link);
    assertEquals(await savePacket(link, "packet", false), undefined);
    assertEquals(await Deno.readTextFile(file), "theirs");
    assertEquals(await Deno.readTextFile(link), "packet\n");
    assertEquals((await Deno.lstat(link)).mode! & 0o777, 0o600);
  }));

testWhere(
  "a new file that does not fit on the disk is removed",
  { system: "unix" },
  () =>
    withFolder(async (folder) => {
      // A limit of the file size acts as a full disk.
      const limited = 'ulimit -f 0; trap "" XFSZ; exec "$@"';
      const path = `${folder}/keys`;
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", limited, "sh", ...SOURCE_PROGRAM, "keygen", "--key-gen-file", path],
        stdout: "null",
      }).output();
      assertEquals(code, 1);
      assertEquals(
        new TextDecoder().decode(stderr),
        `fwknop: cannot write the keys to ${path}: File too large\n`,
      );
      assertEquals([...Deno.readDirSync(folder)], []);
    }),
);
