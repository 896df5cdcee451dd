import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { COMMANDS } from "../../../cmd/commands.ts";
import { describeAll } from "../../../cmd/command.ts";
import { installedItems, type InstallLayout, readPrefix } from "../../../lib/install/contents.ts";

const PROGRAM = new Uint8Array([1, 2, 3]);

async function paths(layout: InstallLayout): Promise<string[]> {
  return installedItems(layout, PROGRAM, await describeAll(COMMANDS)).map(({ path }) => path);
}

Deno.test("an installation has the program, its services, a page for each command and file, and completions", async () => {
  const there = await paths({ prefix: "/usr/local", os: "linux" });
  for (
    const path of [
      ...["bin/fwknop", "sbin/fwknopd", "lib/systemd/system/fwknop.service"],
      ...[
        "share/man/man1/fwknop.1",
        "share/man/man5/fwknop-access.conf.5",
        "share/man/man8/fwknopd.8",
      ],
      ...["share/bash-completion/completions/fwknop", "share/zsh/site-functions/_fwknop"],
    ]
  ) assert(there.includes(`/usr/local/${path}`), `${path} in ${there.join()}`);
  assert(there.includes("/etc/fish/completions/fwknop.fish"));
  assert(there.includes("/etc/fwknop"));
  assertEquals(new Set(there).size, there.length);
});

Deno.test("no file is one that Debian's libpam-modules has: dpkg refuses such a package", async () => {
  const there = await paths({ prefix: "/usr", os: "linux" });
  assert(!there.includes("/usr/share/man/man5/access.conf.5"), there.join());
});

Deno.test("below /usr fish and zsh read the folders of packages", async () => {
  const zshFolder = "/usr/share/zsh/vendor-completions";
  const there = await paths({ prefix: "/usr", os: "linux", zshFolder });
  assert(there.includes("/usr/share/fish/vendor_completions.d/fwknop.fish"));
  assert(there.includes(`${zshFolder}/_fwknop`));
});

Deno.test("a system without the daemon gets the client's files only", async () => {
  const there = await paths({ prefix: "/usr/local", os: "darwin" });
  assert(there.includes("/usr/local/bin/fwknop"));
  assert(!there.some((path) => /systemd|sbin|\/etc\/fwknop/.test(path)), there.join());
});

Deno.test("a prefix is absolute, plain and without a slash at the end", () => {
  assertEquals(readPrefix("/usr/local/"), "/usr/local");
  for (const text of ["", "/", "usr", "/a b", "/a/../b", "/a/./b", "/a//b", "/a%b", "/a\nb"]) {
    assertThrows(() => readPrefix(text), /must be an absolute path/);
  }
});
