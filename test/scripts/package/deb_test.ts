import { assert, assertEquals } from "../../assert.ts";
import { debBytes, debName } from "../../../scripts/package/deb.ts";
import { packageVersion } from "../../../scripts/package/package_version.ts";
import { DEB_SCRIPTS, RPM_SCRIPTS } from "../../../scripts/package/scripts.ts";
import type { TarEntry } from "../../../scripts/package/tar.ts";
import { mustRun, run } from "../../../scripts/process.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const ITEMS: readonly TarEntry[] = [
  { kind: "file", path: "/usr/bin/fwknop", mode: 0o755, content: new Uint8Array(3000) },
  { kind: "link", path: "/usr/sbin/fwknopd", target: "../bin/fwknop" },
  { kind: "folder", path: "/etc/fwknop", mode: 0o700 },
];

const PARTS = {
  version: "1.0.0-rc.1",
  architecture: "amd64",
  items: ITEMS,
  scripts: DEB_SCRIPTS,
  time: 1_790_000_000,
};

testWhere(
  "dpkg-deb reads the package: its fields, its files with owner and mode, its scripts",
  { programs: ["dpkg-deb"] },
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/${debName(PARTS)}`;
      Deno.writeFileSync(path, debBytes(PARTS));
      const field = async (name: string) =>
        (await mustRun("dpkg-deb", ["--field", path, name])).trim();
      assertEquals(await field("Version"), "1.0.0~rc.1");
      assertEquals(await field("Conflicts"), "fwknop-client, fwknop-server");
      const listing = (await mustRun("dpkg-deb", ["--contents", path])).split("\n");
      const line = (end: string) => listing.find((line) => line.endsWith(end)) ?? "";
      assert(/^-rwxr-xr-x root\/root\s+3000/.test(line("./usr/bin/fwknop")), listing.join("\n"));
      assert(line("./usr/sbin/fwknopd -> ../bin/fwknop").startsWith("lrwxrwxrwx root/root"));
      assert(line("./etc/fwknop/").startsWith("drwx------ root/root"));
      await mustRun("dpkg-deb", ["--control", path, `${folder}/control`]);
      await mustRun("dpkg-deb", ["--extract", path, `${folder}/data`]);
      await mustRun("md5sum", ["--check", "--quiet", "../control/md5sums"], {
        cwd: `${folder}/data`,
      });
      for (const [name, text] of Object.entries(DEB_SCRIPTS)) {
        assertEquals(Deno.readTextFileSync(`${folder}/control/${name}`), text);
      }
    }),
);

testWhere(
  "dpkg orders a candidate before its release",
  { programs: ["dpkg"] },
  async () => {
    for (const [one, two] of [["1.0.0-rc.1", "1.0.0-rc.2"], ["1.0.0-rc.2", "1.0.0"]] as const) {
      await mustRun("dpkg", ["--compare-versions", packageVersion(one), "lt", packageVersion(two)]);
    }
  },
);

Deno.test("a shell can read every script of the packages", async () => {
  for (const script of [...Object.values(DEB_SCRIPTS), ...Object.values(RPM_SCRIPTS)]) {
    const { code, stderr } = await run("sh", ["-n", "-c", script]);
    assertEquals([code, stderr], [0, ""]);
  }
});

Deno.test("a first installation starts and enables nothing", () => {
  const text = DEB_SCRIPTS["postinst"] ?? "";
  assert(!/systemctl (start|enable|restart)/.test(text));
});
