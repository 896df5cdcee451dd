/**
 * A stanza of `access.conf` while its lines are being read.
 *
 * @module
 */
import type { AccessName, AccessValues } from "./access_variables.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import type { Exposure } from "./exposure.ts";
import type { GivenValue } from "./given_value.ts";

/** A value of a stanza. The text of a secret is a mask. */
interface DraftValue extends GivenValue {
  readonly value: unknown;
  readonly position: Position;
}

/** The values of one stanza, each parsed by itself; what they mean together is decided at its end. */
export class StanzaDraft {
  readonly #values = new Map<AccessName, DraftValue>();
  /** Why the stanza must be left out: its key file is not in order. */
  rejection: Diagnostic | undefined;
  /** A value of it is wrong, so that checks on the whole would only find the consequences. */
  isBroken = false;
  /** So is one that holds a key. */
  keyIsBroken = false;
  /** The file that it takes keys from, which somebody else may own. */
  keyFile: string | undefined;
  /** Who else can change a file it is made of. */
  exposure: Exposure | undefined;

  /** @param source SOURCE as written. */
  constructor(readonly source: string, readonly position: Position) {}

  /** Sets a value; the last one of a name counts. */
  set(name: AccessName, value: DraftValue): void {
    // Removed first, so that the map is in the order of the values that count.
    this.#values.delete(name);
    this.#values.set(name, value);
  }

  has(name: AccessName): boolean {
    return this.#values.has(name);
  }

  /** The value, or `undefined` where it is not set. */
  value<Name extends AccessName>(name: Name): AccessValues[Name] | undefined {
    // `set` is only given what the parser of the row's kind made.
    return this.#values.get(name)?.value as AccessValues[Name] | undefined;
  }

  /** The name among these that was set last: KEY and KEY_BASE64 replace each other. */
  latest<Name extends AccessName>(...names: readonly Name[]): Name | undefined {
    return [...this.#values.keys()].findLast((name): name is Name =>
      (names as readonly AccessName[]).includes(name)
    );
  }

  /** Where the value stands, or else the stanza. */
  positionOf(name: AccessName | undefined): Position {
    return (name === undefined ? undefined : this.#values.get(name)?.position) ?? this.position;
  }

  /** What was written, without any secret. */
  written(): Map<AccessName, GivenValue> {
    return new Map(
      [...this.#values].map(([name, { text, position }]) => [name, { text, position }]),
    );
  }
}
