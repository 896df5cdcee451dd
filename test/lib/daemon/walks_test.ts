import type { Parts } from "../../../lib/daemon/part.ts";
import { PARTS } from "../../../lib/daemon/parts.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { TestModeParts } from "../../support/test_mode_parts.ts";

const NAMES = Object.keys(PARTS) as (keyof Parts)[];

function withParts(body: (daemon: TestModeParts) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const daemon = new TestModeParts(folder);
    await daemon.change();
    try {
      await body(daemon);
    } finally {
      await daemon.end();
    }
  });
}

/** The parts that a reload with these lines replaces. */
async function replaced(daemon: TestModeParts, ...lines: string[]): Promise<string[]> {
  const before = daemon.parts;
  await daemon.change(...lines);
  return NAMES.filter((name) => daemon.parts[name] !== before[name]);
}

Deno.test("a reload replaces a part only when its settings change", () =>
  withParts(async (daemon) => {
    assertEquals(await replaced(daemon), []);
    assertEquals(await replaced(daemon, "ENABLE_RULE_PREPEND Y"), ["firewall"]);
    assertEquals(await replaced(daemon, "ENABLE_RULE_PREPEND Y", "PCAP_FILTER tcp"), ["capture"]);
    assertEquals(await replaced(daemon, "PCAP_FILTER tcp"), ["firewall"]);
    // It belongs to a listener that is off.
    assertEquals(await replaced(daemon, "PCAP_FILTER tcp", "UDPSERV_PORT 62299"), []);
    const { server, capture, firewall } = daemon.parts;
    assertEquals(server.setup.capture, capture.capture);
    assertEquals(server.setup.firewall, firewall);
  }));

Deno.test({
  name: "a failed start ends the parts that were set up, and the next start succeeds",
  // Timers, signal listeners and files that stay open are an error.
  sanitizeOps: true,
  sanitizeResources: true,
  fn: () =>
    withFolder(async (folder) => {
      const daemon = new TestModeParts(folder);
      await assertRejects(() => daemon.change(`PCAP_FILE ${folder}/no-such`), HintedError);
      assertThrows(() => daemon.parts, TypeError);
      await daemon.change();
      await daemon.end();
    }),
});

Deno.test("a failed reload leaves every part, and the server, unchanged", () =>
  withParts(async (daemon) => {
    const { parts, parts: { server: { setup } } } = daemon;
    const changes = [
      ["IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_OTHER, 1", "The firewall's chains"],
      ["FWKNOP_PID_FILE /tmp/other.pid", "FWKNOP_RUN_DIR or FWKNOP_PID_FILE is another one"],
      ["PCAP_FILTER tcp\nFIREWALL nft", "The firewall changes from"],
    ] as const;
    for (const [lines, text] of changes) {
      await assertRejects(
        () => daemon.change(lines),
        (error) => error instanceof HintedError && error.message.startsWith(text),
      );
      assertEquals(daemon.parts, parts);
      assertEquals(daemon.parts.server.setup, setup);
    }
  }));

Deno.test("a part that survives while its settings are unchanged names them, and can be released", () => {
  for (const name of NAMES) {
    const { survives, shapedBy, discard } = PARTS[name];
    assertEquals(survives === "unchanged", shapedBy !== undefined, name);
    assert(survives !== "unchanged" || discard !== undefined, name);
  }
});

Deno.test("a reload that opens another firewall releases the previous one", () =>
  withFolder(async (folder) => {
    const script = new URL("../../support/reload_many.ts", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--quiet", "--v8-flags=--expose-gc", script, folder],
    }).output();
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    // The engine may still hold the last one or two. A mistake would keep all of them.
    assertMatch(decoder.decode(stdout), /^[012] of 20$/m);
  }));

Deno.test("the daemon keeps no part that another part has taken over: the content of the file of digests", () =>
  withParts(async (daemon) => {
    const { digestFile } = PARTS;
    const { make } = digestFile;
    const store = { append() {}, replace() {}, reopen: () => undefined, close() {} };
    const content = { entries: [], horizon: -Infinity, invalidLines: [] };
    Object.assign(digestFile, { make: () => ({ store, content, warnings: [] }) });
    try {
      await daemon.change();
      assertEquals(daemon.parts.digestFile, undefined);
    } finally {
      Object.assign(digestFile, { make });
    }
  }));
