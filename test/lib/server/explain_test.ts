import { assert, assertEquals } from "../../assert.ts";
import type { Datagram } from "../../../lib/capture/datagram.ts";
import { parseNatTargets } from "../../../lib/config/nat_targets.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { decodeBase64, encodeBase64 } from "../../../lib/crypto/base64.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { DIGEST_NAMES } from "../../../lib/crypto/digest.ts";
import { parsePrefix } from "../../../lib/net/prefix.ts";
import { parseServices } from "../../../lib/net/service.ts";
import { explainFinding } from "../../../lib/report/finding_text.ts";
import { explainRefusal } from "../../../lib/report/explanation.ts";
import type { ExplainEvent } from "../../../lib/server/event.ts";
import { Explainer } from "../../../lib/server/explain.ts";
import type { ServerPolicy } from "../../../lib/server/policy.ts";
import type { ReplayEntry } from "../../../lib/server/replay_entry.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import type { ReplayFileContent } from "../../../lib/server/replay_file_text.ts";
import { encodeHttpRequest } from "../../../lib/spa/http.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { packetReplayDigest } from "../../../lib/spa/replay_digest.ts";
import { datagram, seal, type SealChanges } from "../../support/packet.ts";
import { aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const HMAC_KEY = textBytes("hmackey1");
const KEY = textBytes("testtest");

interface Case {
  readonly stanzas?: readonly Stanza[];
  readonly policy?: Partial<ServerPolicy>;
  readonly replay?: ReplayCache;
}

/** The reports about each packet: `code #N: hint` of refusals, `fact | hint` of findings, the kind of others. */
async function reported(
  datagrams: readonly Datagram[],
  { stanzas = [aStanza()], policy = {}, replay = new ReplayCache({ window: 120 }) }: Case = {},
): Promise<string[]> {
  const lines: string[] = [];
  const explainer = new Explainer({
    stanzas,
    policy: {
      maxAge: 120,
      http: undefined,
      nat: NO_NAT,
      destinationRule: false,
      testMode: false,
      ...policy,
    },
    replay,
    observe: (event) => lines.push(describe(event)),
  });
  for (const [index, given] of datagrams.entries()) {
    const start = lines.length;
    const isTaken = await explainer.explain(given, index + 1, NOW);
    const own = lines.slice(start);
    const isDecided = own.includes("decided") && !own.includes("→ apart from that:");
    assertEquals(isTaken, isDecided, "the verdict");
  }
  return lines;
}

function describe(event: ExplainEvent): string {
  if (event.kind === "finding") {
    const { fact, hint } = explainFinding(event.finding);
    return `→ ${fact}${hint === "" ? "" : ` | ${hint}`}`;
  }
  if (event.kind === "decoded") return `decoded #${event.stanza.number}`;
  if (event.kind !== "refused") return event.kind;
  const { code, stanzas } = event.refusal;
  const { hint } = explainRefusal(event.refusal);
  return `${code}${stanzas.map((number) => ` #${number}`).join("")}: ${hint}`;
}

function packet(changes: SealChanges = {}, message: Parameters<typeof seal>[0] = {}): Datagram {
  return datagram(seal(message, { time: NOW, ...changes }).packetText);
}

function prefixes(text: string): NonNullable<ReturnType<typeof parsePrefix>>[] {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [] : [prefix];
}

const HMAC_HINT =
  "hmac-mismatch #1: is HMAC_KEY_BASE64 the same at both ends, and does the client use HMAC_DIGEST_TYPE's digest?";
const KEY_HINT =
  "undecodable #1: is KEY_BASE64 the same at both ends, and ENCRYPTION_MODE that of the client's -M?";

Deno.test("explain says what the server would do for a good packet", async () => {
  assertEquals(await reported([packet()]), ["decoded #1", "decided"]);
});

Deno.test("explain reports the shape of a packet that is not SPA, and HTTP that is not enabled", async () => {
  const traffic =
    "not-spa: other traffic on this port; SPA packets are 140 to 1500 characters of base64";
  const cut = "was the packet cut, wrapped or escaped on its way?";
  const { packetText } = seal({}, { time: NOW });
  assertEquals(await reported([datagram(packetText.slice(0, 120))]), [
    traffic,
    `→ length outside 140 to 1500 | ${cut}`,
  ]);
  assertEquals(await reported([datagram(`U2FsdGVkX1${packetText}`)]), [
    traffic,
    `→ the constant prefix was left on | ${cut}`,
  ]);
  const request = datagram(encodeHttpRequest(packetText, { host: "server.example" }));
  assertEquals(await reported([request]), [
    traffic,
    "→ the packet is in an HTTP request | set ENABLE_SPA_OVER_HTTP Y in fwknopd.conf, or knock without -P http",
  ]);
  const http = { anyUserAgent: false, forwardedFor: false };
  assertEquals((await reported([request], { policy: { http } })).at(-1), "decided");
});

Deno.test("explain names the stanza whose key made a packet from a source that no stanza lists", async () => {
  const stanzas = [aStanza({ source: prefixes("10.0.0.0/8") })];
  assertEquals(await reported([packet()], { stanzas }), [
    "no-stanza-for-source: add the address to a stanza's SOURCE, or write SOURCE ANY",
    "→ the HMAC key of stanza 1 made it | the lines above say why the stanza refused it: its SOURCE, DESTINATION or expiry",
  ]);
});

Deno.test("explain names the stanzas that the server skips silently", async () => {
  const stanzas = [
    aStanza({ number: 1, source: prefixes("10.0.0.0/8") }),
    aStanza({ number: 2, destination: prefixes("198.51.100.8") }),
    aStanza({ number: 3 }),
  ];
  assertEquals(await reported([packet()], { stanzas }), [
    "→ stanza 1: 192.0.2.9 is not in its SOURCE | add the address to the stanza's SOURCE if it is for this client",
    "→ stanza 2: 198.51.100.7 is not in its DESTINATION | add the address to the stanza's DESTINATION if it is for this client",
    "decoded #3",
    "decided",
  ]);
});

Deno.test("explain names the stanza whose key made a packet to an address that no DESTINATION contains", async () => {
  const stanzas = [aStanza({ destination: prefixes("198.51.100.8") })];
  assertEquals(await reported([packet()], { stanzas }), [
    "→ stanza 1: 198.51.100.7 is not in its DESTINATION | add the address to the stanza's DESTINATION if it is for this client",
    "no-stanza-for-destination #1: add the address to a stanza's DESTINATION, or leave DESTINATION out",
    "→ the HMAC key of stanza 1 made it | the lines above say why the stanza refused it: its SOURCE, DESTINATION or expiry",
  ]);
});

Deno.test("explain reports a replay, and what the packet would have opened otherwise", async () => {
  const twice = packet();
  const lines = await reported([twice, { ...twice, sourcePort: 4000 }]);
  assertEquals(
    lines.slice(2),
    [
      "replay: an attacker repeats a captured packet, or a network doubles it; a knock makes a new one each time",
      "→ apart from that:",
      "decoded #1",
      "decided",
    ].slice(0, 4),
  );
  const copies = await reported([twice, twice]);
  assertEquals(copies.slice(2), [
    "duplicate: a second interface saw it (PCAP_INTF any with a bridge), or the network doubles packets",
    ...lines.slice(3),
  ]);
});

const RECORDED =
  "→ the replay file has this packet: it was decrypted on the server, from here, which does not say that it was granted | " +
  "if it is sent again, the server refuses it as a replay";

/** The server's record of the packet, written as soon as it is decrypted. */
function recordOf(captured: Datagram): ReplayEntry {
  return {
    digest: packetReplayDigest(new TextDecoder().decode(captured.payload)),
    protocol: 17,
    source: "192.0.2.9",
    sourcePort: 53992,
    destination: "198.51.100.7",
    destinationPort: 62201,
    time: NOW + 1,
  };
}

function fileOf(entry: ReplayEntry): ReplayFileContent {
  return { entries: [entry], horizon: -Infinity, invalidLines: [] };
}

Deno.test("explain does not say that a packet was granted when the server recorded and refused it", async () => {
  const early = packet({ time: NOW + 3600 });
  const replay = new ReplayCache({ window: 120 });
  replay.load(fileOf(recordOf(early)));
  const lines = await reported([early], { replay });
  assertEquals(lines[0], RECORDED);
  assert(lines.some((line) => line.startsWith("too-new")), lines.join("\n"));
});

Deno.test("the server's own record of a captured packet does not make it a replay, but an older record does", async () => {
  const captured = packet();
  const record = recordOf(captured);
  const replay = new ReplayCache({ window: 120 });
  replay.load(fileOf(record));
  assertEquals(await reported([captured], { replay }), [
    RECORDED,
    "decoded #1",
    "decided",
  ]);
  const older = new ReplayCache({ window: 120 });
  older.load(fileOf({ ...record, time: NOW - 60 }));
  assert((await reported([captured], { replay: older }))[0]?.startsWith("replay:"));
  const elsewhere = new ReplayCache({ window: 120 });
  elsewhere.load(fileOf({ ...record, source: "203.0.113.7" }));
  assert((await reported([captured], { replay: elsewhere }))[0]?.startsWith("replay:"));
});

Deno.test("explain reports an expired stanza for every packet", async () => {
  const expired =
    "stanza-expired #1: move the date in access.conf if this client should still get in";
  const lines = await reported([packet(), packet()], { stanzas: [aStanza({ expires: NOW - 1 })] });
  assertEquals(lines.filter((line) => line === expired).length, 2);
  assertEquals(lines.length, 4);
});

Deno.test("explain finds every other HMAC digest", async () => {
  for (const type of DIGEST_NAMES.filter((name) => name !== "sha256")) {
    const lines = await reported([packet({ hmac: { key: HMAC_KEY, type } })]);
    const label = type.toUpperCase();
    assertEquals(lines, [
      HMAC_HINT,
      `→ the HMAC key of stanza 1 made it with ${label}, not SHA256 | write HMAC_DIGEST_TYPE ${label} in the stanza, or the other at the client`,
    ]);
  }
});

Deno.test("explain finds an HMAC key that one end reads as text and the other as base64, in both directions", async () => {
  const text = encodeBase64(HMAC_KEY);
  const padded = `${text}=`;
  for (const written of [text, padded]) {
    assertEquals(await reported([packet({ hmac: { key: textBytes(written), type: "sha256" } })]), [
      HMAC_HINT,
      "→ the HMAC key of stanza 1, read as text, made it | write HMAC_KEY in the stanza, or HMAC_KEY_BASE64 at the client",
    ]);
  }
  const key = decodeBase64("hmackey1") ?? new Uint8Array();
  assertEquals(await reported([packet({ hmac: { key, type: "sha256" } })]), [
    HMAC_HINT,
    "→ the HMAC key of stanza 1, read as base64, made it | write HMAC_KEY_BASE64 in the stanza, or HMAC_KEY at the client",
  ]);
});

Deno.test("explain finds swapped keys", async () => {
  const swapped = { encryptionKey: HMAC_KEY, hmac: { key: KEY, type: "sha256" as const } };
  assertEquals(await reported([packet(swapped)]), [
    HMAC_HINT,
    "→ the encryption key of stanza 1 made the HMAC: the two keys are swapped | swap KEY and HMAC_KEY at one end",
  ]);
});

Deno.test("explain finds the stanza whose HMAC key made the packet, even if the stanza is not for its addresses", async () => {
  const other = { key: textBytes("another key"), type: "sha256" } as const;
  const stanzas = [aStanza(), aStanza({ number: 2, hmac: other, expires: NOW - 1 })];
  assertEquals(
    (await reported([packet({ hmac: other })], { stanzas })).at(-1),
    [
      "→ the HMAC key of stanza 2 made it",
      "the lines above say why the stanza refused it: its SOURCE, DESTINATION or expiry",
    ].join(" | "),
  );
});

Deno.test("explain finds a client without an HMAC, and a client with an HMAC that the stanza does not expect", async () => {
  assertEquals(await reported([packet({ hmac: undefined })]), [
    HMAC_HINT,
    "→ the client used no HMAC; the encryption key of stanza 1 is right | give the client HMAC_KEY_BASE64 and USE_HMAC Y",
  ]);
  const { hmac: _, ...withoutHmac } = aStanza();
  const [, finding] = await reported([packet()], { stanzas: [withoutHmac] });
  assertEquals(
    finding,
    "→ the client used an HMAC (SHA256 or as long), and stanza 1 has no key for it; " +
      "its encryption key is right | add the client's HMAC_KEY_BASE64 to the stanza",
  );
});

Deno.test("explain guesses nothing about an unknown key", async () => {
  const hmac = { key: textBytes("another key"), type: "sha256" } as const;
  assertEquals(await reported([packet({ hmac })]), [HMAC_HINT]);
  assertEquals(await reported([packet({ encryptionKey: textBytes("another key") })]), [KEY_HINT]);
});

Deno.test("explain finds every other encryption mode", async () => {
  for (const mode of ["ecb", "cfb", "ofb", "ctr", "legacy"] as const) {
    const label = mode === "legacy" ? mode : mode.toUpperCase();
    const lines = await reported([packet({ mode })]);
    assertEquals(
      lines.at(-1),
      [
        `→ the encryption key of stanza 1 decrypts it in mode ${label}, not CBC`,
        `write ENCRYPTION_MODE ${label} in the stanza, or knock with the other (-M)`,
      ].join(" | "),
    );
    assertEquals(lines.length, 2);
  }
});

Deno.test("explain finds an encryption key that one end reads as text and the other as base64", async () => {
  const key = decodeBase64("testtest") ?? new Uint8Array();
  assertEquals(await reported([packet({ encryptionKey: key })]), [
    KEY_HINT,
    "→ the encryption key of stanza 1, read as base64, decrypts it | write KEY_BASE64 in the stanza, or KEY at the client",
  ]);
  assertEquals(
    (await reported([packet({ encryptionKey: textBytes(encodeBase64(KEY)) })])).at(-1),
    [
      "→ the encryption key of stanza 1, read as text, decrypts it",
      "write KEY in the stanza, or KEY_BASE64 at the client",
    ].join(" | "),
  );
});

Deno.test("explain finds a client with keys of two stanzas", async () => {
  const encryptionKey = textBytes("key of stanza 2");
  const stanzas = [
    aStanza(),
    aStanza({ number: 2, encryptionKey, hmac: { key: textBytes("hmac of 2"), type: "sha256" } }),
  ];
  const lines = await reported([packet({ encryptionKey })], { stanzas });
  assert(lines.includes(
    "→ the encryption key of stanza 2 decrypts it | the client has the HMAC key of one stanza and the encryption key of another",
  ));
});

Deno.test("explain reports a packet that is too old or too new, and what it would have opened otherwise", async () => {
  assertEquals(
    await reported([packet({ time: NOW - 121 })]),
    [
      "decoded #1",
      "too-old #1: is the client's clock right?",
      "→ apart from that:",
      "decided",
    ].slice(0, 4),
  );
  assertEquals(
    (await reported([packet({ time: NOW + 121 })]))[1],
    "too-new #1: is the client's clock right, and this server's?",
  );
});

Deno.test("explain reports a difference of whole or half hours as a wrong time zone", async () => {
  const zone = (hours: string, side: string): string =>
    `→ that is ${hours} h, as with a clock that is set to another time zone | ` +
    `at the client, compare date -u with the server's: it is ${side}`;
  assertEquals((await reported([packet({ time: NOW - 7205 })]))[2], zone("2", "behind"));
  assertEquals((await reported([packet({ time: NOW + 19_800 })]))[2], zone("5.5", "ahead"));
  assertEquals((await reported([packet({ time: NOW - 900 })]))[2], "→ apart from that:");
});

Deno.test("explain reports an old packet if the server does not check ages", async () => {
  const policy = { maxAge: undefined };
  assertEquals(
    await reported([packet({ time: NOW - 5000 })], { policy }),
    [
      "decoded #1",
      "decided",
      "→ timestamp 5000 s old, but the server does not check ages | set ENABLE_SPA_PACKET_AGING Y in fwknopd.conf",
    ].toSorted((a) => a === "decided" ? 1 : 0),
  );
  assertEquals(await reported([packet()], { policy }), ["decoded #1", "decided"]);
});

Deno.test("explain gives a hint for each refusal by policy", async () => {
  const refusals: [Partial<Stanza>, Parameters<typeof seal>[0], string][] = [
    [
      { requireSourceAddress: true },
      { message: "0.0.0.0,tcp/22" },
      "source-address-required #1: knock with -a ADDRESS or -R",
    ],
    [{ requireUsername: "bob" }, {}, "wrong-username #1: knock with -U bob"],
    [
      {},
      { type: 2, natAccess: "10.0.0.1,22" },
      "nat-not-enabled #1: set ENABLE_IPT_FORWARDING Y in fwknopd.conf",
    ],
    [
      {},
      { type: 5, natAccess: "10.0.0.1,22" },
      "nat-not-enabled #1: set ENABLE_IPT_LOCAL_NAT Y in fwknopd.conf",
    ],
    [
      {},
      { type: 0, message: "192.0.2.44,reboot" },
      "command-not-allowed #1: set ENABLE_CMD_EXEC Y in the stanza only if this client may run any command here",
    ],
    [
      { openPorts: parseServices("tcp/80") ?? [] },
      {},
      "port-denied #1: add tcp/22 to the stanza's OPEN_PORTS if this client may have it",
    ],
  ];
  for (const [stanza, message, expected] of refusals) {
    const lines = await reported([packet({}, message)], { stanzas: [aStanza(stanza)] });
    assertEquals(lines, ["decoded #1", expected]);
  }
});

Deno.test("explain reports a NAT target that the stanza does not allow, with the line that would allow it", async () => {
  const nat = { forwarding: true, localNat: true, sourceNat: { enabled: false } };
  const openPorts = parseServices("tcp/22") ?? [];
  const natTargets = parseNatTargets("10.0.0.0/24 tcp/80").value ?? [];
  const cases: [Partial<SpaMessage>, string][] = [
    [{ type: 5, natAccess: "198.51.100.7,3306" }, "NAT_TARGETS local tcp/3306"],
    [{ type: 2, natAccess: "198.51.100.7,3306" }, "NAT_TARGETS local tcp/3306"],
    [{ type: 2, natAccess: "10.0.1.1,80" }, "NAT_TARGETS 10.0.1.1 tcp/80"],
  ];
  for (const [message, line] of cases) {
    const stanzas = [aStanza({ openPorts, natTargets })];
    assertEquals(await reported([packet({}, message)], { stanzas, policy: { nat } }), [
      "decoded #1",
      `nat-target-denied #1: add ${line} to the stanza if this client may have it`,
    ]);
  }
});

Deno.test("explain says which key to add for a packet that no stanza has a key for", async () => {
  const { encryptionKey: _, ...gpgOnly } = aStanza({
    gpg: {
      decryptId: "ABCD1234",
      requireSignature: true,
      ignoreSignatureErrors: false,
      remoteIds: [],
      fingerprints: [],
    },
  });
  assertEquals(
    (await reported([packet()], { stanzas: [gpgOnly] }))[0],
    "no-cipher-match #1: let the client use --gpg-recipient-key, or give the stanza KEY_BASE64",
  );
  assert(
    (await reported([datagram("A".repeat(600))]))[0]?.startsWith(
      "no-cipher-match #1: give the stanza GPG_DECRYPT_ID",
    ),
  );
  const { hmac: __, ...noHmac } = aStanza();
  const [refusal, finding] = await reported([datagram("A".repeat(600))], { stanzas: [noHmac] });
  assert(refusal?.startsWith("no-cipher-match #1: give the stanza GPG_DECRYPT_ID"));
  assertEquals(finding, undefined);
});
