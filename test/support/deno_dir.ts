/**
 * Deno's folder of downloaded modules, for programs with another HOME.
 *
 * @module
 */
import { mustRun } from "../../scripts/process.ts";

/** Sets the variable to the folder in use, so that a program in another home downloads nothing. */
export async function denoDir(): Promise<{ DENO_DIR: string }> {
  const text = await mustRun(Deno.execPath(), ["info", "--json"]);
  const { denoDir }: { denoDir: string } = JSON.parse(text);
  return { DENO_DIR: denoDir };
}
