/**
 * The portable bundle: the program as JavaScript, for a Deno that is installed already. It is for systems that the
 * binaries do not run on.
 *
 * @module
 */
import { textBytes } from "../../lib/crypto/bytes.ts";
import type { TarEntry } from "./tar.ts";

/** The script that starts it. It finds the bundle beside itself, also through a link. */
export const PORTABLE_START = `#!/bin/sh
# Starts fwknop with the Deno on PATH (2.4 or newer). All other settings of Deno are switched off.
here=$(dirname "$(readlink -f "$0")")
exec deno run --quiet --no-prompt --no-config --no-lock --no-remote --allow-all "$here/lib/main.js" "$@"
`;

/** What it says of itself. */
const NOTE = `fwknop as JavaScript, for Deno 2.4 or newer.

Start it with ./fwknop, or link that file into a folder of your PATH. It is tested with Deno's own
builds on Linux with glibc. On musl (Alpine) use the distribution's own Deno: fwknop looks for the C
library by its name there; that is untested. On the BSDs only the client can work, and that is
untested too: the daemon knows the system calls of Linux and macOS. OpenWrt has no Deno, so neither
this bundle nor the binary runs on it: fwknop uci converts a router's settings for a gateway that can
run it.
`;

/**
 * The files below one folder.
 *
 * @param files text of the bundle by name, {@link BUNDLE_ENTRY} among them.
 * @param documents further files, for example the licence.
 */
export function portableEntries(
  folder: string,
  files: ReadonlyMap<string, string>,
  documents: readonly TarEntry[],
): TarEntry[] {
  const text = (path: string, content: string, mode: number): TarEntry => {
    return { kind: "file", path: `${folder}/${path}`, mode, content: textBytes(content) };
  };
  return [
    text("fwknop", PORTABLE_START, 0o755),
    text("PORTABLE.md", NOTE, 0o644),
    ...documents,
    ...[...files].sort(([one], [two]) => one < two ? -1 : 1).map(([name, content]) =>
      text(`lib/${name}`, content, 0o644)
    ),
  ];
}
