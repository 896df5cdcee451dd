/**
 * The exit statuses of a knock with `--wait`.
 *
 * @module
 */

/** Exit statuses of `--wait`, which scripts use. */
export const WaitExit = {
  silent: 3,
  refused: 4,
  unreachable: 5,
  wrongClock: 6,
  openBefore: 7,
} as const;
