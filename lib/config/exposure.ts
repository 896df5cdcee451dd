/**
 * Who else can change a file: what keeps a file that some user may write from reaching the commands of a daemon that
 * runs as root.
 *
 * @module
 */

/** A way for somebody other than root and the user this program runs as to change what a path leads to. */
export interface Exposure {
  /** `user 1000 owns /home/x`: the first such thing on the way, an open folder before others. */
  readonly text: string;
  /** What on the way can be changed: the file itself, a folder or a link. */
  readonly place: string;
  /** Who can change it: another user who owns it, or those who may write to it. */
  readonly by: "owner" | "everybody" | "group";
  /** It is a folder that others may write and that has no sticky bit: they can put another file in its place. */
  readonly isOpenFolder: boolean;
}

/** More links than that are a circle (MAXSYMLINKS of Linux). */
const MOST_LINKS = 40;

/**
 * Looks at a file that is open and at every folder and link on the way to it, those behind links too. Looking after
 * opening is enough: whoever could have changed the way in between owns a part of it, or may write to it, still.
 *
 * @param path relative ones are relative to the working directory.
 * @param opened what the open descriptor says; absent for a file that is not opened here.
 * @returns `undefined` where nobody else can change it, and where the system has no owners.
 * @throws the system's errors, also when the path leads elsewhere by now.
 */
export function exposureOf(path: string, opened?: Deno.FileInfo): Exposure | undefined {
  const trusted = trustedAccounts();
  if (trusted === undefined) return undefined;
  let last: Deno.FileInfo | undefined;
  let found: Exposure | undefined;
  for (const { place, info } of way(path)) {
    const here = exposureAt(place, info, trusted);
    if (found === undefined || (here?.isOpenFolder && !found.isOpenFolder)) found = here ?? found;
    last = info;
  }
  const isSame = opened === undefined || (last?.dev === opened.dev && last?.ino === opened.ino);
  if (!isSame) throw new Error("it was replaced while it was read");
  return found;
}

interface Trusted {
  readonly user: number;
  readonly groups: readonly number[];
}

let accounts: Trusted | undefined;

/** Asked for once: the permission to ask is dropped before a reload. */
function trustedAccounts(): Trusted | undefined {
  if (accounts !== undefined) return accounts;
  const [user, group] = [Deno.uid(), Deno.gid()];
  if (user === null || group === null) return undefined;
  // A group with the number of its user is that user's own, by the custom of every distribution.
  return accounts = { user, groups: group === user ? [0, group] : [0] };
}

function exposureAt(
  place: string,
  { uid, gid, mode, isSymlink, isDirectory }: Deno.FileInfo,
  { user, groups }: Trusted,
): Exposure | undefined {
  if (uid !== 0 && uid !== user) {
    return { text: `user ${uid} owns ${place}`, place, by: "owner", isOpenFolder: false };
  }
  // The mode of a link means nothing.
  if (isSymlink || mode === null) return undefined;
  // In a folder with the sticky bit nobody can replace what belongs to somebody else.
  if (isDirectory && (mode & STICKY) !== 0) return undefined;
  if ((mode & OTHERS_WRITE) !== 0) {
    const text = `everybody can write to ${place}`;
    return { text, place, by: "everybody", isOpenFolder: isDirectory };
  }
  if ((mode & GROUP_WRITE) !== 0 && !groups.includes(gid ?? 0)) {
    const text = `group ${gid} can write to ${place}`;
    return { text, place, by: "group", isOpenFolder: isDirectory };
  }
  return undefined;
}

const STICKY = 0o1000;
const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;

/** Every folder, link and at last the file that a path goes through, from the root. */
function* way(path: string): Generator<{ place: string; info: Deno.FileInfo }> {
  const start = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const parts = start.split("/").reverse();
  let [folder, links] = ["", 0];
  yield { place: "/", info: Deno.lstatSync("/") };
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      folder = folder.slice(0, folder.lastIndexOf("/"));
      continue;
    }
    const place = `${folder}/${part}`;
    const info = Deno.lstatSync(place);
    yield { place, info };
    if (!info.isSymlink) {
      folder = place;
      continue;
    }
    if (++links > MOST_LINKS) throw new Error("too many symbolic links");
    const target = Deno.readLinkSync(place);
    if (target.startsWith("/")) folder = "";
    parts.push(...target.split("/").reverse());
  }
}
