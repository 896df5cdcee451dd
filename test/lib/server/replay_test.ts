import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { openReplayFile, ReplayFile } from "../../../lib/server/replay_file.ts";
import { formatReplayFile, parseReplayFile } from "../../../lib/server/replay_file_text.ts";
import {
  formatReplayEntry,
  parseReplayEntry,
  REPLAY_FILE_HEADER,
  type ReplayEntry,
} from "../../../lib/server/replay_entry.ts";
import { withFolder } from "../../support/folder.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";

function digest(seed: number): string {
  return encodeBase64(new Uint8Array(32).fill(seed));
}

/** An entry as the C daemon writes it. */
function entry(seed: number, time: number): ReplayEntry {
  return {
    digest: digest(seed),
    protocol: 17,
    source: "192.0.2.44",
    sourcePort: 53992,
    destination: "198.51.100.7",
    destinationPort: 62201,
    time,
  };
}

/** An entry as this daemon writes it. */
function ours(seed: number, time: number, timestamp = time): ReplayEntry {
  return { ...entry(seed, time), message: { digest: digest(seed + 100), timestamp } };
}

/** A replay cache with its own file, opened as a server opens it. */
function memoryAt(path: string, now: number, options: { window?: number; kept?: number } = {}) {
  const { window = 120, kept } = options;
  const cache = new ReplayCache(kept === undefined ? {} : { kept });
  cache.configure({ window, opened: openReplayFile(path) }, now);
  return cache;
}

Deno.test("the cache reads and writes a line of the C daemon's replay file unchanged", () => {
  const line =
    "ImOUbGSUwXTNHUVIuw5Xgi0WXmT7fS5i5iI4IAWFrKw 17 192.0.2.44 53992 198.51.100.7 62201 1795295475";
  const parsed = parseReplayEntry(line);
  assert(parsed !== undefined);
  assertEquals(formatReplayEntry(parsed), `${line}\n`);
});

Deno.test("the example of a replay file is read completely", () => {
  const content = parseReplayFile(Deno.readTextFileSync("examples/ssh/digest.cache"));
  assertEquals(content.entries.length, 1);
  assertEquals(content.invalidLines, []);
});

Deno.test("lines without an entry are skipped, and their numbers are reported", () => {
  const good = formatReplayEntry(entry(1, 5));
  const text = `${REPLAY_FILE_HEADER}; note\n${good}short 17 1.2.3.4 1 1.2.3.4 1 1\n${
    good.replace("192.0.2.44", "192.0.2.444")
  }${good.trim()} extra\n\n`;
  const content = parseReplayFile(text);
  assertEquals(content.entries, [entry(1, 5)]);
  assertEquals(content.invalidLines, [4, 5, 6]);
});

Deno.test("the message of a packet is a comment below its line, and belongs to no other line", () => {
  const entries = [ours(1, 5, 4), entry(2, 6), ours(3, 7)];
  const text = formatReplayFile(entries, 2);
  assertEquals(parseReplayFile(text), { entries, horizon: 2, invalidLines: [] });
  const lines = text.split("\n");
  assertEquals(lines.filter((line) => !line.startsWith("#") && line !== "").length, 3);
  const [, comment = ""] = formatReplayEntry(ours(1, 5)).split("\n");
  const moved = `${formatReplayEntry(entry(1, 5))}\n${comment}\n`;
  assertEquals(parseReplayFile(moved).entries, [entry(1, 5)]);
});

Deno.test("a packet is accepted once, and its message in another text is not accepted", () => {
  const cache = new ReplayCache({ window: 120 });
  assertEquals(cache.lookup(digest(1)), undefined);
  assert(cache.add(ours(1, 1000)));
  assert(!cache.add(ours(1, 1001)));
  assertEquals(cache.lookup(digest(1)), ours(1, 1000));
  assert(!cache.add({ ...ours(1, 1002), digest: digest(2) }));
  assertEquals(cache.lookup(digest(2)), undefined);
});

Deno.test("packets that are too old are forgotten once a fifth of the cache is too old, but the newest are kept", () => {
  const cache = new ReplayCache({ window: 120, kept: 2 });
  for (const seed of [1, 2, 3]) cache.add(ours(seed, 1000 + seed));
  cache.add(ours(4, 5000));
  assertEquals(cache.size, 2, "two are too old, and not among the two newest");
  assertEquals(cache.lookup(digest(1)), undefined);
  assert(cache.lookup(digest(3)) !== undefined);
  assert(cache.mayHaveForgotten(1002) && !cache.mayHaveForgotten(1003));
});

