/**
 * iptables, ip6tables and their helpers as programs that wait while a test holds them.
 *
 * @module
 */
import { until } from "./namespace.ts";

/** Every program except the helper process (`--noflush`) waits between {@link hold} and {@link release}. */
export class SlowIptables {
  readonly #folder: string;

  /** @param folder for the programs, and for files that control them. */
  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(`${folder}/bin`);
    const names = ["iptables", "ip6tables"].flatMap((name) =>
      ["", "-restore", "-save"].map((part) => `${name}${part}`)
    );
    for (const name of names) {
      Deno.writeTextFileSync(
        `${folder}/bin/${name}`,
        `#!/bin/sh
case "$*" in *--noflush*) ;; *)
  while [ -e ${folder}/slow ]; do : > ${folder}/waits; sleep 0.05; done ;;
esac
exec ${name} "$@"
`,
        { mode: 0o755 },
      );
    }
  }

  /** A line for `fwknopd.conf`. */
  get setting(): string {
    return `FIREWALL_EXE ${this.#folder}/bin/iptables`;
  }

  hold(): void {
    Deno.writeTextFileSync(`${this.#folder}/slow`, "");
  }

  release(): void {
    Deno.removeSync(`${this.#folder}/slow`);
  }

  /** Resolves when a program is waiting. */
  async isHeld(): Promise<void> {
    await until(
      "a program of the firewall is held",
      () => Deno.stat(`${this.#folder}/waits`).then(() => true, () => false),
    );
  }
}
