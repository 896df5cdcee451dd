import fc from "property-testing";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { gzip, tarBytes, type TarEntry, withParents } from "../../../scripts/package/tar.ts";
import { mustRun } from "../../../scripts/process.ts";
import { withFolder } from "../../support/folder.ts";
import { gunzipSync } from "node:zlib";

const TIME = 1_790_000_000;

const entries = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: fc.constantFrom(..."abc-_.+~"), minLength: 1, maxLength: 40 })
      .filter((name) => !/^\.{1,2}$/.test(name) && !name.startsWith("-")),
    content: fc.uint8Array({ maxLength: 2000 }),
    mode: fc.constantFrom(0o600, 0o644, 0o755),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);

Deno.test("tar unpacks an archive to the same files with the same modes, times and links", () =>
  withFolder(async (folder) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(entries, async (files) => {
        const root = `${folder}/${round++}`;
        Deno.mkdirSync(root);
        const list: TarEntry[] = files.map(({ name, content, mode }) => {
          return { kind: "file", path: `usr/bin/${name}`, mode, content };
        });
        list.push({ kind: "link", path: "usr/sbin/link", target: "../bin/none" });
        list.push({ kind: "folder", path: "etc/secret", mode: 0o700 });
        Deno.writeFileSync(`${root}.tar`, tarBytes(withParents(list), TIME));
        await mustRun("tar", ["-xpf", `${root}.tar`, "-C", root]);
        for (const { name, content, mode } of files) {
          const path = `${root}/usr/bin/${name}`;
          assertEquals(Deno.readFileSync(path), content);
          const info = Deno.statSync(path);
          assertEquals([(info.mode ?? 0) & 0o777, info.mtime?.getTime()], [mode, TIME * 1000]);
        }
        assertEquals(Deno.readLinkSync(`${root}/usr/sbin/link`), "../bin/none");
        assertEquals((Deno.statSync(`${root}/etc/secret`).mode ?? 0) & 0o777, 0o700);
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("the same content makes the same archive, also compressed", () => {
  const list: TarEntry[] = [{ kind: "file", path: "a", mode: 0o644, content: new Uint8Array(999) }];
  const archive = tarBytes(list, TIME);
  assertEquals(gzip(archive), gzip(tarBytes(list, TIME)));
  assertEquals(new Uint8Array(gunzipSync(gzip(archive))), archive);
});

Deno.test("a path that the format cannot hold is refused", () => {
  assertThrows(
    () => tarBytes([{ kind: "folder", path: "a".repeat(100), mode: 0o755 }], TIME),
    /Too long for a tar archive/,
  );
});

Deno.test("each folder comes once and before what it holds", () => {
  const file = (path: string): TarEntry => {
    return { kind: "file", path, mode: 0o644, content: new Uint8Array() };
  };
  const paths = withParents([
    file("./usr/bin/a"),
    file("./usr/bin/b"),
    { kind: "folder", path: "./usr/lib", mode: 0o700 },
    file("./usr/lib/c"),
  ]).map(({ path }) => path);
  assertEquals(paths, [
    ...["./usr", "./usr/bin", "./usr/bin/a", "./usr/bin/b", "./usr/lib", "./usr/lib/c"],
  ]);
  assert(new Set(paths).size === paths.length);
});
