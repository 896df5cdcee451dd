/**
 * The compiled fwknop that the tests run. An older Deno builds it against a base binary from npm
 * (`scripts/denort.ts`), so it needs no access to Deno's own site.
 *
 * @module
 */
import { buildTestBinary, TEST_CACHE } from "../../scripts/build.ts";
import { denortFromNpm } from "../../scripts/denort.ts";
import { findProgram } from "../../scripts/process.ts";

/** Why there is no compiled binary, or `undefined`. */
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

/** Variable with the path of a binary that is already built: the gate builds one for all its test processes. */
export const TEST_BINARY = "FWKNOP_TEST_BINARY";

let built: Promise<string> | undefined;

/** Path of the binary, which is built once per run. */
export function compiledBinary(): Promise<string> {
  const path = Deno.env.get(TEST_BINARY);
  return built ??= path === undefined ? buildTestBinary() : Promise.resolve(path);
}
