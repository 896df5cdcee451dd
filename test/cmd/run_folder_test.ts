import { makeRunFolder } from "../../cmd/run_folder.ts";
import type { ServeLog } from "../../cmd/serve_log.ts";
import { HintedError } from "../../lib/hinted_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { withFolder } from "../support/folder.ts";

function log(lines: string[]): ServeLog {
  const tell = (text: string): void => void lines.push(text);
  return {
    observe: () => {},
    firewall: () => {},
    cycle: () => {},
    error: tell,
    warning: tell,
    info: tell,
    debug: tell,
    finish: () => {},
    [Symbol.dispose]: () => {},
  };
}

Deno.test("the run directory is made for its owner only", () =>
  withFolder((folder) => {
    const lines: string[] = [];
    makeRunFolder(`${folder}/run/fwknop`, log(lines));
    assertEquals((Deno.statSync(`${folder}/run/fwknop`).mode ?? 0) & 0o777, 0o700);
    assertEquals(lines.length, 2);
    makeRunFolder(`${folder}/run/fwknop`, log(lines));
    assertEquals(lines.length, 2);
  }));

Deno.test("a run directory in which others can put links is refused", () =>
  withFolder((folder) => {
    for (const mode of [0o777, 0o1777, 0o702]) {
      Deno.chmodSync(folder, mode);
      assertThrows(
        () => makeRunFolder(folder, log([])),
        (error) => error instanceof HintedError && /can be written by others$/.test(error.message),
      );
    }
    Deno.chmodSync(folder, 0o755);
    makeRunFolder(folder, log([]));
  }));
