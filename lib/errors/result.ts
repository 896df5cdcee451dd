/**
 * The result of a parser or a check: a value, or a reason.
 *
 * @module
 */

/** A result with a value. */
export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
  readonly error?: undefined;
}

/** A result without value. */
export interface Failure<Reason> {
  readonly ok: false;
  readonly error: Reason;
  /** The important fact, in words; never a secret. */
  readonly detail?: string;
  readonly value?: undefined;
}

/** A value, or the reason why it is missing. */
export type Result<Value, Reason> = Success<Value> | Failure<Reason>;

/** Makes a result with a value. */
export function success<Value>(value: Value): Success<Value> {
  return { ok: true, value };
}

/** Makes a result with a reason. */
export function failure<const Reason>(error: Reason, detail?: string): Failure<Reason> {
  return detail === undefined ? { ok: false, error } : { ok: false, error, detail };
}
