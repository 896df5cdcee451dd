import type { DaemonLog } from "../../../lib/daemon/daemon_log.ts";
import { makeRunFolder } from "../../../lib/daemon/run_folder.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

/** The logged lines. */
function make(path: string): string[] {
  const lines: string[] = [];
  makeRunFolder(path, { info: (text: string) => lines.push(text) } as unknown as DaemonLog);
  return lines;
}

Deno.test("the run folder is made once, and only its owner can use it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a/b`;
    assertEquals(make(path), [
      `Run directory: ${path} does not exist. Attempting to create it.`,
      `Successfully created Run directory: ${path}`,
    ]);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o700);
    assertEquals(make(path), []);
  }));

Deno.test("a run folder that other users can write to is refused, and so is one below it", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.chmod(`${folder}/a`, 0o777);
    for (const path of [`${folder}/a`, `${folder}/a/b`]) {
      assertThrows(() => make(path), (error) =>
        error instanceof HintedError &&
        error.message === `The run directory ${path} can be changed by others: ` +
            `everybody can write to ${folder}/a`);
    }
    await Deno.chmod(`${folder}/a`, 0o1777);
    assertThrows(() => make(`${folder}/a`), HintedError, "a sticky one too");
    assertEquals(make(`${folder}/a/b`), []);
    await Deno.writeTextFile(`${folder}/file`, "");
    assertThrows(() => make(`${folder}/file`), HintedError);
  }));

Deno.test("a run folder below a file is refused with the system's reason, and no advice to be root", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    assertThrows(() => make(`${folder}/file/run`), (error) =>
      error instanceof HintedError &&
      error.message === `Cannot use the run directory ${folder}/file/run: Not a directory` &&
      error.hint === "Name another folder with FWKNOP_RUN_DIR");
  }));

testWhere(
  "the daemon makes no run folder inside a folder of another user",
  { root: true },
  () =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/theirs`);
      await Deno.chown(`${folder}/theirs`, 65533, 65533);
      const path = `${folder}/theirs/a/run`;
      assertThrows(() => make(path), (error) =>
        error instanceof HintedError &&
        error.message === `The run directory ${path} can be changed by others: ` +
            `user 65533 owns ${folder}/theirs`);
      assertEquals(Array.from(Deno.readDirSync(`${folder}/theirs`)), []);
    }),
);
