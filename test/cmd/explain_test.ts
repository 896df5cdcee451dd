import { explain } from "../../cmd/explain.ts";
import { ExitCode } from "../../cmd/context.ts";
import { loadPcap } from "../../ffi/pcap.ts";
import { HintedError } from "../../lib/errors/hinted_error.ts";
import { packetReplayDigest } from "../../lib/spa/replay_digest.ts";
import { ROOT, run } from "../../scripts/process.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { givenOptions } from "../support/config_files.ts";
import { withFolder } from "../support/folder.ts";
import { ethernet, ipv4, tcp, udp } from "../support/frames.ts";
import { seal } from "../support/packet.ts";
import { pcapBytes } from "../support/pcap_bytes.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
loadPcap();

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
const TIME = 1_800_000_000;
const LATER = String(TIME + 5);

interface Folder {
  readonly path: string;
  /** Writes a file with mode 0600 and returns its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  /** Runs with a configuration of these two texts. */
  readonly explain: (
    words: readonly string[],
    options?: Record<string, string | true>,
    access?: string,
    conf?: string,
  ) => Promise<{ code: number; out: string; err: string }>;
}

async function inFolder(body: (folder: Folder) => Promise<void>): Promise<void> {
  await withFolder(async (path) => {
    const write = (name: string, content: string | Uint8Array): string => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(`${path}/${name}`, bytes, { mode: 0o600 });
      return `${path}/${name}`;
    };
    await body({
      path,
      write,
      explain: async (words, options = {}, access = STANZA, conf = "") => {
        const context = new BufferContext();
        const files = {
          "config-file": write("fwknopd.conf", `FWKNOP_RUN_DIR ${path}\n${conf}`),
          "access-file": write("access.conf", access),
        };
        const code = await explain.run(givenOptions({ ...files, ...options }), words, context);
        return { code, out: context.stdout, err: context.stderr };
      },
    });
  });
}

const text = (time = TIME): string => seal({}, { time }).packetText;
const frame = (payload: string, port = 62201): Uint8Array =>
  ethernet(0x0800, ipv4(17, udp(40000, port, new TextEncoder().encode(payload))));

Deno.test("a packet text is explained in the steps of the trace, and exit status 0 means that it is accepted", () =>
  inFolder(async ({ explain }) => {
    assertEquals(await explain([text()], { now: LATER }), {
      code: ExitCode.ok,
      err: "",
      out: [
        "packet 1: 127.0.0.1 port 0 → 127.0.0.1 port 62201, 204 bytes",
        "  ✓ screen         looks like SPA",
        "  ✓ source         a stanza takes packets from this address",
        "  ✓ seen           not seen before",
        "  ✓ authenticate   stanza 1: HMAC and key are right",
        "                   alice asks for 192.0.2.44,tcp/22, sent 5 s ago",
        "  ✓ act            stanza 1: would open tcp/22 for 192.0.2.44, 30 s",
        "",
      ].join("\n"),
    });
  }));

