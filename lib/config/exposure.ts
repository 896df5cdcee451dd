/**
 * Finds out which other user can change a file. The daemon runs as root: a file that another user can write must not
 * decide which commands it runs.
 *
 * @module
 */

/** A way in which a user other than root and the user of this process can change the file of a path. */
export interface Exposure {
  /** The first such cause on the path, an open folder before others: `user 1000 owns /home/x`. */
  readonly text: string;
  /** What that user can change: the file itself, a folder or a link of the path. */
  readonly place: string;
  /** Who can change it: another user who owns it, or users who may write to it. */
  readonly by: "owner" | "everybody" | "group";
  /** It is a folder that others may write to and that has no sticky bit: they can replace the file. */
  readonly isOpenFolder: boolean;
}

/** More links than this are a circle (MAXSYMLINKS of Linux). */
const MOST_LINKS = 40;

/**
 * Examines an open file and every folder and link of its path, including those that links lead through. It is enough to
 * examine them after the file was opened: a user who could change the path in between still owns a part of it, or may
 * still write to it.
 *
 * @param path relative ones are relative to the working directory.
 * @param opened status of the open descriptor; absent for a file that is not opened here.
 * @returns `undefined` if no other user can change it, and on systems without owners.
 * @throws the system's errors; an error if the path leads to another file by now.
 */
export function exposureOf(path: string, opened?: Deno.FileInfo): Exposure | undefined {
  const trusted = trustedAccounts();
  if (trusted === undefined) return undefined;
  let last: Deno.FileInfo | undefined;
  let found: Exposure | undefined;
  for (const { place, info } of placesOf(path)) {
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

/** The result is cached: the permission to ask is dropped before a reload. */
function trustedAccounts(): Trusted | undefined {
  if (accounts !== undefined) return accounts;
  const [user, group] = [Deno.uid(), Deno.gid()];
  if (user === null || group === null) return undefined;
  // By the convention of every distribution, a group with the number of its user is private to that user.
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
  // The mode of a link has no meaning.
  if (isSymlink || mode === null) return undefined;
  // In a folder with the sticky bit, a user cannot replace files of another user.
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

/** Yields every folder and link of a path, from the root, and the file last. */
function* placesOf(path: string): Generator<{ place: string; info: Deno.FileInfo }> {
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
