/**
 * Saves a copy of the packet (`-B`).
 *
 * @module
 */
import { systemReasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { isSpecialFile } from "../files/private_file.ts";
import { Problem } from "./problem.ts";

/**
 * Writes the packet and a line feed, and replaces the file unless `append`. Only the owner can read the file: a packet
 * that the server has not seen yet opens the port. A device or a pipe such as `/dev/stdout` is written to, not
 * replaced.
 */
export async function savePacket(
  path: string,
  packet: string,
  append: boolean,
): Promise<Problem | undefined> {
  try {
    const text = `${packet}\n`;
    if (isSpecialFile(path)) {
      // With a mode, the runtime would change that of the device: of /dev/null for every program of the host.
      await Deno.writeTextFile(path, text, { create: false });
      return undefined;
    }
    if (!append) ifThere(() => Deno.removeSync(path));
    await Deno.writeTextFile(path, text, { append, createNew: !append, mode: 0o600 });
    return undefined;
  } catch (error) {
    return new Problem(`the packet is not saved to ${path}: ${systemReasonOf(error)}`, {
      reference: `write_spa_packet_data: ${systemReasonOf(error)}`,
    });
  }
}
