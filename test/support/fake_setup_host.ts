/**
 * A host in memory for the steps of a set-up. It can fail, or be killed, at any of its operations.
 *
 * @module
 */
import { HintedError } from "../../lib/errors/hinted_error.ts";
import type { FirewallKind } from "../../lib/firewall/kind.ts";
import type { ProgramOutcome, SetupHost } from "../../lib/setup/host.ts";

/** The process was killed. No code of the product catches it. */
export class Killed extends Error {}

/** At which operation what happens, counted from 0. */
export interface Mishap {
  readonly at: number;
  /** `before` and `after`: killed before or after the effect; `fails`: the operation has no effect and says so. */
  readonly what: "before" | "after" | "fails";
}

const OK: ProgramOutcome = { code: 0, stdout: "", stderr: "" };
const NO: ProgramOutcome = { code: 1, stdout: "", stderr: "no" };

/** The host. */
export class FakeSetupHost implements SetupHost {
  readonly files = new Map<string, string>();
  readonly folders = new Set<string>();
  /** Rules of both families, the first one first. */
  readonly rules: string[] = [];
  /** Tables and chains that the server made. */
  readonly grants = new Set<string>();
  readonly active = new Set<string>();
  readonly enabled = new Set<string>();
  readonly processes = new Set<string>();
  mishap: Mishap | undefined;
  operations = 0;

  /** @param firewall whose rules a server makes when it starts. */
  constructor(readonly firewall: FirewallKind) {}

  /** Everything that a set-up may change. */
  snapshot(): unknown {
    return {
      files: [...this.files].sort(),
      folders: [...this.folders].sort(),
      rules: [...this.rules],
      grants: [...this.grants].sort(),
      active: [...this.active].sort(),
      enabled: [...this.enabled].sort(),
      processes: [...this.processes].sort(),
    };
  }

  run(words: readonly string[]): Promise<ProgramOutcome> {
    return Promise.resolve(this.#operation(() => this.#run(words), NO));
  }

  read(path: string): string | undefined {
    return this.files.get(path);
  }

  write(path: string, text: string): Promise<void> {
    this.#must(() => this.files.set(path, text));
    return Promise.resolve();
  }

  remove(path: string): void {
    this.#operation(() => this.files.delete(path), undefined);
  }

  makeFolder(path: string): void {
    this.#must(() => this.folders.add(path));
  }

  removeFolder(path: string): void {
    const isUsed = [...this.files.keys(), ...this.folders].some((it) => it.startsWith(`${path}/`));
    if (!isUsed) this.#operation(() => this.folders.delete(path), undefined);
  }

  removeTree(path: string): void {
    this.#operation(() => {
      for (const set of [this.files, this.folders]) {
        for (const it of [...set.keys()]) {
          if (it === path || it.startsWith(`${path}/`)) set.delete(it);
        }
      }
    }, undefined);
  }

  startServer(options: readonly string[]): Promise<void> {
    this.#must(() => this.#serve(options.join(" ")));
    return Promise.resolve();
  }

  endServers(marks: readonly string[]): Promise<boolean> {
    const found = [...this.processes].filter((it) => marks.every((mark) => it.includes(mark)));
    this.#must(() => found.forEach((it) => this.processes.delete(it)));
    return Promise.resolve(found.length > 0);
  }

  removeGrants(firewall: FirewallKind): Promise<boolean> {
    const wasIn = this.grants.has(firewall);
    this.#must(() => this.grants.delete(firewall));
    return Promise.resolve(wasIn);
  }

  #serve(name: string): void {
    this.processes.add(name);
    const [, folder = "/run/fwknop"] = /--run-dir (\S+)/.exec(name) ?? [];
    this.folders.add(folder);
    this.files.set(`${folder}/fwknopd.pid`, "1");
    this.grants.add(this.firewall);
  }

  #run(words: readonly string[]): ProgramOutcome {
    const [program = "", action = ""] = words;
    const name = words.at(-1) ?? "";
    if (/tables$/.test(program)) return this.#change(words);
    switch (action) {
      case "start":
        this.active.add(name);
        this.grants.add(this.firewall);
        return OK;
      case "stop":
        this.active.delete(name);
        return OK;
      case "enable":
        this.enabled.add(name);
        return OK;
      case "disable":
        this.enabled.delete(name);
        return OK;
      case "is-active":
        return this.active.has(name) ? OK : NO;
      case "is-enabled":
        return this.enabled.has(name) ? OK : NO;
      default:
        return OK;
    }
  }

  /** `PROGRAM -w 5 -I INPUT 1 RULE` or `PROGRAM -w 5 -D INPUT RULE`. */
  #change([program, , , action, , ...rest]: readonly string[]): ProgramOutcome {
    if (action === "-I") {
      this.rules.unshift([program, ...rest.slice(1)].join(" "));
      return OK;
    }
    const at = this.rules.indexOf([program, ...rest].join(" "));
    if (at < 0) return NO;
    this.rules.splice(at, 1);
    return OK;
  }

  #must(effect: () => void): void {
    if (this.#operation(() => (effect(), true), false) === false) {
      throw new HintedError("it failed");
    }
  }

  #operation<T>(effect: () => T, failed: T): T {
    const what = this.mishap?.at === this.operations++ ? this.mishap.what : undefined;
    if (what === "before") throw new Killed();
    if (what === "fails") return failed;
    const result = effect();
    if (what === "after") throw new Killed();
    return result;
  }
}
