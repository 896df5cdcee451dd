/**
 * How a knock that is waited for ends.
 *
 * @module
 */

/** Exit statuses of `--wait`, so that scripts can tell. */
export const WaitExit = {
  silent: 3,
  refused: 4,
  unreachable: 5,
  wrongClock: 6,
  openBefore: 7,
} as const;