Deno.test("an entry of the C daemon is kept for twice the window, because its packet may have been ahead", () => {
  for (const [time, size] of [[1240, 4], [1241, 2]] as const) {
    const cache = new ReplayCache({ window: 120, kept: 2 });
    for (const seed of [1, 2]) cache.add(entry(seed, 1000));
    cache.add(ours(3, time));
    cache.add(ours(4, time));
    assertEquals(cache.size, size);
    assertEquals(cache.mayHaveForgotten(1120), size === 2);
  }
});

Deno.test("without an age window the cache forgets nothing", () => {
  const cache = new ReplayCache({ window: undefined, kept: 0 });
  cache.add(ours(1, 0));
  cache.add(ours(2, 2_000_000_000));
  assertEquals(cache.size, 2);
});

Deno.test("packets that were forgotten do not fill the cache again", () => {
  const cache = new ReplayCache({ window: 120, kept: 1 });
  cache.add(ours(1, 1000));
  cache.add(ours(2, 5000));
  assertEquals(cache.size, 1);
  assert(cache.add(ours(1, 5001, 1000)), "policy refuses it");
  assertEquals(cache.size, 1);
  assert(!cache.add(ours(1, 5002, 1000)), "its copies are recognized");
  const late = (seed: number): ReplayEntry => ({ ...ours(1, 5003, 999), digest: `${seed}` });
  for (let seed = 0; seed < 1000; seed++) assert(cache.add(late(seed)));
  assertEquals(cache.lookup(digest(1)), undefined, "only the newest are recognized");
  assertEquals(cache.lookup("0")?.time, 5003);
  assertEquals(cache.size, 1);
});

Deno.test("only some packets that are too far ahead are remembered, so that they do not fill the cache for years", () => {
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const cache = memoryAt(path, 1000, { kept: 2 });
    for (const seed of [1, 2, 3, 4]) assert(cache.add(ours(seed, 1000, 9000)), "policy refuses it");
    const size = (): number => cache.size;
    assertEquals(size(), 2);
    assert(!cache.add(ours(1, 8990, 9000)), "it is still remembered when its time has come");
    assert(
      cache.add(ours(5, 8990, 9100)) && size() === 3,
      "a packet with the right time is remembered",
    );
    cache.add(ours(8, 8990, 99_000));
    assert(!cache.holds(digest(8)) && cache.lookup(digest(8)) !== undefined);
    for (const seed of [6, 7]) cache.add(ours(seed, 9130, 9130));
    assertEquals(size(), 3, "the time of these and of earlier packets is over");
    cache.add(ours(9, 9130, 99_000));
    assert(cache.holds(digest(9)), "the cache has room again");
    cache.close();
  });
});

Deno.test("an entry that cannot be written is not remembered", () => {
  const fail = () => {
    throw new Error("No space left on device");
  };
  const store = { append: fail, replace: fail, reopen: () => undefined, close: () => {} };
  const cache = new ReplayCache();
  cache.configure({ window: 120, opened: { store, content: parseReplayFile("") } }, 1000);
  assertThrows(() => cache.add(ours(1, 1000)), /No space left/);
  assertEquals(cache.size, 0);
});

Deno.test("a new replay file has mode 0600, the header, and each entry as soon as it is added", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const cache = memoryAt(path, 1000);
    cache.add(ours(1, 1000));
    assertEquals(
      Deno.readTextFileSync(path),
      REPLAY_FILE_HEADER + formatReplayEntry(ours(1, 1000)),
    );
    if (Deno.build.os !== "windows") assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    cache.close();
  }));

Deno.test("after a crash that cut a line short, the next entry starts on a new line", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    for (const torn of ["ImOUbGSU", formatReplayEntry(ours(9, 5)).slice(0, -5)]) {
      Deno.writeTextFileSync(path, `${REPLAY_FILE_HEADER}${torn}`);
      const cache = memoryAt(path, 1000);
      cache.add(ours(1, 1000));
      cache.close();
      assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.at(-1), ours(1, 1000));
    }
  }));

Deno.test("without a usable replay file the server does not start", () =>
  withFolder((folder) => {
    assertThrows(
      () => openReplayFile(`${folder}/nowhere/digest.cache`),
      (error) =>
        error instanceof HintedError &&
        error.message.startsWith(`Cannot use the replay file ${folder}/nowhere/digest.cache: `),
    );
    assertThrows(
      () => openReplayFile(folder),
      (error) => error instanceof HintedError && /is not a regular file/.test(error.message),
    );
  }));

