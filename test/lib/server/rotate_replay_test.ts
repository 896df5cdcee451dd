import { REPLAY_FILE_HEADER } from "../../../lib/server/replay_entry.ts";
import { rotateReplayFile } from "../../../lib/server/rotate_replay.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

const NOW = 1_795_295_475;

function line(fill: string, time: number): string {
  return `${fill.repeat(42).slice(0, 42)}A 17 192.0.2.44 53992 198.51.100.7 62201 ${time}\n`;
}

function inFolder(body: (path: string) => Promise<void> | void): Promise<void> {
  return withFolder((folder) => body(`${folder}/digest.cache`));
}

Deno.test("rotating copies the whole file to -old, and keeps the newest packets and those of twice the window", () =>
  inFolder(async (path) => {
    const lines = Array.from({ length: 12_000 }, (_, index) => {
      const number = btoa(String(100_000 + index)).slice(0, 8);
      return line(number, index < 4000 || index >= 8000 ? NOW - 241 : NOW - 240);
    });
    await Deno.writeTextFile(path, REPLAY_FILE_HEADER + lines.join(""), { mode: 0o600 });
    rotateReplayFile(path, 120, NOW);
    assertEquals(await Deno.readTextFile(`${path}-old`), REPLAY_FILE_HEADER + lines.join(""));
    assertEquals(
      await Deno.readTextFile(path),
      `${REPLAY_FILE_HEADER}# not listed: packets with a time up to ${NOW - 121}\n` +
        lines.slice(4000).join(""),
    );
    for (const name of [path, `${path}-old`]) {
      assertEquals(((await Deno.stat(name)).mode ?? 0) & 0o777, 0o600, name);
    }
  }));

Deno.test("rotating forgets nothing if ages are not checked, and replaces an older -old file", () =>
  inFolder(async (path) => {
    const text = REPLAY_FILE_HEADER + line("A", 1);
    await Deno.writeTextFile(path, text);
    await Deno.writeTextFile(`${path}-old`, "before");
    rotateReplayFile(path, undefined, NOW);
    assertEquals(await Deno.readTextFile(path), text);
    assertEquals(await Deno.readTextFile(`${path}-old`), text);
  }));

Deno.test("rotating a missing file creates no file", () =>
  inFolder(async (path) => {
    rotateReplayFile(path, 120, NOW);
    assertEquals(await Deno.stat(path).then(() => true, () => false), false);
  }));

Deno.test("a file that cannot be rotated causes an error with its name, and stays unchanged", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path, REPLAY_FILE_HEADER + line("A", NOW));
    await Deno.mkdir(`${path}-old`);
    assertThrows(
      () => rotateReplayFile(path, 120, NOW),
      (error) => error instanceof HintedError && error.message.includes(path),
    );
    assert((await Deno.readTextFile(path)).endsWith(line("A", NOW)));
  }));