Deno.test("explain says how old a packet text is, and --now takes seconds and dates", () =>
  inFolder(async ({ explain }) => {
    const old = await explain([text()], { now: String(TIME + 7205) });
    assertEquals(old.code, ExitCode.failure);
    assertMatch(old.out, /✗ authorize {6}stanza 1: timestamp 7205 s old, limit 120 s/);
    assertMatch(old.out, /that is 2 h, .*\n.*compare date -u with the server's: it is behind/);
    assertMatch(old.out, /→ apart from that:\n {2}✓ act {12}stanza 1: would open tcp\/22/);
    assertEquals((await explain([text()], { now: "2027-01-15T08:00:30Z" })).code, ExitCode.ok);
    for (const now of ["yesterday", "2027-13-45", "-5", "1.5"]) {
      await explain([text()], { now }).then(
        () => assert(false, now),
        (error) => assertMatch(String(error), /--now '.*' is not a time/),
      );
    }
  }));

Deno.test("a file of packet texts is explained line by line, and the second copy is a replay", () =>
  inFolder(async ({ explain, write }) => {
    const packet = text();
    const { code, out } = await explain([write("packets", `${packet}\n\n${packet}\n`)], {
      now: LATER,
    });
    assertEquals(code, ExitCode.failure);
    assertMatch(out, /packet 1: [^]*would open[^]*packet 2: [^]*✗ seen/);
  }));

Deno.test("a text file without anything like a packet is reported once", () =>
  inFolder(async ({ explain, write }) => {
    const prose =
      "# fwknopd.conf\nPCAP_INTF eth0\n\nsome more words that are longer than sixty characters together\n";
    await explain([write("empty.pcap", "")]).then(
      () => assert(false, "empty"),
      (error) =>
        assertMatch(`${error.message} ${error.hint}`, /empty\.pcap is empty tcpdump .* -U/),
    );
    for (const content of [prose, "\n\n"]) {
      const file = write("notes", content);
      await explain([file]).then(
        () => assert(false, content),
        (error) => {
          assert(error instanceof HintedError);
          assertEquals(error.message, `There is no packet in ${file}`);
        },
      );
    }
  }));

Deno.test("lines that were a packet before they were wrapped, cut or quoted are explained", () =>
  inFolder(async ({ explain, write }) => {
    const packet = text();
    const files = [packet.replace(/.{76}/g, "$&\n"), packet.slice(0, 100), `"${packet}"`];
    for (const content of files) {
      const { code, out } = await explain([write("packets", `notes\n${content}\n`)]);
      assertEquals(code, ExitCode.failure);
      assertMatch(out, /packet 2: [^]*was the packet cut, wrapped or escaped on its way\?/);
    }
  }));

Deno.test("packets of a capture file are judged at the time of their capture", () =>
  inFolder(async ({ explain, write }) => {
    const file = write("knock.pcap", pcapBytes(1, [frame(text()), frame(text(TIME - 500))], TIME));
    const { code, out } = await explain([file]);
    assertEquals(code, ExitCode.failure);
    assertMatch(out, /packet 1: 192\.0\.2\.44 port 40000 → 198\.51\.100\.7 port 62201/);
    assertMatch(out, /sent 0 s ago\n {2}✓ act/);
    assertMatch(out, /packet 2: [^]*timestamp 501 s old/);
  }));

Deno.test("explain reports a packet that PCAP_FILTER excludes, and counts other datagrams", () =>
  inFolder(async ({ explain, write }) => {
    const frames = [frame(text(), 62202), frame("something else", 53)];
    const file = write("knock.pcap", pcapBytes(1, frames, TIME));
    const sniffing = await explain([file]);
    assertEquals(sniffing.code, ExitCode.failure);
    assertMatch(sniffing.out, /the server never sees it: PCAP_FILTER 'udp port 62201' leaves it/);
    assertMatch(sniffing.out, /would open/);
    assertMatch(sniffing.err, /left out 1 packets that are not SPA packets/);
    const udpServer = await explain([file], {}, STANZA, "ENABLE_UDP_SERVER Y\n");
    assertMatch(udpServer.out, /the server never sees it: UDPSERV_PORT 62201 leaves it out/);
    const right = await explain([file], { "pcap-filter": "udp port 62202" });
    assertEquals(right.code, ExitCode.ok);
  }));

Deno.test("with the UDP and the TCP server, the server sees what comes to either port", () =>
  inFolder(async ({ explain, write }) => {
    const segment = tcp(40000, 62201, new TextEncoder().encode(text()));
    const file = write("knock.pcap", pcapBytes(1, [ethernet(0x0800, ipv4(6, segment))], TIME));
    const conf = "ENABLE_UDP_SERVER Y\nENABLE_TCP_SERVER Y\n";
    const { code, out } = await explain([file], {}, STANZA, conf);
    assertEquals([code, out.includes("the server never sees it")], [ExitCode.ok, false], out);
  }));

Deno.test("--from and --to replace the addresses of the headers", () =>
  inFolder(async ({ explain }) => {
    const access = STANZA.replace("ANY", "10.0.0.0/8\nDESTINATION 10.0.0.1");
    const asked = { now: LATER, from: "10.9.9.9", to: "10.0.0.1" };
    assertEquals((await explain([text()], asked, access)).code, ExitCode.ok);
    const elsewhere = await explain([text()], { ...asked, from: "192.0.2.1" }, access);
    assertMatch(elsewhere.out, /✗ source {9}no stanza has 192\.0\.2\.1 in its SOURCE/);
    const error = await explain([text()], { now: LATER }, access).catch((thrown) => thrown);
    assert(error instanceof HintedError);
    assertEquals(error.hint, "Add --from ADDRESS, for example one of 10.0.0.0/8");
    const bad = await explain([text()], { from: "somewhere" }).catch((thrown) => thrown);
    assertEquals(bad.message, "--from 'somewhere' is not an IP address");
  }));

Deno.test("explain reads the server's replay file and does not change it", () =>
  inFolder(async ({ explain, write, path }) => {
    const packet = text();
    const line = `${packetReplayDigest(packet)} 17 203.0.113.7 5 198.51.100.7 62201 ${TIME}\n`;
    write("digest.cache", line);
    const { code, out } = await explain([packet], { now: LATER });
    assertEquals(code, ExitCode.failure);
    assertMatch(out, /✗ seen {11}this very packet came before, from 203\.0\.113\.7, 5 s ago/);
    assertMatch(out, /apart from that:\n {2}✓ authenticate/);
    assertEquals(Deno.readTextFileSync(`${path}/digest.cache`), line);
  }));

Deno.test("--json prints one object per line", () =>
  inFolder(async ({ explain }) => {
    const objects = (out: string) => out.trim().split("\n").map((line) => JSON.parse(line));
    const good = await explain([text()], { now: LATER, json: true });
    assertEquals(objects(good.out).map(({ event, packet }) => [event, packet]), [
      ["decoded", 1],
      ["decided", 1],
    ]);
    const access = STANZA.replace("HMAC_KEY", "HMAC_DIGEST_TYPE MD5\nHMAC_KEY");
    const refused = objects((await explain([text()], { now: LATER, json: true }, access)).out);
    assertEquals(refused.map(({ event, code, kind }) => [event, code ?? kind]), [
      ["refused", "hmac-mismatch"],
      ["finding", "hmac-match"],
    ]);
    assertEquals([refused[1].type, refused[1].expected], ["sha256", "md5"]);
    for (const key of ["testtest", "hmackey1"]) assert(!good.out.includes(key));
  }));

Deno.test("a word that is neither file nor packet is an error with a hint, and no word is a usage error", () =>
  inFolder(async ({ explain }) => {
    const error = await explain(["nothing.pcap"]).catch((thrown) => thrown);
    assert(error instanceof HintedError);
    assertEquals(error.message, "'nothing.pcap' is neither a file nor a packet");
    assertEquals((await explain([])).code, ExitCode.usage);
  }));

Deno.test("explain needs no permission to write, to connect or to start programs", () =>
  inFolder(async ({ write }) => {
    const conf = write("f", "");
    const access = write("a", STANZA);
    const { code, stdout, stderr } = await run(Deno.execPath(), [
      ...[
        "run",
        "--quiet",
        "--no-prompt",
        "--frozen",
        "--allow-read",
        "--allow-env",
        "--allow-ffi",
      ],
      ...["--allow-sys", `${ROOT}main.ts`, "explain", "-c", conf, "-a", access, "--now", LATER],
      text(),
    ]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /would open tcp\/22/);
  }));

Deno.test("a packet that one stanza accepts does not fail because other stanzas have other keys", () =>
  inFolder(async ({ explain }) => {
    const others = "SOURCE ANY\nKEY another1\nHMAC_KEY another2\nSOURCE ANY\nKEY another3\n";
    const access = `${others}${STANZA}${others}`;
    const { code, out } = await explain([text()], { now: LATER }, access);
    assertEquals(code, ExitCode.ok);
    assertEquals(out.split("\n").slice(4), [
      "  · authenticate   stanza 1: the packet is not theirs",
      "  · authenticate   stanza 2: the packet is not theirs",
      "  ✓ authenticate   stanza 3: HMAC and key are right",
      "                   alice asks for 192.0.2.44,tcp/22, sent 5 s ago",
      "  ✓ act            stanza 3: would open tcp/22 for 192.0.2.44, 30 s",
      "",
    ]);
    const json = await explain([text()], { now: LATER, json: true }, access);
    const events = json.out.trimEnd().split("\n").map((line) => JSON.parse(line).event);
    assertEquals(events, ["decoded", "decided"]);
  }));
