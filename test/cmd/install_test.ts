import { assert, assertEquals } from "../assert.ts";
import { mustRun, ROOT, run } from "../../scripts/process.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { withFolder } from "../support/folder.ts";
import { testWhere } from "../support/needs.ts";

const blocker = await compiledUnavailable();

testWhere(
  "install puts program, link, services, manual pages and completions into a packager's root, and uninstall removes them",
  { system: "linux", programs: ["man"], blocker },
  () =>
    withFolder(async (root) => {
      const program = await compiledBinary();
      const at = (path: string) => `${root}/usr/local/${path}`;
      const dry = await mustRun(program, ["install", "--root", root, "--dry-run"]);
      assert(dry.includes("nothing was changed"), dry);
      assertEquals([...Deno.readDirSync(root)], []);
      const first = await mustRun(program, ["install", "--root", root]);
      assert(/^fwknop \S+ is installed\.$/m.test(first), first);
      const version = await mustRun(program, ["version"]);
      assertEquals(await mustRun(at("bin/fwknop"), ["version"]), version);
      assertEquals(Deno.realPathSync(at("sbin/fwknopd")), Deno.realPathSync(at("bin/fwknop")));
      const unit = Deno.readTextFileSync(at("lib/systemd/system/fwknop.service"));
      assert(unit.includes("ExecStart=/usr/local/bin/fwknop serve"), unit);
      const page = await mustRun("man", ["-l", at("share/man/man8/fwknopd.8")], {
        env: { MANPAGER: "cat", HOME: root },
      });
      assert(page.includes("fwknopd"));
      assert(Deno.statSync(at("share/bash-completion/completions/fwknop")).isFile);
      assertEquals((Deno.statSync(`${root}/etc/fwknop`).mode ?? 0) & 0o777, 0o700);
      const again = await mustRun(program, ["install", "--root", root]);
      assert(/is installed already\.$/m.test(again), again);
      const removed = await mustRun(program, ["uninstall", "--root", root]);
      assert(removed.includes(at("bin/fwknop")), removed);
      assertEquals([...Deno.readDirSync(root)], []);
      const { code, stderr } = await run(program, ["uninstall", "--root", root]);
      assertEquals(code, 1);
      assert(stderr.includes("has installed nothing"), stderr);
    }),
);

testWhere(
  "from source install refuses: the running program is Deno",
  {},
  () =>
    withFolder(async (root) => {
      const words = ["run", "--allow-all", "--quiet", `${ROOT}main.ts`, "install", "--root", root];
      const { code, stderr } = await run(Deno.execPath(), words);
      assertEquals(code, 1);
      assert(/The running program is Deno, not fwknop/.test(stderr), stderr);
      assertEquals([...Deno.readDirSync(root)], []);
    }),
);

testWhere(
  "a prefix or a root that cannot be one is refused, and nothing is made",
  { blocker },
  () =>
    withFolder(async (root) => {
      const program = await compiledBinary();
      for (
        const [words, reason] of [
          [["--root", root, "--prefix", "usr"], /must be an absolute path/],
          [["--root", root, "--prefix", "/usr/../etc"], /must be an absolute path/],
          [["--root", root, "--prefix", "/a b"], /must be an absolute path/],
          [["--root", `${root}/none`], /must be a folder/],
        ] as const
      ) {
        const { code, stderr } = await run(program, ["install", ...words]);
        assertEquals(code, 1);
        assert(reason.test(stderr), stderr);
      }
      assertEquals([...Deno.readDirSync(root)], []);
    }),
);
