import fc from "property-testing";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import {
  formatCloses,
  parseCloses,
  type PendingClose,
  PendingCloses,
} from "../../../lib/command/pending_closes.ts";
import { addressFromBytes } from "../../../lib/net/address.ts";
import { withFolder } from "../../support/folder.ts";
import { anAddress } from "../../support/address.ts";

function close(changes: Partial<PendingClose> = {}, port = 22): PendingClose {
  return {
    stanza: 1,
    template: "/sbin/close $SRC $PORT",
    values: {
      address: anAddress("192.0.2.44"),
      packetSource: anAddress("203.0.113.9"),
      destination: anAddress("198.51.100.7"),
      service: { protocol: "tcp", port },
      seconds: 30,
      expires: 1030,
    },
    due: 1030,
    opens: 1,
    ...changes,
  };
}

function inFolder(body: (path: string) => void): Promise<void> {
  return withFolder((folder) => body(`${folder}/pending-closes.json`));
}

Deno.test("an added close is in the file at once, and only the owner can read the file", async () => {
  await inFolder((path) => {
    const closes = new PendingCloses(path);
    closes.add(close());
    closes.add(close({ due: 1010 }, 80));
    assertEquals(parseCloses(Deno.readTextFileSync(path)), {
      closes: [close({ due: 1010 }, 80), close()],
      invalid: 0,
    });
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals(closes.all()[0]?.due, 1010);
    closes.remove(close({}, 80));
    closes.remove(close());
    assertEquals(parseCloses(Deno.readTextFileSync(path)).closes, []);
  });
});

Deno.test("a second opening of the same thing postpones the close and is counted", async () => {
  await inFolder((path) => {
    const closes = new PendingCloses(path);
    closes.add(close());
    assertEquals(closes.add(close({ due: 1050 })).opens, 2);
    assertEquals(closes.all(), [close({ due: 1050, opens: 2 })]);
    // A shorter time does not shorten the longer one.
    closes.add(close({ due: 1040 }));
    assertEquals(closes.all(), [close({ due: 1050, opens: 3 })]);
    closes.withdraw(close());
    assertEquals(closes.all(), [close({ due: 1050, opens: 2 })]);
  });
});

Deno.test("a close with other words closes another thing", async () => {
  await inFolder((path) => {
    const closes = new PendingCloses(path);
    closes.add(close());
    closes.add(close({ template: "/sbin/close -x $SRC $PORT" }));
    closes.add(close({ values: { ...close().values, address: anAddress("192.0.2.45") } }));
    // The packet's source makes no difference to this command.
    closes.add(close({ values: { ...close().values, packetSource: anAddress("192.0.2.1") } }));
    assertEquals(closes.all().map(({ opens }) => opens).sort(), [1, 1, 2]);
  });
});

Deno.test("a close that cannot be written is not added", async () => {
  await inFolder((path) => {
    const closes = new PendingCloses(`${path}/missing/file`);
    assertThrows(() => closes.add(close()));
    assertEquals(closes.all(), []);
  });
});

Deno.test("a link in the place of the temporary file is not followed", async () => {
  await inFolder((path) => {
    Deno.writeTextFileSync(`${path}.victim`, "precious");
    Deno.symlinkSync(`${path}.victim`, `${path}.new`);
    new PendingCloses(path).add(close());
    assertEquals(Deno.readTextFileSync(`${path}.victim`), "precious");
  });
});

Deno.test("each entry with values that no packet could have is dropped", () => {
  const line = formatCloses([close()]);
  const bad = [
    line.replace("192.0.2.44", "192.0.2.44 -j ACCEPT"),
    line.replace("tcp/22", "tcp/22 x"),
    line.replace('"due":1030', '"due":"1030"'),
    line.replace('"opens":1', '"opens":0'),
    line.replace('"stanza":1', '"stanza":1.5'),
    line.replace(/"template":"[^"]*"/, '"template":["rm"]'),
  ];
  for (const text of bad) {
    assert(text !== line);
    assertEquals(parseCloses(text), { closes: [], invalid: 1 });
  }
});

Deno.test("a file of another format is an error", () => {
  for (const text of ["", "{", "[]", "{}", '{"version":2,"closes":[]}', '{"version":1}', "null"]) {
    assertThrows(() => parseCloses(text));
  }
});

const anyAddress = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
).map(addressFromBytes);
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

Deno.test("every close is read from the file as it was written", () => {
  const closes = fc.array(fc.record({
    stanza: count,
    template: fc.string({ unit: "binary" }),
    due: count,
    opens: count,
    values: fc.record({
      address: anyAddress,
      packetSource: anyAddress,
      destination: anyAddress,
      service: fc.record({
        protocol: fc.constantFrom("tcp" as const, "udp" as const),
        port: fc.integer({ min: 1, max: 65535 }),
      }),
      seconds: count,
      expires: count,
    }),
  }));
  fc.assert(
    fc.property(closes, (list) => {
      const read = parseCloses(formatCloses(list));
      assertEquals(JSON.stringify(read), JSON.stringify({ closes: list.map(ordered), invalid: 0 }));
    }),
    { numRuns: 50 },
  );
});

/** The close with its members in the parser's order, for the comparison by text. */
function ordered({ stanza, template, values, due, opens }: PendingClose): PendingClose {
  const { address, packetSource, destination, service, seconds, expires } = values;
  const { protocol, port } = service;
  return {
    stanza,
    template,
    values: { address, packetSource, destination, service: { protocol, port }, seconds, expires },
    due,
    opens,
  };
}

Deno.test("a close is due when either clock has reached its time", async () => {
  await inFolder((path) => {
    const time = { wall: 1000_000, elapsed: 0 };
    const clocks = { now: () => time.wall, steady: () => time.elapsed };
    const closes = new PendingCloses(path, [], clocks);
    closes.add(close({ due: 1030 }));
    assertEquals(closes.look(), { due: [], wait: 30_000 });
    // Set back by an hour.
    time.wall -= 3_600_000;
    time.elapsed = 29_000;
    assertEquals(closes.look(), { due: [], wait: 1000 });
    time.elapsed = 30_000;
    assertEquals(closes.look(), { due: [close({ due: 1030 })] });
    // Set right again.
    time.elapsed = 5_000;
    time.wall = 1030_000;
    assertEquals(closes.look(), { due: [close({ due: 1030 })] });
  });
});

Deno.test("no close becomes due unseen between the due ones and the wait for the next", async () => {
  await inFolder((path) => {
    let elapsed = 0;
    // A clock that advances with every reading.
    const clocks = { now: () => 1000_000, steady: () => elapsed++ };
    const closes = new PendingCloses(path, [], clocks);
    closes.add(close({ due: 1001 }));
    for (elapsed = 990; elapsed < 1010;) {
      const { due, wait } = closes.look();
      assertEquals(due.length === 1, wait === undefined);
    }
  });
});

Deno.test("a close keeps the name of its client, and is run although its name cannot be read", () => {
  const named = close({ name: "alice" });
  assertEquals(parseCloses(formatCloses([named])), { closes: [named], invalid: 0 });
  const damaged = formatCloses([named]).replace("alice", "a\\u001b[2J");
  assertEquals(parseCloses(damaged), { closes: [close()], invalid: 0 });
});
