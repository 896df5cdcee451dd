/**
 * Several changes of files that are all made or all undone.
 *
 * @module
 */
import { ifThere } from "../files/if_there.ts";
import { hiddenNameBeside, writeAll } from "../files/replace_file.ts";

/**
 * Each change is made at once and atomically: a reader sees the old file or the new one. Until {@link keep} all changes
 * can be undone. What was there is kept in the same folder under a hidden name. All methods throw the system's errors.
 */
export class FileChanges {
  readonly #undo: (() => void)[] = [];
  readonly #saved: string[] = [];

  /** Makes one folder with exactly this mode. */
  makeFolder(path: string, mode: number): void {
    Deno.mkdirSync(path, { mode });
    this.#undo.push(() => Deno.removeSync(path));
    if (Deno.build.os !== "windows") Deno.chmodSync(path, mode);
  }

  /** Writes a file with exactly this mode. A file or a link of that name is replaced, and a link is not followed. */
  writeFile(path: string, content: Uint8Array, mode: number): void {
    this.#put(path, (temporary) => {
      using file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 });
      writeAll(file, content);
      Deno.chmodSync(temporary, mode);
      file.syncSync();
    });
  }

  /** Makes a symbolic link. A file or a link of that name is replaced. */
  makeLink(path: string, target: string): void {
    this.#put(path, (temporary) => Deno.symlinkSync(target, temporary));
  }

  /** Removes a file or a link. */
  remove(path: string): void {
    const saved = hiddenNameBeside(path);
    Deno.renameSync(path, saved);
    this.#undo.push(() => Deno.renameSync(saved, path));
    this.#saved.push(saved);
  }

  /** Ends with the changes made. */
  keep(): void {
    this.#undo.length = 0;
    for (const path of this.#saved.splice(0)) removeIfThere(path);
  }

  /** Undoes all changes, the last one first; returns the reasons of those that cannot be undone. */
  undo(): unknown[] {
    const failures: unknown[] = [];
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch (error) {
        failures.push(error);
      }
    }
    // What could not be moved back stays under its hidden name.
    this.#saved.length = 0;
    return failures;
  }

  #put(path: string, write: (temporary: string) => void): void {
    const temporary = hiddenNameBeside(path);
    try {
      write(temporary);
      const saved = saveCopy(path);
      if (saved !== undefined) this.#saved.push(saved);
      try {
        Deno.renameSync(temporary, path);
      } catch (error) {
        if (saved !== undefined) removeIfThere(saved);
        throw error;
      }
      this.#undo.push(() => {
        if (saved === undefined) Deno.removeSync(path);
        else Deno.renameSync(saved, path);
      });
    } catch (error) {
      removeIfThere(temporary);
      throw error;
    }
  }
}

/** A second name for what is there, so that the first one never disappears; `undefined` if nothing is there. */
function saveCopy(path: string): string | undefined {
  const info = ifThere(() => Deno.lstatSync(path));
  if (info === undefined || info.isDirectory) return undefined;
  const saved = hiddenNameBeside(path);
  if (info.isSymlink) Deno.symlinkSync(Deno.readLinkSync(path), saved);
  else Deno.linkSync(path, saved);
  return saved;
}

function removeIfThere(path: string): void {
  ifThere(() => Deno.removeSync(path));
}