Deno.test("after a full disk cut a line short, the next entry starts on a new line", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const { store } = ReplayFile.open(path);
    const real = Deno.FsFile.prototype.writeSync;
    Deno.FsFile.prototype.writeSync = function (bytes: Uint8Array): number {
      return real.call(this, bytes.subarray(0, 20));
    };
    try {
      assertThrows(() => store.append(formatReplayEntry(entry(1, 5000))), /Only 20 of/);
    } finally {
      Deno.FsFile.prototype.writeSync = real;
    }
    store.append(formatReplayEntry(entry(2, 5001)));
    store.append(formatReplayEntry(entry(3, 5002)));
    store.close();
    const { entries, invalidLines } = parseReplayFile(Deno.readTextFileSync(path));
    assertEquals(entries, [entry(2, 5001), entry(3, 5002)]);
    assertEquals(invalidLines, [2]);
  }));

Deno.test("the file shrinks with the cache, and the next server refuses packets that the file no longer lists", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const cache = memoryAt(path, 1000, { kept: 2 });
    for (let time = 1000; time < 200_000; time += 1000) cache.add(ours(time / 1000, time));
    const { entries, horizon } = parseReplayFile(Deno.readTextFileSync(path));
    assert(entries.length <= 4, `${entries.length}`);
    assertEquals(entries, [...cache.entries()]);
    cache.close();
    const next = memoryAt(path, 200_000, { kept: 2 });
    assert(next.mayHaveForgotten(horizon) && !next.mayHaveForgotten(199_000));
    next.add(ours(250, 200_001));
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.at(-1), ours(250, 200_001));
    next.close();
  }));

Deno.test("replacing the file does not follow a link of another user, and keeps the administrator's link", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    Deno.mkdirSync(`${folder}/elsewhere`);
    Deno.writeTextFileSync(`${folder}/victim`, "untouched");
    Deno.writeTextFileSync(`${folder}/elsewhere/digests`, "", { mode: 0o600 });
    Deno.symlinkSync(`${folder}/victim`, `${folder}/elsewhere/digests.new`);
    Deno.symlinkSync("elsewhere/digests", path);
    const cache = memoryAt(path, 1000, { kept: 0 });
    cache.add(ours(1, 1000));
    cache.add(ours(2, 5000));
    cache.add(ours(3, 9000));
    cache.close();
    assertEquals(Deno.readTextFileSync(`${folder}/victim`), "untouched");
    assert(Deno.lstatSync(path).isSymlink);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.length, 1);
  }));

Deno.test("a new file gets the entries and the horizon of the old file", () =>
  withFolder((folder) => {
    const cache = memoryAt(`${folder}/one`, 1000, { window: 10, kept: 1 });
    cache.add(ours(1, 4900));
    cache.add(ours(2, 4990));
    Deno.writeTextFileSync(`${folder}/two`, formatReplayEntry(entry(3, 4995)), { mode: 0o600 });
    cache.configure({ window: 3600, opened: openReplayFile(`${folder}/two`) }, 5000);
    cache.add(ours(4, 5001));
    assertEquals(parseReplayFile(Deno.readTextFileSync(`${folder}/two`)), {
      entries: [entry(3, 4995), ours(2, 4990), ours(4, 5001)],
      horizon: 4900,
      invalidLines: [],
    });
    assert(cache.lookup(digest(3)) !== undefined);
    assertEquals(parseReplayFile(Deno.readTextFileSync(`${folder}/one`)).entries, [ours(2, 4990)]);
    cache.close();
  }));

Deno.test("a new file that cannot be written changes nothing, and the old file is used further", () =>
  withFolder((folder) => {
    const path = `${folder}/one`;
    const cache = memoryAt(path, 1000);
    cache.add(ours(1, 1000));
    const fail = () => {
      throw new Error("No space left on device");
    };
    const store = { append: fail, replace: fail, reopen: () => undefined, close: () => {} };
    assertThrows(
      () => cache.configure({ window: 9, opened: { store, content: parseReplayFile("") } }, 1001),
      /No space left/,
    );
    cache.add(ours(2, 1002));
    cache.close();
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.length, 2);
  }));

