/**
 * What a parser or a check returns: a value, or why there is none.
 *
 * @module
 */

/** There is a value. */
export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
  readonly error?: undefined;
}

/** There is none. */
export interface Failure<Reason> {
  readonly ok: false;
  readonly error: Reason;
  /** The fact that matters, in words; never a secret. */
  readonly detail?: string;
  readonly value?: undefined;
}

/** A value, or the reason there is none. */
export type Result<Value, Reason> = Success<Value> | Failure<Reason>;

/** The result that holds a value. */
export function success<Value>(value: Value): Success<Value> {
  return { ok: true, value };
}

/** The result that says why there is no value. */
export function failure<const Reason>(error: Reason, detail?: string): Failure<Reason> {
  return detail === undefined ? { ok: false, error } : { ok: false, error, detail };
}
