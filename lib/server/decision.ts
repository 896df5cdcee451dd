/**
 * What an authorized packet gets: plain data, handed to the acting side.
 *
 * @module
 */
import type { Address } from "../net/address.ts";
import type { Service } from "../net/service.ts";

/** Open services on this host for one address. */
export interface OpenPorts {
  readonly kind: "open";
  /** Number of the stanza that allows it. */
  readonly stanza: number;
  /** The address to admit. */
  readonly address: Address;
  readonly services: readonly Service[];
  /** Only connections to this address; set with ENABLE_DESTINATION_RULE. */
  readonly destination?: Address;
  /** How long, in seconds. */
  readonly seconds: number;
}

/** Everything a stanza may decide. */
export type Decision = OpenPorts;
