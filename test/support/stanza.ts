/**
 * Stanzas for tests.
 *
 * @module
 */
import { plainMembers } from "../../lib/config/access_stanza.ts";
import type { Stanza } from "../../lib/config/stanza.ts";
import { StanzaDraft } from "../../lib/config/stanza_draft.ts";
import { placeByNumber, type PlaceOf } from "../../lib/firewall/address_place.ts";
import type { NatPolicy } from "../../lib/server/authorize_nat.ts";
import { anAddress } from "./address.ts";

/** The kind of place of an address, for a host with these addresses. */
export function aPlace(...own: readonly string[]): PlaceOf {
  return (address) => placeByNumber(address, own.map(anAddress));
}

/** A stanza that admits every holder of the key to any service, with the given changes. */
export function aStanza(changes: Partial<Stanza> = {}): Stanza {
  const position = { file: "access.conf", line: 1, column: 1 };
  return {
    ...plainMembers(new StanzaDraft("ANY", position)),
    number: 1,
    position,
    sourceText: "ANY",
    source: "any",
    restrictPorts: [],
    encryptionKey: new TextEncoder().encode("testtest"),
    encryptionMode: "cbc",
    hmac: { key: new TextEncoder().encode("hmackey1"), type: "sha256" },
    accessTimeout: 30,
    maxTimeout: 300,
    requireSourceAddress: false,
    ...changes,
  };
}

/** A policy without NAT. */
export const NO_NAT: NatPolicy = {
  forwarding: false,
  localNat: false,
  sourceNat: { enabled: false },
};
