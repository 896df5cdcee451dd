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
  readonly #full: Readonly<Record<Cipher, FullTextBuffer>> = {
    rijndael: new FullTextBuffer(PREFIXES.rijndael),
    gpg: new FullTextBuffer(PREFIXES.gpg),
  };

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
    const bytes = textBytes(packetText);
    for (const group of this.#groups) {
      const split = this.#split(group, bytes, source, destination);
      if (split === undefined) continue;
      for (const key of group.keys.matches(this.#full[cipher].restore(split.text), split.mac)) {
        const index = group.members[key];
        const text = packetText.slice(0, split.text.length);
        if (index !== undefined) verified.set(index, restorePrefix(text, cipher));
      }
    }
    return verified;
  }

  /**
   * Whether {@link verify} would find a stanza, for either cipher. Makes no text.
   *
   * @param packetText ASCII, at most 1499 bytes.
   */
  fits(packetText: Uint8Array, source: Address, destination: Address): boolean {
    let fits = false;
    const isGpg = this.#usesGpg && guessCipher(packetText.length) === "gpg";
    for (const group of this.#groups) {
      const split = this.#split(group, packetText, source, destination);
      if (split === undefined) continue;
      const { rijndael, gpg } = this.#full;
      if (group.keys.includes(rijndael.restore(split.text), split.mac)) fits = true;
      if (isGpg && group.keys.includes(gpg.restore(split.text), split.mac)) fits = true;
    }
    return fits;
  }

  /** The packet as the stanzas of a group read it; `undefined` if it is not for them or cannot have their mac. */
  #split(
    { type, members }: Group,
    packetText: Uint8Array,
    source: Address,
    destination: Address,
  ): { readonly text: Uint8Array; readonly mac: Uint8Array } | undefined {
    const stanza = this.#stanzas[members[0] ?? 0];
    if (stanza === undefined || !isFor(stanza, source, destination)) return undefined;
    const length = packetText.length - DIGESTS[type].base64Length;
    if (length < MIN_TEXT_LENGTH) return undefined;
    const mac = decodeBase64Bytes(packetText.subarray(length));
    return mac && { text: packetText.subarray(0, length), mac };
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
