/**
 * Keeping a copy of the packet (`-B`).
 *
 * @module
 */
import { errorText } from "../errors/error_text.ts";
import { isSpecialFile } from "./private_file.ts";
import { Problem } from "./problem.ts";

/**
 * Writes the packet and a line feed, replacing the file unless `append`. A packet not yet seen by the server
 * opens its port, so nobody else may read the file. What is not a file (`/dev/stdout`) is written to and stays.
 */
export async function savePacket(
  path: string,
  packet: string,
  append: boolean,
): Promise<Problem | undefined> {
  try {
    const createNew = !append && !await isSpecialFile(path);
    if (createNew) await removeIfPresent(path);
    await Deno.writeTextFile(path, `${packet}\n`, { append, createNew, mode: 0o600 });
    return undefined;
  } catch (error) {
    return new Problem(`the packet is not saved to ${path}: ${errorText(error)}`, {
      reference: `write_spa_packet_data: ${errorText(error)}`,
    });
  }
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
