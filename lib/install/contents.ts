/**
 * What an installation consists of. `fwknop install` writes it to the host, the scripts that make packages write it
 * into a folder.
 *
 * @module
 */
import { textBytes } from "../crypto/bytes.ts";
import { systemdUnit } from "../daemon/systemd_unit.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { Commands } from "../manual/command.ts";
import { COMPLETIONS } from "../manual/completion/scripts.ts";
import { MANUAL_PAGES } from "../manual/pages.ts";
import { renderRoff } from "../manual/roff.ts";

/** Where the parts of an installation go. All paths are absolute and without the root of a packager. */
export interface InstallLayout {
  /** `/usr/local`, or `/usr` for a package of a distribution; without a slash at the end. */
  readonly prefix: string;
  /** The system that the files are for. Only Linux has the daemon. */
  readonly os: "linux" | "darwin";
  /** The folder of service files. Absent: `PREFIX/lib/systemd/system`. */
  readonly unitFolder?: string;
  /** The folder of completion for zsh. Absent: `PREFIX/share/zsh/site-functions`; Debian's packages have another. */
  readonly zshFolder?: string;
}

/** A file, a symbolic link or a folder of an installation. Modes are permission bits. */
export type InstalledItem =
  | {
    readonly kind: "file";
    readonly path: string;
    readonly mode: number;
    readonly content: Uint8Array<ArrayBuffer>;
  }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "folder"; readonly path: string; readonly mode: number };

/** The folder of the configuration, which holds keys. It is the same for every prefix. */
export const SETTINGS_FOLDER = "/etc/fwknop";

/** The service that needs no root, and the one that runs as root as the C daemon does. Each excludes the other. */
export const SERVICES = {
  "fwknop.service": "hardened",
  "fwknop-compatible.service": "compatible",
} as const;

/** The path of the binary. */
export function programPath(prefix: string): string {
  return `${prefix}/bin/fwknop`;
}

/** The folder of what `install` and `upgrade` keep for themselves. */
export function ownFolder(prefix: string): string {
  return `${prefix}/lib/fwknop`;
}

/** The folder of service files of a prefix. */
export function unitFolder({ prefix, unitFolder }: InstallLayout): string {
  return unitFolder ?? `${prefix}/lib/systemd/system`;
}

/**
 * fish reads `/usr/share/fish/vendor_completions.d` for packages and `/etc/fish/completions` for the administrator
 * (fish(1), "Where to put completions"). It does not look below `/usr/local` on its own.
 */
function fishFolder(prefix: string): string {
  return prefix === "/usr" ? "/usr/share/fish/vendor_completions.d" : "/etc/fish/completions";
}

/**
 * Checks a prefix, and returns it without slashes at the end.
 *
 * @throws {HintedError} for a path that is not absolute or that a service file could not name.
 */
export function readPrefix(text: string): string {
  const prefix = text.replace(/\/+$/, "");
  const parts = prefix.split("/").slice(1);
  if (/^(?:\/[\w.+-]+)+$/.test(prefix) && !parts.some((part) => /^\.\.?$/.test(part))) {
    return prefix;
  }
  throw new HintedError(
    `--prefix "${text}" must be an absolute path of letters, digits and . _ + - without ..`,
    { hint: "The usual prefixes are /usr/local, and /usr for a package of a distribution" },
  );
}

/**
 * Every item, in the order of installation.
 *
 * @param program the bytes of the binary.
 * @param commands what manual and completion describe.
 */
export function installedItems(
  layout: InstallLayout,
  program: Uint8Array<ArrayBuffer>,
  commands: Commands,
): InstalledItem[] {
  const { prefix, os } = layout;
  const share = `${prefix}/share`;
  const bash = `${share}/bash-completion/completions`;
  const fish = fishFolder(prefix);
  const server: InstalledItem[] = os !== "linux" ? [] : [
    { kind: "link", path: `${prefix}/sbin/fwknopd`, target: "../bin/fwknop" },
    ...Object.entries(SERVICES).map(([name, kind]) =>
      textFile(`${unitFolder(layout)}/${name}`, systemdUnit(kind, programPath(prefix)))
    ),
    { kind: "folder", path: SETTINGS_FOLDER, mode: 0o700 },
  ];
  return [
    { kind: "file", path: programPath(prefix), mode: 0o755, content: program },
    ...server,
    ...Object.values(MANUAL_PAGES).map((make): InstalledItem => {
      const page = make(commands);
      const path = `${share}/man/man${page.section}/${page.name}.${page.section}`;
      return textFile(path, renderRoff(page));
    }),
    // bash and fish find a script by the name of the program that is completed.
    textFile(`${bash}/fwknop`, COMPLETIONS.bash(commands)),
    { kind: "link", path: `${bash}/fwknopd`, target: "fwknop" },
    textFile(
      `${layout.zshFolder ?? `${share}/zsh/site-functions`}/_fwknop`,
      COMPLETIONS.zsh(commands),
    ),
    textFile(`${fish}/fwknop.fish`, COMPLETIONS.fish(commands)),
    { kind: "link", path: `${fish}/fwknopd.fish`, target: "fwknop.fish" },
  ];
}

function textFile(path: string, text: string): InstalledItem {
  return { kind: "file", path, mode: 0o644, content: new Uint8Array(textBytes(text)) };
}
