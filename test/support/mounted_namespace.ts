/**
 * A network namespace whose programs see other files at some paths of the system.
 *
 * @module
 */
import { Namespace } from "./namespace.ts";

/** Every program started inside has the given mounts; `ip netns exec` gives each one its own mount namespace. */
export class MountedNamespace extends Namespace {
  readonly #script: string;

  /**
   * @param script path of a file to write; it must last as long as the namespace is used.
   * @param mounts the words of each `mount`, run in this order before the program.
   */
  constructor(of: Namespace, script: string, mounts: readonly (readonly string[])[]) {
    super(of.name);
    const commands = mounts.map((words) => ["mount", ...words].join(" "));
    const text = ["#!/bin/sh", "set -e", ...commands, 'exec "$@"', ""].join("\n");
    Deno.writeTextFileSync(script, text, { mode: 0o700 });
    this.#script = script;
  }

  override get entry(): readonly [string, ...string[]] {
    return [...super.entry, this.#script];
  }
}
