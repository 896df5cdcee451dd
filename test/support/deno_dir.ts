/**
 * Deno's folder of downloaded modules, for programs that get a HOME of their own.
 *
 * @module
 */
import { mustRun } from "../../scripts/process.ts";

/** The variable that names the folder in use here, so that a program in another home downloads nothing. */
export async function denoDir(): Promise<{ DENO_DIR: string }> {
  const text = await mustRun(Deno.execPath(), ["info", "--json"]);
  const { denoDir }: { denoDir: string } = JSON.parse(text);
  return { DENO_DIR: denoDir };
}
