/**
 * Generators for property tests over the wire format.
 *
 * @module
 */
import fc from "property-testing";
import { textBytes } from "../../lib/crypto/bytes.ts";
import { DIGEST_NAMES, type DigestName } from "../../lib/crypto/digest.ts";
import type { SymmetricMode } from "../../lib/crypto/encryption_mode.ts";
import type { PacketHmac } from "../../lib/spa/mac.ts";
import { hasClientTimeout, hasNatAccess, type SpaMessage } from "../../lib/spa/message.ts";

/** Every symmetric mode. */
export const MODES: readonly SymmetricMode[] = ["ecb", "cbc", "cfb", "ofb", "ctr", "legacy"];

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const USERNAME = " !#$%&'()-.0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{}~";
const VERSION = " 0123456789.-abcXYZ~/+=";

/** A text of base64 characters. */
export function base64Text(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...ALPHABET), minLength, maxLength });
}

/** A text of ordinary and unusual characters: controls, lone surrogates, characters of several bytes or units. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const awkward = ["\0", "\n", "\x7f", "\x80", "\u00e9", "\u2028", "\ud800", "\u{1f511}", "="];
  return fc.string({ unit: fc.constantFrom(...ALPHABET, ...awkward, ..."-_:,. "), maxLength });
}

const service = fc.tuple(fc.constantFrom("tcp", "udp"), fc.integer({ min: 1, max: 65535 }))
  .map((parts) => parts.join("/"));
const address = fc.oneof({ weight: 4, arbitrary: fc.ipV4() }, fc.ipV6());
const hostName = fc.stringMatching(
  /^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z][a-z0-9]{0,5}){1,3}$/,
);

/** Texts that base64 fields can carry: any characters except NUL, up to a number of UTF-8 bytes. */
function fieldText(maxBytes: number): fc.Arbitrary<string> {
  return fc.string({ unit: "grapheme", minLength: 1, maxLength: maxBytes })
    .filter((text) => !text.includes("\0") && textBytes(text).length <= maxBytes);
}

/** Messages that an encoder accepts, with commands up to `maxCommandLength` bytes. */
export function spaMessage(maxCommandLength: number): fc.Arbitrary<SpaMessage> {
  return fc.record({
    randomValue: fc.stringMatching(/^[0-9]{16}$/),
    username: fc.string({ unit: fc.constantFrom(...USERNAME), minLength: 1, maxLength: 48 }),
    timestamp: fc.integer({ min: 0, max: 0xffffffff }),
    version: fc.string({ unit: fc.constantFrom(...VERSION), minLength: 1, maxLength: 8 }),
    type: fc.constantFrom(0, 1, 2, 3, 4, 5, 6),
    address,
    command: fieldText(maxCommandLength),
    services: fc.array(service, { minLength: 1, maxLength: 5 }),
    nat: fc.tuple(fc.oneof(address, hostName), fc.integer({ min: 1, max: 65535 })),
    serverAuth: fc.option(fieldText(63), { nil: undefined }),
    clientTimeout: fc.integer({ min: 0, max: 65536 }),
  }).map(({ address, command, services, nat, serverAuth, clientTimeout, ...common }) => ({
    ...common,
    message: `${address},${common.type === 0 ? command : services.join()}`,
    ...(hasNatAccess(common.type) ? { natAccess: nat.join() } : {}),
    ...(serverAuth === undefined ? {} : { serverAuth }),
    ...(hasClientTimeout(common.type) ? { clientTimeout } : {}),
  }));
}

/** Any digest. */
export const digestName: fc.Arbitrary<DigestName> = fc.constantFrom(...DIGEST_NAMES);

/** Any HMAC, or none. */
export const packetHmac: fc.Arbitrary<PacketHmac | undefined> = fc.option(
  fc.record({ type: digestName, key: fc.uint8Array({ minLength: 33, maxLength: 128 }) }),
  { nil: undefined },
);
