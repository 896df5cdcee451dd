/**
 * Assertions for tests, in one place so that their source is one line to change.
 *
 * @module
 */
export {
  deepStrictEqual as assertEquals,
  match as assertMatch,
  ok as assert,
  rejects as assertRejects,
  throws as assertThrows,
} from "node:assert/strict";
