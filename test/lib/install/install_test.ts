import fc from "property-testing";
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import type { InstalledItem } from "../../../lib/install/contents.ts";
import { carryOut, planInstallation } from "../../../lib/install/install.ts";
import { readManifest } from "../../../lib/install/manifest.ts";
import { carryOutRemoval, planRemoval } from "../../../lib/install/uninstall.ts";
import { withFolder } from "../../support/folder.ts";

const PREFIX = "/opt/it";

function file(path: string, text: string, mode = 0o644): InstalledItem {
  return {
    kind: "file",
    path: `${PREFIX}/${path}`,
    mode,
    content: new Uint8Array(textBytes(text)),
  };
}

const ITEMS: readonly InstalledItem[] = [
  file("bin/fwknop", "program", 0o755),
  { kind: "link", path: `${PREFIX}/sbin/fwknopd`, target: "../bin/fwknop" },
  file("share/man/man1/fwknop.1", "page"),
  { kind: "folder", path: "/etc/fwknop", mode: 0o700 },
];

/** Everything below a folder: kind, mode and content by path. */
function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const { name } of Deno.readDirSync(folder + path)) {
      const below = `${path}/${name}`;
      const info = Deno.lstatSync(folder + below);
      const mode = ((info.mode ?? 0) & 0o7777).toString(8);
      if (info.isSymlink) found[below] = `-> ${Deno.readLinkSync(folder + below)}`;
      else if (info.isDirectory) {
        found[below] = `folder ${mode}`;
        walk(below);
      } else found[below] = `${mode} ${Deno.readTextFileSync(folder + below)}`;
    }
  };
  walk("");
  return found;
}

async function install(root: string, items = ITEMS, replace = false): Promise<string[]> {
  const request = { root, prefix: PREFIX, items, replace };
  const plan = await planInstallation(request);
  carryOut(request, plan);
  return plan.steps.map(({ action, path }) => `${action} ${path}`);
}

async function uninstall(root: string): Promise<readonly string[]> {
  const manifest = readManifest(root, PREFIX);
  assert(manifest !== undefined);
  const steps = await planRemoval(root, PREFIX, manifest);
  carryOutRemoval(root, steps, manifest);
  return steps.flatMap((step) => step.action === "keep" ? [`${step.path} ${step.why}`] : []);
}

/** What may be there before: folders, files of others, and one that equals what is installed. */
const before = fc.subarray(
  [
    ["/opt", undefined, 0o755],
    ["/opt/it", undefined, 0o750],
    ["/opt/it/bin", undefined, 0o755],
    ["/opt/it/bin/other", "of another program", 0o755],
    ["/opt/it/share/man/man1/fwknop.1", "page", 0o644],
    ["/etc/fwknop/access.conf", "keys", 0o600],
  ] as const,
);

Deno.test("to install and then to uninstall leaves any tree as it was", () =>
  withFolder(async (folder) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(before, fc.boolean(), async (files, twice) => {
        const root = `${folder}/${round++}`;
        Deno.mkdirSync(root);
        for (const [path, text, mode] of files) {
          const parent = path.slice(0, path.lastIndexOf("/"));
          Deno.mkdirSync(root + (text === undefined ? path : parent), { recursive: true });
          if (text !== undefined) Deno.writeTextFileSync(root + path, text);
          Deno.chmodSync(root + path, mode);
        }
        const old = tree(root);
        await install(root);
        assertEquals(tree(root)["/opt/it/bin/fwknop"], "755 program");
        if (twice) {
          const installed = tree(root);
          const actions = (await install(root)).map((step) => step.split(" ")[0]);
          assert(actions.every((action) => action === "same"), actions.join());
          assertEquals(tree(root), installed);
        }
        await uninstall(root);
        assertEquals(tree(root), old);
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("a file that was changed since it was installed is kept, by an upgrade and by uninstall", () =>
  withFolder(async (root) => {
    await install(root);
    const page = `${root}${PREFIX}/share/man/man1/fwknop.1`;
    Deno.writeTextFileSync(page, "notes of the administrator");
    const newer = [
      file("bin/fwknop", "newer", 0o755),
      file("share/man/man1/fwknop.1", "newer page"),
    ];
    const steps = await install(root, newer);
    assert(steps.includes(`keep ${PREFIX}/share/man/man1/fwknop.1`), steps.join());
    assert(steps.includes(`replace ${PREFIX}/bin/fwknop`), steps.join());
    assert(steps.includes(`remove ${PREFIX}/sbin/fwknopd`), steps.join());
    assertEquals(Deno.readTextFileSync(page), "notes of the administrator");
    assertEquals(await uninstall(root), [`${PREFIX}/share/man/man1/fwknop.1 changed`]);
    assertEquals(Deno.readTextFileSync(page), "notes of the administrator");
  }));

Deno.test("a file of another program is not overwritten, and with replace it is", () =>
  withFolder(async (root) => {
    const path = `${root}${PREFIX}/bin/fwknop`;
    Deno.mkdirSync(`${root}${PREFIX}/bin`, { recursive: true });
    Deno.writeTextFileSync(path, "another program");
    const old = tree(root);
    await assertRejects(() => install(root), /did not put these files there/);
    assertEquals(tree(root), old);
    await install(root, ITEMS, true);
    assertEquals(Deno.readTextFileSync(path), "program");
  }));

Deno.test("an installation that fails in the middle leaves everything as it was", () =>
  withFolder(async (root) => {
    await install(root);
    const old = tree(root);
    const request = {
      root,
      prefix: PREFIX,
      replace: false,
      items: [
        file("bin/fwknop", "newer", 0o755),
        file("share/new", "one"),
      ],
    };
    const plan = await planInstallation(request);
    // A folder takes the place of a file between plan and change.
    Deno.mkdirSync(`${root}${PREFIX}/share/new`);
    try {
      carryOut(request, plan);
      assert(false, "it must fail");
    } catch (error) {
      assert(error instanceof Error && /^Cannot install /.test(error.message), String(error));
    }
    Deno.removeSync(`${root}${PREFIX}/share/new`);
    assertEquals(tree(root), old);
  }));

Deno.test("a link of the packager's root that leads to this host is refused", () =>
  withFolder(async (folder) => {
    const root = `${folder}/root`;
    Deno.mkdirSync(`${root}/opt`, { recursive: true });
    Deno.mkdirSync(`${folder}/outside`);
    Deno.symlinkSync(`${folder}/outside`, `${root}${PREFIX}`);
    await assertRejects(() => install(root), /leads out of --root/);
    assertEquals([...Deno.readDirSync(`${folder}/outside`)], []);
  }));
