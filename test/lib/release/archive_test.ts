import { assertEquals, assertRejects } from "../../assert.ts";
import { unpackFile } from "../../../lib/release/archive.ts";
import { mustRun } from "../../../scripts/process.ts";
import { gzip, tarBytes, type TarEntry } from "../../../scripts/package/tar.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const CONTENT = new TextEncoder().encode("program ".repeat(200));
const file = (path: string): TarEntry => ({ kind: "file", path, mode: 0o755, content: CONTENT });

Deno.test("the program is found in an archive of a release, and only at its place", async () => {
  const archive = gzip(tarBytes([
    { kind: "folder", path: "r", mode: 0o755 },
    file("r/README.md"),
    file("r/share/fwknop"),
    file("r/fwknop"),
  ], 0));
  assertEquals(await unpackFile(archive, "r/fwknop"), CONTENT);
});

Deno.test("an archive without the program, with two, with a link, or cut off is refused", async () => {
  const link: TarEntry = { kind: "link", path: "r/fwknop", target: "/bin/sh" };
  for (const entries of [[], [file("fwknop")], [file("r/fwknop"), file("r/fwknop")], [link]]) {
    const archive = gzip(tarBytes(entries, 0));
    await assertRejects(() => unpackFile(archive, "r/fwknop"), /must have one file/);
  }
  const tar = tarBytes([file("r/fwknop")], 0);
  await assertRejects(() => unpackFile(gzip(tar.slice(0, 1024)), "r/fwknop"), /in the middle/);
  tar[0] = 0x78;
  await assertRejects(() => unpackFile(gzip(tar), "r/fwknop"), /not a tar archive/);
  await assertRejects(() => unpackFile(tar, "r/fwknop"));
});

testWhere(
  "an archive that tar made is read",
  { programs: ["tar"] },
  () =>
    withFolder(async (folder) => {
      Deno.mkdirSync(`${folder}/r`);
      Deno.writeFileSync(`${folder}/r/fwknop`, CONTENT);
      await mustRun("tar", ["-czf", `${folder}/a.tar.gz`, "-C", folder, "r"]);
      assertEquals(await unpackFile(Deno.readFileSync(`${folder}/a.tar.gz`), "r/fwknop"), CONTENT);
    }),
);