Deno.test("a replay file that was removed is written again before the next packet counts", () =>
  withFolder((folder) => {
    const path = `${folder}/run/digest.cache`;
    Deno.mkdirSync(`${folder}/run`, { mode: 0o700 });
    const cache = memoryAt(path, 1000);
    cache.add(ours(1, 1000));
    assert(!cache.restore(1000));
    Deno.removeSync(`${folder}/run`, { recursive: true });
    cache.add(ours(2, 1001));
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries, [
      ours(1, 1000),
      ours(2, 1001),
    ]);
    // Another server may have written its own file there.
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, formatReplayEntry(ours(3, 1002)), { mode: 0o600 });
    assert(!cache.add(ours(3, 1003)), "it is read from that file");
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.length, 3);
    cache.close();
  }));

Deno.test("a replay file that was truncated in place is written again before the next packet counts", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const cache = memoryAt(path, 1000);
    cache.add(ours(1, 1000));
    Deno.truncateSync(path);
    cache.add(ours(2, 1001));
    // Lines that other programs append are kept.
    Deno.writeTextFileSync(path, formatReplayEntry(entry(3, 1002)), { append: true });
    assert(!cache.restore(1003));
    cache.add(ours(4, 1004));
    cache.close();
    const { entries } = parseReplayFile(Deno.readTextFileSync(path));
    assertEquals(
      new Set(entries),
      new Set([ours(1, 1000), ours(2, 1001), entry(3, 1002), ours(4, 1004)]),
    );
  }));

Deno.test("a replay file is read after its byte order mark, and refused in UTF-16", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const text = formatReplayEntry(ours(1, 1000));
    Deno.writeTextFileSync(path, `\uFEFF${text}`, { mode: 0o600 });
    const cache = memoryAt(path, 1000);
    assert(cache.lookup(digest(1)) !== undefined);
    cache.close();
    const wide = new Uint8Array(2 * text.length);
    for (const [index, letter] of [...text].entries()) wide[2 * index] = letter.charCodeAt(0);
    Deno.writeFileSync(path, wide);
    assertThrows(() => openReplayFile(path), /is in UTF-16LE, must be in UTF-8/);
  }));

Deno.test("any number of reloads leave one descriptor open", () =>
  withFolder((folder) => {
    const cache = new ReplayCache();
    const descriptors = () =>
      Array.from(Deno.readDirSync("/proc/self/fd")).filter(({ name }) => {
        try {
          return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(folder);
        } catch {
          return false;
        }
      }).length;
    for (let count = 0; count < 20; count++) {
      const opened = openReplayFile(`${folder}/digest.${count % 3}`);
      cache.configure({ window: 10 + count, opened }, 1000);
    }
    assertEquals(descriptors(), 1);
    cache.configure({ window: 120 }, 1000);
    assertEquals(descriptors(), 0);
  }));

Deno.test("a reload reads the replay file again only if something else wrote to it or replaced it", () =>
  withFolder((folder) => {
    const path = `${folder}/digests`;
    const cache = memoryAt(path, 1000);
    cache.add(ours(1, 1000));
    const reload = () => {
      const opened = openReplayFile(path, cache.store);
      cache.configure({ window: 120, opened }, 1000);
      return opened.content?.entries.length;
    };
    assertEquals(reload(), undefined);
    cache.add(ours(2, 1000));
    assertEquals(reload(), undefined);
    Deno.writeTextFileSync(path, formatReplayEntry(ours(3, 1000)), { append: true });
    assertEquals(reload(), 3);
    assertEquals(reload(), undefined);
    const text = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
    assertEquals(reload(), 3);
    cache.add(ours(4, 1000));
    assertEquals(parseReplayFile(Deno.readTextFileSync(path)).entries.length, 4);
    cache.close();
  }));

Deno.test("a reload that keeps the replay file refuses it once another user can change it", () =>
  withFolder((folder) => {
    const path = `${folder}/digests`;
    const cache = memoryAt(path, 1000);
    Deno.chmodSync(path, 0o666);
    assertThrows(() => openReplayFile(path, cache.store), /can be changed by others/);
    cache.close();
  }));

Deno.test("in steady use the cache and its file hold at most a quarter more packets than needed", () =>
  withFolder((folder) => {
    const path = `${folder}/digests`;
    const cache = memoryAt(path, 0, { window: 10, kept: 40 });
    for (let number = 1; number <= 1000; number++) {
      cache.add(ours(number, number));
      assert(cache.size <= 50, `${cache.size} packets after ${number}`);
      const lines = Deno.readTextFileSync(path).split("\n").filter((line) => /^[^#]/.test(line));
      assert(lines.length <= 50, `${lines.length} lines after ${number}`);
    }
    cache.close();
    return Promise.resolve();
  }));
