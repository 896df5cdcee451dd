import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { type Manifest, manifestText, parseManifest } from "../../../lib/install/manifest.ts";

const MANIFEST: Manifest = {
  version: "1.0.0",
  files: [
    { path: "/usr/local/bin/fwknop", content: "0".repeat(64), mode: 0o755 },
    { path: "/usr/local/sbin/fwknopd", content: "-> ../bin/fwknop" },
    {
      path: "/usr/local/share/man/man1/fwknop.1",
      content: "f".repeat(64),
      mode: 0o644,
      before: true,
    },
  ],
  folders: ["/usr/local/share/man"],
};

Deno.test("the list of installed files is read as it was written", () => {
  assertEquals(parseManifest(manifestText(MANIFEST)), MANIFEST);
});

Deno.test("a list that does not say plainly what to remove is refused", () => {
  const files = (...changes: object[]) => ({ ...MANIFEST, files: changes });
  const [file] = MANIFEST.files;
  for (
    const value of [
      [],
      { ...MANIFEST, version: 1 },
      { ...MANIFEST, files: undefined },
      { ...MANIFEST, folders: ["/usr/../etc"] },
      { ...MANIFEST, folders: ["etc"] },
      files({ ...file, path: "/usr/local//bin" }),
      files({ ...file, path: "/usr/local/./bin" }),
      files({ ...file, content: "abc" }),
      files({ ...file, mode: -1 }),
      files({ ...file, mode: "755" }),
      files({ ...file, before: false }),
      files("/usr/local/bin/fwknop" as unknown as object),
    ]
  ) {
    assertThrows(() => parseManifest(JSON.stringify(value)));
  }
  assert(parseManifest(JSON.stringify(files())).files.length === 0);
});
