/**
 * Mutated texts and bytes against every parser of foreign data: nothing throws, and every result has passed the checks.
 *
 * @module
 */
import { assert, assertEquals } from "../assert.ts";
import { parseIpPacket } from "../../lib/capture/ip_packet.ts";
import { ipOffset, LinkType } from "../../lib/capture/link_layer.ts";
import { readDecryption } from "../../lib/gpg/open.ts";
import { countStatus, parseStatus } from "../../lib/gpg/status.ts";
import { formatReplayEntry, parseReplayEntry } from "../../lib/server/replay_entry.ts";
import { parseReplayFile } from "../../lib/server/replay_file_text.ts";
import { encodePlaintext } from "../../lib/spa/fields.ts";
import { readTexts } from "../support/config_files.ts";
import { ethernet, ipv4, ipv6, tagged, tcp, udp } from "../support/frames.ts";
import { mutate, type Random } from "./random.ts";

const PAYLOAD = new Uint8Array(200).fill(0x41);
const SEGMENT = udp(40000, 62201, PAYLOAD);
const FRAMES: readonly Uint8Array[] = [
  ethernet(0x0800, ipv4(17, SEGMENT)),
  ethernet(0x0800, ipv4(17, SEGMENT, { options: new Uint8Array(12) })),
  ethernet(0x8100, tagged(3, 0x86dd, ipv6(17, SEGMENT))),
  ipv4(6, tcp(1, 2, PAYLOAD, new Uint8Array(8))),
  ipv6(17, SEGMENT),
];
const LINK_TYPES = Object.values(LinkType);

/** A frame of any link type: the payload lies within it. */
export function fuzzFrames(random: Random): void {
  const frame = mutate(random.pick(FRAMES), random);
  const offset = ipOffset(random.pick(LINK_TYPES), frame);
  if (offset === undefined) return;
  assert(offset <= frame.length);
  const parsed = parseIpPacket(frame.subarray(offset));
  if (typeof parsed === "string") return;
  const { payload } = parsed;
  assert(payload.byteOffset + payload.length <= frame.byteOffset + frame.length);
  assert([4, 16].includes(parsed.source.bytes.length));
  assert(parsed.sourcePort >= 0 && parsed.sourcePort <= 65535);
}

const CONF = `PCAP_INTF eth0
FWKNOP_RUN_DIR /run/fwknop
DIGEST_FILE $FWKNOP_RUN_DIR/digest.cache
MAX_SPA_PACKET_AGE 120
ENABLE_IPT_FORWARDING Y
IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1;
`;
const ACCESS = `SOURCE 192.0.2.0/24, 10.1.2.3
OPEN_PORTS tcp/22, udp/53
KEY_BASE64 c2VjcmV0IGtleSBvZiBtaW5l
HMAC_KEY_BASE64 aG1hYyBrZXkgb2YgbWluZQ==
FW_ACCESS_TIMEOUT 60
ACCESS_EXPIRE 12/31/2030
SOURCE: ANY;
KEY: another passphrase
FORCE_NAT 10.0.0.1 22
REQUIRE_USERNAME alice
`;

/** Both server files: a configuration results only if there is no error, and its stanzas are valid. */
export function fuzzConfiguration(random: Random): void {
  const change = (text: string): string =>
    new TextDecoder().decode(mutate(new TextEncoder().encode(text), random));
  const access = change(ACCESS);
  const { config, diagnostics } = readTexts({ conf: change(CONF), access });
  const isBroken = diagnostics.some(({ severity }) => severity === "error");
  assertEquals(config === undefined, isBroken);
  for (const { stanza } of config?.stanzas ?? []) {
    assert(stanza.accessTimeout >= 1 && stanza.accessTimeout <= stanza.maxTimeout);
    assert(stanza.encryptionKey !== undefined || stanza.gpg !== undefined);
    for (const { port } of stanza.openPorts ?? []) assert(port >= 1 && port <= 65535);
  }
  // On another line the text is no longer known to be a key.
  const isInPlace = (secret: string): boolean =>
    access.split("\n").every((line) => !line.includes(secret) || /^(HMAC_)?KEY_BASE64 /.test(line));
  for (const secret of ["c2VjcmV0IGtleSBvZi", "aG1hYyBrZXkgb2Yg"].filter(isInPlace)) {
    for (const { text, hint = "" } of diagnostics) {
      assert(!`${text}${hint}`.includes(secret), "a key in a message");
    }
  }
}

const REPLAY_LINES = `# <digest> <proto> <src_ip> <src_port> <dst_ip> <dst_port> <time>
ImOUbGSUwXTNHUVIuw5Xgi0WXmT7fS5i5iI4IAWFrKw 17 192.0.2.44 53992 198.51.100.7 62201 1795295475
JmOUbGSUwXTNHUVIuw5Xgi0WXmT7fS5i5iI4IAWFrKw 6 2001:db8::1 53992 0.0.0.0 62201 1795295476
`;

/** A replay file: each entry that is read can be written, and is read the same again. */
export function fuzzReplayFile(random: Random): void {
  const bytes = mutate(new TextEncoder().encode(REPLAY_LINES), random);
  for (const entry of parseReplayFile(new TextDecoder().decode(bytes)).entries) {
    assertEquals(parseReplayEntry(formatReplayEntry(entry)), entry);
  }
}

const PLAINTEXT = encodePlaintext({
  randomValue: "1234567890123456",
  username: "alice",
  timestamp: 1_800_000_000,
  version: "3.0.0",
  type: 1,
  message: "192.0.2.44,tcp/22",
}, "sha256");

const STATUS_LINES = [
  "NEWSIG",
  "GOODSIG 5C0CA15C36893928 alice",
  "BADSIG 5C0CA15C36893928 alice",
  "ERRSIG 5C0CA15C36893928 1 10 00 1700000000 9 -",
  "VALIDSIG 4251C12FD4C649832255C6365C0CA15C36893928 2023-11-14 1700000000 0 4 0 1 10 00 " +
  "6C857021398051623AAE9DD28D6AD0790864F0BF",
  "TRUST_FULLY 0 pgp",
  "TRUST_NEVER 0 pgp",
  "PLAINTEXT 62 0 ",
  "DECRYPTION_OKAY",
  "DECRYPTION_FAILED",
  "GOODMDC",
  "BADMDC",
  "NODATA 1",
];

/** Status lines in any order, cut and changed: nothing opens without a complete decryption and a good signature. */
export function fuzzGpgStatus(random: Random): void {
  const count = random.below(12);
  const text = Array.from({ length: count }, () => `[GNUPG:] ${random.pick(STATUS_LINES)}\n`);
  const joined = new TextEncoder().encode(text.join(""));
  const bytes = random.below(2) === 0 ? joined : mutate(joined, random);
  const status = parseStatus(new TextDecoder().decode(bytes));
  const output = PLAINTEXT.ok ? PLAINTEXT.value.plaintext : new Uint8Array();
  const options = { requireSignature: true, ignoreSignatureErrors: false };
  const opened = readDecryption({ ran: true, code: 0, output, status }, "hQ", options);
  if (!opened.ok) return;
  for (const keyword of ["DECRYPTION_OKAY", "GOODSIG", "VALIDSIG"]) {
    assertEquals(countStatus(status, keyword), 1, `${keyword} once`);
  }
  assertEquals(countStatus(status, "DECRYPTION_FAILED", "BADMDC", "BADSIG", "ERRSIG"), 0);
}
