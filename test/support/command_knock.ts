/**
 * Sends knocks for the tests of commands and cycles, with one pair of keys.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";
import { withFolder } from "./folder.ts";
import type { Namespace } from "./namespace.ts";

/** The beginning of every stanza: its source and keys. */
export const STANZA_HEAD = [
  "SOURCE ANY",
  "KEY testtest",
  "HMAC_KEY hmackey1",
  "REQUIRE_SOURCE_ADDRESS Y",
];

/** A stanza with these lines. */
export function stanzaOf(...lines: readonly string[]): string {
  return [...STANZA_HEAD, ...lines, ""].join("\n");
}

/** Our client and the C client, which accept the same options here. */
export const CLIENTS = {
  ours: [...SOURCE_PROGRAM, "knock"],
  reference: ["fwknop", "--no-save-args"],
} as const;

/** Sends one packet to the address. */
export async function knockWith(
  client: readonly string[],
  from: Namespace,
  to: string,
  ...options: readonly string[]
): Promise<void> {
  const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
  await from.must(...client, "--no-rc-file", "-D", to, ...keys, ...options);
}

/** Makes a folder for the test that other users can read, and removes it at the end. */
export function withReadableFolder(body: (folder: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    if (Deno.build.os !== "windows") await Deno.chmod(folder, 0o755);
    await body(folder);
  });
}
