import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { compactReplayFile, parseReplayFile, ReplayFile } from "../../../lib/server/replay_file.ts";
import { openReplay } from "../../../lib/server/open_replay.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import {
  formatReplayEntry,
  parseReplayEntry,
  REPLAY_FILE_HEADER,
  type ReplayEntry,
} from "../../../lib/server/replay_entry.ts";
import { withFolder } from "../../support/folder.ts";
import { HintedError } from "../../../lib/hinted_error.ts";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";

function entry(seed: number, time: number): ReplayEntry {
  return {
    digest: encodeBase64(new Uint8Array(32).fill(seed)),
    protocol: 17,
    source: "192.0.2.44",
    sourcePort: 53992,
    destination: "198.51.100.7",
    destinationPort: 62201,
    time,
  };
}

Deno.test("a line of the C daemon's replay file is read and written unchanged", () => {
  const line =
    "ImOUbGSUwXTNHUVIuw5Xgi0WXmT7fS5i5iI4IAWFrKw 17 192.0.2.44 53992 198.51.100.7 62201 1795295475";
  const parsed = parseReplayEntry(line);
  assert(parsed !== undefined);
  assertEquals(formatReplayEntry(parsed), `${line}\n`);
});

Deno.test("the example of a replay file is read whole", () => {
  const content = parseReplayFile(Deno.readTextFileSync("examples/ssh/digest.cache"));
  assertEquals(content.entries.length, 1);
  assertEquals(content.invalidLines, []);
});

Deno.test("lines that hold no entry are named by their number and skipped", () => {
  const good = formatReplayEntry(entry(1, 5));
  const text = `${REPLAY_FILE_HEADER}; note\n${good}short 17 1.2.3.4 1 1.2.3.4 1 1\n${
    good.replace("192.0.2.44", "192.0.2.444")
  }${good.trim()} extra\n\n`;
  const content = parseReplayFile(text);
  assertEquals(content.entries, [entry(1, 5)]);
  assertEquals(content.invalidLines, [4, 5, 6]);
});

Deno.test("a digest is accepted once", () => {
  const cache = new ReplayCache({ window: 120 });
  assertEquals(cache.lookup(entry(1, 1000).digest), undefined);
  assert(cache.add(entry(1, 1000)));
  assert(!cache.add(entry(1, 1001)));
  assertEquals(cache.lookup(entry(1, 0).digest), entry(1, 1000));
});

Deno.test("an entry is kept for twice the age window and not longer", () => {
  const cache = new ReplayCache({ window: 120 });
  cache.add(entry(1, 1000));
  cache.add(entry(2, 1240));
  assert(cache.lookup(entry(1, 0).digest) !== undefined, "240 s later a replay may still be young");
  cache.add(entry(3, 1241));
  assertEquals(cache.lookup(entry(1, 0).digest), undefined);
  assertEquals(cache.size, 2);
});

Deno.test("without an age window nothing is forgotten", () => {
  const cache = new ReplayCache({ window: undefined });
  cache.add(entry(1, 0));
  cache.add(entry(2, 2_000_000_000));
  assertEquals(cache.size, 2);
});

Deno.test("an entry that cannot be written is not remembered", () => {
  const store = {
    append: () => {
      throw new Error("No space left on device");
    },
  };
  const cache = new ReplayCache({ window: 120, store });
  assertThrows(() => cache.add(entry(1, 1000)), /No space left/);
  assertEquals(cache.size, 0);
});

Deno.test("a new replay file has mode 0600, the header, and each entry as soon as it is added", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const { file, content } = ReplayFile.open(path);
    assertEquals(content.entries, []);
    const cache = new ReplayCache({ window: 120, store: file });
    cache.add(entry(1, 1000));
    assertEquals(
      Deno.readTextFileSync(path),
      REPLAY_FILE_HEADER + formatReplayEntry(entry(1, 1000)),
    );
    if (Deno.build.os !== "windows") assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    file.close();
  }));

Deno.test("an entry after a line cut short by a crash starts on a line of its own", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    Deno.writeTextFileSync(path, `${REPLAY_FILE_HEADER}ImOUbGSU`);
    const { file } = ReplayFile.open(path);
    file.append(formatReplayEntry(entry(1, 1000)));
    file.close();
    const content = parseReplayFile(Deno.readTextFileSync(path));
    assertEquals(content, { entries: [entry(1, 1000)], invalidLines: [2] });
  }));

Deno.test("a replay file that cannot be opened is an error, not a warning", () =>
  withFolder((folder) => {
    assertThrows(() => ReplayFile.open(folder));
    assertThrows(() => ReplayFile.open(`${folder}/absent/digest.cache`));
  }));

