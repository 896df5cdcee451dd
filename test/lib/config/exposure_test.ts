import { exposureOf } from "../../../lib/config/exposure.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const UNPRIVILEGED = 65534;

/** A folder that belongs to root, with `etc/f` in it. */
function inFolder(name: string, body: (folder: string) => void): void {
  testWhere(name, { root: true }, () =>
    withFolder((folder) => {
      Deno.mkdirSync(`${folder}/etc`, { mode: 0o755 });
      Deno.writeTextFileSync(`${folder}/etc/f`, "x", { mode: 0o600 });
      body(folder);
    }));
}

/** Sets whether others may write, independent of the umask of the process. */
function chmod(path: string, mode: number): void {
  Deno.chmodSync(path, mode);
}

inFolder(
  "a file of root in folders of root, or in a sticky folder, is not exposed",
  (folder) => {
    assertEquals(exposureOf(`${folder}/etc/f`), undefined);
    chmod(`${folder}/etc`, 0o1777);
    assertEquals(exposureOf(`${folder}/etc/f`), undefined);
    assertEquals(exposureOf(`${folder}/etc/../etc/./f`), undefined);
  },
);

inFolder("a file of another user, or that others can write, is exposed", (folder) => {
  const path = `${folder}/etc/f`;
  chmod(path, 0o644);
  assertEquals(exposureOf(path), undefined);
  chmod(path, 0o646);
  assertEquals(exposureOf(path), {
    text: `everybody can write to ${path}`,
    place: path,
    by: "everybody",
    isOpenFolder: false,
  });
  chmod(path, 0o660);
  assertEquals(exposureOf(path), undefined, "root's group");
  Deno.chownSync(path, 0, UNPRIVILEGED);
  assertEquals(exposureOf(path), {
    text: `group 65534 can write to ${path}`,
    place: path,
    by: "group",
    isOpenFolder: false,
  });
  chmod(path, 0o600);
  Deno.chownSync(path, UNPRIVILEGED, 0);
  assertEquals(exposureOf(path), {
    text: `user 65534 owns ${path}`,
    place: path,
    by: "owner",
    isOpenFolder: false,
  });
});

inFolder("a folder of the path that others can write exposes the file", (folder) => {
  const [place, path] = [`${folder}/etc`, `${folder}/etc/f`];
  chmod(place, 0o777);
  assertEquals(exposureOf(path), {
    text: `everybody can write to ${place}`,
    place: place,
    by: "everybody",
    isOpenFolder: true,
  });
  chmod(place, 0o775);
  Deno.chownSync(place, 0, UNPRIVILEGED);
  assertEquals(exposureOf(path), {
    text: `group 65534 can write to ${place}`,
    place: place,
    by: "group",
    isOpenFolder: true,
  });
  chmod(place, 0o755);
  Deno.chownSync(place, UNPRIVILEGED, 0);
  assertEquals(exposureOf(path), {
    text: `user 65534 owns ${place}`,
    place: place,
    by: "owner",
    isOpenFolder: false,
  });
});

inFolder("a link, its folder and its target can expose the file", (folder) => {
  const real = `${folder}/etc/f`;
  Deno.mkdirSync(`${folder}/links`);
  Deno.symlinkSync("../etc/f", `${folder}/links/relative`);
  Deno.symlinkSync(`${folder}/links/relative`, `${folder}/links/absolute`);
  assertEquals(exposureOf(`${folder}/links/absolute`), undefined);
  chmod(`${folder}/etc`, 0o777);
  assertEquals(
    exposureOf(`${folder}/links/absolute`)?.text,
    `everybody can write to ${folder}/etc`,
  );
  assertEquals(exposureOf(real)?.isOpenFolder, true);
  chmod(`${folder}/etc`, 0o755);
  chmod(`${folder}/links`, 0o777);
  assertEquals(exposureOf(real), undefined);
  assertEquals(
    exposureOf(`${folder}/links/absolute`)?.text,
    `everybody can write to ${folder}/links`,
  );
  chmod(`${folder}/links`, 0o1777);
  assertEquals(exposureOf(`${folder}/links/absolute`), undefined);
  new Deno.Command("chown", { args: ["-h", "65534", `${folder}/links/absolute`] }).outputSync();
  assertEquals(
    exposureOf(`${folder}/links/absolute`)?.text,
    `user 65534 owns ${folder}/links/absolute`,
  );
});

inFolder("a circle of links, and a file that was replaced, are errors", (folder) => {
  Deno.symlinkSync("circle", `${folder}/circle`);
  assertThrows(() => exposureOf(`${folder}/circle`), /too many symbolic links/);
  using file = Deno.openSync(`${folder}/etc/f`);
  const info = file.statSync();
  assertEquals(exposureOf(`${folder}/etc/f`, info), undefined);
  Deno.writeTextFileSync(`${folder}/etc/g`, "y");
  Deno.renameSync(`${folder}/etc/g`, `${folder}/etc/f`);
  assertThrows(() => exposureOf(`${folder}/etc/f`, info), /replaced/);
});

Deno.test("a path is relative to the working directory", () => {
  assert(exposureOf("deno.json")?.isOpenFolder !== true);
  assertThrows(() => exposureOf("no/such/file"), Deno.errors.NotFound);
});
