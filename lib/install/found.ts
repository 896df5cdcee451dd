/**
 * What is at a path, compared with what was installed there.
 *
 * @module
 */
import { engineDigest } from "../crypto/engine.ts";
import { toHex } from "../crypto/hex.ts";
import { ifThere } from "../files/if_there.ts";
import type { InstalledItem } from "./contents.ts";
import type { InstalledFile } from "./manifest.ts";

/** What is at a path. */
export type FoundItem =
  | { readonly kind: "missing" | "folder" | "other" }
  | { readonly kind: "file"; readonly content: string; readonly mode: number }
  | { readonly kind: "link"; readonly content: string };

/** Looks at a path without following a link at its end. Throws the system's errors. */
export async function findAt(path: string): Promise<FoundItem> {
  const info = ifThere(() => Deno.lstatSync(path));
  if (info === undefined) return { kind: "missing" };
  if (info.isSymlink) return { kind: "link", content: linkContent(Deno.readLinkSync(path)) };
  if (info.isDirectory) return { kind: "folder" };
  if (!info.isFile) return { kind: "other" };
  const content = await fileContent(await Deno.readFile(path));
  return { kind: "file", content, mode: (info.mode ?? 0) & 0o7777 };
}

/** Whether a file or a link is as it was installed. */
export function isAsInstalled(found: FoundItem, { content, mode }: InstalledFile): boolean {
  if (found.kind === "link") return found.content === content && mode === undefined;
  return found.kind === "file" && found.content === content && found.mode === mode;
}

/** The entry in the list for a file or a link. */
export async function installedFile(
  item: Exclude<InstalledItem, { kind: "folder" }>,
): Promise<InstalledFile> {
  const { path } = item;
  return item.kind === "link"
    ? { path, content: linkContent(item.target) }
    : { path, content: await fileContent(item.content), mode: item.mode };
}

/** SHA-256 in hexadecimal. */
async function fileContent(bytes: Uint8Array): Promise<string> {
  return toHex(await engineDigest("sha256", bytes));
}

function linkContent(target: string): string {
  return `-> ${target}`;
}