Deno.test("compacting keeps what is still remembered and drops the rest", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const lines = [entry(1, 100), entry(2, 5000), entry(3, 5001)].map(formatReplayEntry);
    Deno.writeTextFileSync(path, REPLAY_FILE_HEADER + lines.join(""));
    const cache = new ReplayCache({ window: 120 });
    const stale = cache.load(parseReplayFile(Deno.readTextFileSync(path)).entries, 5100);
    assertEquals(stale, 1);
    compactReplayFile(path, cache);
    const kept = parseReplayFile(Deno.readTextFileSync(path)).entries;
    assertEquals(kept, [entry(2, 5000), entry(3, 5001)]);
  }));

Deno.test("without a usable replay file the server does not start", () =>
  withFolder((folder) => {
    for (const path of [`${folder}/nowhere/digest.cache`, folder]) {
      assertThrows(
        () => openReplay({ window: 120, path, now: 5000 }),
        (error) =>
          error instanceof HintedError &&
          error.message.startsWith(`Cannot use the replay file ${path}: `),
      );
    }
  }));

Deno.test("after a line that the full disk cut short the next one stands by itself", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    const { file } = ReplayFile.open(path);
    const real = Deno.FsFile.prototype.writeSync;
    Deno.FsFile.prototype.writeSync = function (bytes: Uint8Array): number {
      return real.call(this, bytes.subarray(0, 20));
    };
    try {
      assertThrows(() => file.append(formatReplayEntry(entry(1, 5000))), /Only 20 of/);
    } finally {
      Deno.FsFile.prototype.writeSync = real;
    }
    file.append(formatReplayEntry(entry(2, 5001)));
    file.append(formatReplayEntry(entry(3, 5002)));
    file.close();
    const { entries, invalidLines } = parseReplayFile(Deno.readTextFileSync(path));
    assertEquals(entries, [entry(2, 5001), entry(3, 5002)]);
    assertEquals(invalidLines, [2]);
  }));

Deno.test("compacting follows no link that somebody put in its way", () =>
  withFolder((folder) => {
    const path = `${folder}/digest.cache`;
    Deno.writeTextFileSync(`${folder}/victim`, "untouched");
    Deno.symlinkSync(`${folder}/victim`, `${path}.new`);
    const cache = new ReplayCache({ window: 120 });
    cache.add(entry(1, 5000));
    compactReplayFile(path, cache);
    assertEquals(Deno.readTextFileSync(`${folder}/victim`), "untouched");
    assertEquals((Deno.lstatSync(path).mode ?? 0) & 0o777, 0o600);
    assert(Deno.lstatSync(path).isFile);
  }));

Deno.test("the cache knows which packets it may have forgotten, whatever the clock did", () => {
  const cache = new ReplayCache({ window: 120 });
  cache.add({ ...entry(1, 5000), timestamp: 5000 });
  assert(!cache.mayHaveForgotten(5000));
  // The clock is set a day forward, and back again.
  cache.add({ ...entry(2, 91_400), timestamp: 91_400 });
  assertEquals(cache.lookup(entry(1, 0).digest), undefined);
  assert(cache.mayHaveForgotten(5000));
  assert(!cache.mayHaveForgotten(5200));
});

Deno.test("a packet from the future is remembered until its time is over, and keeps no other", () => {
  // The server's clock was an hour behind when it refused this one.
  const cache = new ReplayCache({ window: 120 });
  cache.add({ ...entry(1, 1400), timestamp: 5000 });
  cache.add({ ...entry(2, 1401), timestamp: 1401 });
  cache.add({ ...entry(3, 5010), timestamp: 5010 });
  assert(cache.lookup(entry(1, 0).digest) !== undefined);
  assertEquals(cache.lookup(entry(2, 0).digest), undefined);
  cache.add({ ...entry(4, 5121), timestamp: 5121 });
  assertEquals(cache.lookup(entry(1, 0).digest), undefined);
});

Deno.test("at a reload the new file gets what the old one had, and the memory of forgetting goes along", () => {
  const before = new ReplayCache({ window: 10 });
  before.add({ ...entry(1, 4900), timestamp: 4900 });
  before.add({ ...entry(2, 4990), timestamp: 4990 });
  const written: string[] = [];
  const store = { append: (line: string) => void written.push(line) };
  const cache = new ReplayCache({ window: 3600, store });
  cache.takeOver(before, 5000);
  assertEquals(written, [formatReplayEntry(entry(2, 4990))]);
  assert(cache.mayHaveForgotten(4900));
  assert(!cache.mayHaveForgotten(4990));
});
