/**
 * Whose rules these are: the NAME of the client that each rule in force was made for, in memory and in a file of the run
 * folder. `fw-list`, which does not ask the daemon, reads the file, and so does the next daemon
 * (`docs/firewalls.md` says why the rules themselves do not hold the name).
 *
 * @module
 */
import { isClientName } from "../config/client_name.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { replaceFile, writeAll } from "../files/replace_file.ts";
import type { KeyedRule } from "./firewall.ts";

/** Path of the file. */
export function grantNamesPath(runFolder: string): string {
  return `${runFolder}/grant-names`;
}

/** What identifies a rule: its key and its end. A later rule may have the key of one whose time is over. */
type RuleIdentity = Pick<KeyedRule, "key" | "expires">;

/** Fewer lines than this are not worth a new file. */
const FEWEST_LINES = 256;
/** Seconds for which a rule whose time is over is still remembered: its removal is logged. */
const GRACE = 60;

/** Remembers names for as long as their rules are in force. */
export class GrantNames {
  readonly #path: string | undefined;
  readonly #now: () => number;
  readonly #warn: (text: string) => void;
  /** By the text of the rule; the expiry begins it. */
  #names: Map<string, string>;
  #file: Deno.FsFile | undefined;
  /** Number of lines at which the file is written anew. */
  #mostLines = FEWEST_LINES;
  #lines = 0;
  #hasWarned = false;

  /**
   * Reads what a former daemon left.
   *
   * @param path of the file; `undefined`: names are kept in memory only.
   * @param now seconds since 1970 UTC.
   * @param warn takes a line for the log. A file that fails costs names in listings, and nothing else.
   */
  constructor(path: string | undefined, now: () => number, warn: (text: string) => void) {
    this.#path = path;
    this.#now = now;
    this.#warn = warn;
    this.#names = new Map();
    this.#try(() => {
      const text = path === undefined ? undefined : ifThere(() => Deno.readTextFileSync(path));
      this.#names = parseGrantNames(text ?? "");
    });
  }

  /** Notes the client of rules that are in force now. Never throws. */
  note(name: string, rules: readonly RuleIdentity[]): void {
    let text = "";
    for (const rule of rules) {
      const identity = identityOf(rule);
      // Set anew, so that the order is that of the lines.
      this.#names.delete(identity);
      this.#names.set(identity, name);
      text += lineOf(identity, name);
    }
    if (this.#path === undefined || text === "") return;
    this.#lines += rules.length;
    this.#try(() => {
      if (this.#file === undefined || this.#lines > this.#mostLines) this.#rewrite();
      else writeAll(this.#file, text);
    });
  }

  /** The client that the rule was made for, if it has a name and this daemon or the one before made the rule. */
  nameOf(rule: RuleIdentity): string | undefined {
    return this.#names.get(identityOf(rule));
  }

  /** Writes the file again if another program removed it. @returns its path, or `undefined` if it was not missing. */
  restore(): string | undefined {
    const path = this.#path;
    if (path === undefined || this.#file === undefined) return undefined;
    if (ifThere(() => Deno.statSync(path)) !== undefined) return undefined;
    this.#try(() => this.#rewrite());
    return path;
  }

  /** Closes the file, which stays: the rules may stay as well. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Replaces the file by one that holds only rules in force. */
  #rewrite(): void {
    if (this.#path === undefined) return;
    const oldest = this.#now() - GRACE;
    for (const identity of this.#names.keys()) {
      if (Number.parseInt(identity) < oldest) this.#names.delete(identity);
    }
    const text = Array.from(this.#names, ([identity, name]) => lineOf(identity, name)).join("");
    this.#lines = this.#names.size;
    this.#mostLines = Math.max(FEWEST_LINES, 2 * this.#lines);
    const file = replaceFile(this.#path, text, { writers: "one", isDurable: false });
    this.#file?.close();
    this.#file = file;
  }

  #try(change: () => void): void {
    try {
      change();
      this.#hasWarned = false;
    } catch (error) {
      if (!this.#hasWarned) {
        this.#warn(`${this.#path} fails, so fw-list shows fewer names: ${reasonOf(error)}`);
      }
      this.#hasWarned = true;
    }
  }
}

/**
 * Gives rules the names of their clients, for a reader outside the daemon. A name that the rule holds itself counts.
 *
 * @throws {HintedError} when the file exists and cannot be read.
 */
export function nameRules(rules: readonly KeyedRule[], path: string): KeyedRule[] {
  let text: string | undefined;
  try {
    text = ifThere(() => Deno.readTextFileSync(path));
  } catch (error) {
    throw new HintedError(`Cannot read the names of clients in ${path}: ${reasonOf(error)}`, {
      hint: "Only root and the user that the server runs as may read it",
      cause: error,
    });
  }
  const names = parseGrantNames(text ?? "");
  return rules.map((rule) => {
    const name = rule.name ?? names.get(identityOf(rule));
    return name === undefined ? rule : { ...rule, name };
  });
}

function identityOf({ expires, key }: RuleIdentity): string {
  return `${expires} ${key}`;
}

function lineOf(identity: string, name: string): string {
  return `${name} ${identity}\n`;
}

const LINE = /^(\S+) ([0-9]{1,11} \S.*)$/;

/** Names by the identity of the rule. A line that is not one, such as the half of one after a crash, is left out. */
export function parseGrantNames(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split("\n").slice(0, -1)) {
    const [, name = "", identity = ""] = LINE.exec(line) ?? [];
    if (isClientName(name)) names.set(identity, name);
  }
  return names;
}
