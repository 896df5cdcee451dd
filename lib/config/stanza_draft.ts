/**
 * A stanza of `access.conf` while its lines are read.
 *
 * @module
 */
import type { AccessName, AccessValues } from "./access_variables.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import type { Exposure } from "./exposure.ts";
import type { GivenValue } from "./given_value.ts";

/** A value of a stanza. The text of a secret is masked. */
interface DraftValue extends GivenValue {
  readonly value: unknown;
  readonly position: Position;
}

/** The values of one stanza, each parsed on its own. They are checked together at the end of the stanza. */
export class StanzaDraft {
  readonly #values = new Map<AccessName, DraftValue>();
  /** Why the stanza is left out: an error of its key file. */
  rejection: Diagnostic | undefined;
  /** Whether a value is wrong; checks of the whole stanza would only report consequences. */
  isBroken = false;
  /** Whether a value that holds a key is wrong. */
  keyIsBroken = false;
  /** The file that it takes keys from; another user may own it. */
  keyFile: string | undefined;
  /** Which other user can change a file of this stanza. */
  exposure: Exposure | undefined;

  /** @param source SOURCE as written. */
  constructor(readonly source: string, readonly position: Position) {}

  /** Sets a value; the last one of a name wins. */
  set(name: AccessName, value: DraftValue): void {
    // Removed first, so that the map keeps the order of the values that count.
    this.#values.delete(name);
    this.#values.set(name, value);
  }

  has(name: AccessName): boolean {
    return this.#values.has(name);
  }

  /** Returns the value; `undefined` if it is not set. */
  value<Name extends AccessName>(name: Name): AccessValues[Name] | undefined {
    // Callers of `set` pass only values from the parser of the row's kind.
    return this.#values.get(name)?.value as AccessValues[Name] | undefined;
  }

  /** Which of these names was set last: KEY and KEY_BASE64 replace each other. */
  latest<Name extends AccessName>(...names: readonly Name[]): Name | undefined {
    return [...this.#values.keys()].findLast((name): name is Name =>
      (names as readonly AccessName[]).includes(name)
    );
  }

  /** Position of the value; if it is not set, of the stanza. */
  positionOf(name: AccessName | undefined): Position {
    return (name === undefined ? undefined : this.#values.get(name)?.position) ?? this.position;
  }

  /** The written values, without secrets. */
  written(): Map<AccessName, GivenValue> {
    return new Map(
      [...this.#values].map(([name, { text, position }]) => [name, { text, position }]),
    );
  }
}
