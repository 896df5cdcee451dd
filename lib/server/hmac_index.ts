/**
 * The HMAC keys of all stanzas, grouped so that one pass checks a packet against many keys.
 *
 * @module
 */
import { decodeBase64Bytes } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { type DigestName, DIGESTS } from "../crypto/digest.ts";
import { HmacKeySet } from "../crypto/keyed_hmac.ts";
import type { AddressList } from "../config/access_kinds.ts";
import type { Stanza } from "../config/stanza.ts";
import type { Address } from "../net/address.ts";
import { formatPrefix } from "../net/prefix.ts";
import { MAX_TEXT_LENGTH, MIN_TEXT_LENGTH } from "../spa/limits.ts";
import { splitMac } from "../spa/mac.ts";
import { type Cipher, guessCipher, PREFIXES, restorePrefix } from "../spa/prefix.ts";
import { listContains } from "./source_match.ts";

/** Stanzas with equal SOURCE, DESTINATION and HMAC type. The lists are compared once and the keys in one pass. */
interface Group {
  readonly type: DigestName;
  /** Indices into the list of stanzas, in file order. */
  readonly members: readonly number[];
  readonly keys: HmacKeySet;
}

/** Finds the stanzas whose HMAC key made a packet. */
export class HmacIndex {
  readonly #stanzas: readonly Stanza[];
  readonly #groups: readonly Group[];
  readonly #usesGpg: boolean;
  readonly #rijndael = new FullTextBuffer(PREFIXES.rijndael);
  readonly #gpg = new FullTextBuffer(PREFIXES.gpg);

  constructor(stanzas: readonly Stanza[]) {
    this.#stanzas = stanzas;
    this.#groups = groupStanzas(stanzas);
    this.#usesGpg = stanzas.some(({ gpg }) => gpg !== undefined);
  }

  /**
   * The full text without mac, by the index of each stanza whose SOURCE and DESTINATION match and whose HMAC key made
   * the packet. Never contains a stanza without an HMAC key.
   */
  verify(
    packetText: string,
    cipher: Cipher,
    source: Address,
    destination: Address,
  ): Map<number, string> {
    const verified = new Map<number, string>();
    for (const { type, members, keys } of this.#groups) {
      const stanza = this.#stanzas[members[0] ?? 0];
      if (stanza === undefined || !isFor(stanza, source, destination)) continue;
      const split = splitMac(packetText, type);
      if (!split.ok || split.value.mac.length !== DIGESTS[type].length) continue;
      const fullText = restorePrefix(split.value.text, cipher);
      for (const key of keys.matches(textBytes(fullText), split.value.mac)) {
        const index = members[key];
        if (index !== undefined) verified.set(index, fullText);
      }
    }
    return verified;
  }

  /**
   * Whether {@link verify} would find a stanza, for either cipher.
   *
   * @param packetText ASCII, at most 1499 bytes.
   */
  fits(packetText: Uint8Array, source: Address, destination: Address): boolean {
    let fits = false;
    const isGpg = this.#usesGpg && guessCipher(packetText.length) === "gpg";
    for (const { type, members, keys } of this.#groups) {
      const stanza = this.#stanzas[members[0] ?? 0];
      if (stanza === undefined || !isFor(stanza, source, destination)) continue;
      const length = packetText.length - DIGESTS[type].base64Length;
      if (length < MIN_TEXT_LENGTH) continue;
      const mac = decodeBase64Bytes(packetText.subarray(length));
      if (mac === undefined) continue;
      const text = packetText.subarray(0, length);
      if (keys.includes(this.#rijndael.restore(text), mac)) fits = true;
      if (isGpg && keys.includes(this.#gpg.restore(text), mac)) fits = true;
    }
    return fits;
  }
}

/** Restores the prefix of packet texts in a buffer of its own, so that a packet costs no memory. */
class FullTextBuffer {
  readonly #start: number;
  readonly #bytes: Uint8Array;

  constructor(prefix: string) {
    this.#start = prefix.length;
    this.#bytes = new Uint8Array(this.#start + MAX_TEXT_LENGTH);
    this.#bytes.set(textBytes(prefix));
  }

  /** The full text, valid until the next call. */
  restore(text: Uint8Array): Uint8Array {
    this.#bytes.set(text, this.#start);
    return this.#bytes.subarray(0, this.#start + text.length);
  }
}

/** Whether the stanza is for packets between these addresses. */
export function isFor(stanza: Stanza, source: Address, destination: Address): boolean {
  return listContains(stanza.source, source) && listContains(stanza.destination, destination);
}

function groupStanzas(stanzas: readonly Stanza[]): Group[] {
  const members = new Map<string, number[]>();
  for (const [index, stanza] of stanzas.entries()) {
    if (stanza.hmac === undefined) continue;
    const name = JSON.stringify([
      stanza.hmac.type,
      describeList(stanza.source),
      describeList(stanza.destination),
    ]);
    const group = members.get(name);
    if (group === undefined) members.set(name, [index]);
    else group.push(index);
  }
  return Array.from(members.values(), (indices) => toGroup(stanzas, indices));
}

function toGroup(stanzas: readonly Stanza[], members: readonly number[]): Group {
  const hmacs = members.flatMap((index) => stanzas[index]?.hmac ?? []);
  const type = hmacs[0]?.type ?? "sha256";
  return { type, members, keys: new HmacKeySet(type, hmacs.map(({ key }) => key)) };
}

function describeList(list: AddressList): string {
  return list === "any" ? list : list.map(formatPrefix).join();
}
