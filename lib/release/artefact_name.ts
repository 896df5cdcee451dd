/**
 * Names of the files of a release. They hold the version and the platform, and the signed sums hold the names.
 *
 * @module
 */
import { isVersion } from "./version_order.ts";

/** What the name of a file says. */
export interface ArtefactName {
  /** `1.0.0-rc.1`. */
  readonly version: string;
  /** `linux-x64`. */
  readonly platform: string;
  /** The binary itself, or an archive with it. */
  readonly form: "binary" | "archive";
}

const NAME = /^fwknop-(.+)-((?:linux|macos|windows)-(?:x64|arm64))(\.exe|\.tar\.gz|)$/;

/** Reads `fwknop-VERSION-PLATFORM`, alone or with `.exe` or `.tar.gz`; `undefined` for any other name. */
export function parseArtefactName(name: string): ArtefactName | undefined {
  const [, version = "", platform = "", suffix] = NAME.exec(name) ?? [];
  if (!isVersion(version)) return undefined;
  return { version, platform, form: suffix === ".tar.gz" ? "archive" : "binary" };
}

const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos" };
const PROCESSORS: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The platform of the running program, in the words of file names. */
export function ownPlatform(): string {
  const { os, arch } = Deno.build;
  return `${SYSTEMS[os] ?? os}-${PROCESSORS[arch] ?? arch}`;
}
