/**
 * Settings of the whole server that bear on single packets, apart from the stanzas.
 *
 * @module
 */

import type { NatPolicy } from "./authorize_nat.ts";

/** Rules for SPA over HTTP (`docs/spec/wire.md` 10.4); absent where it is not enabled. */
export interface HttpPolicy {
  /** ALLOW_ANY_USER_AGENT. */
  readonly anyUserAgent: boolean;
  /** ENABLE_X_FORWARDED_FOR. */
  readonly forwardedFor: boolean;
}

/** What the configuration says about every packet. */
export interface ServerPolicy {
  /** MAX_SPA_PACKET_AGE in seconds; `undefined` when ages are not checked. */
  readonly maxAge: number | undefined;
  readonly http: HttpPolicy | undefined;
  readonly nat: NatPolicy;
  /** ENABLE_DESTINATION_RULE: admit only to the address the packet was sent to. */
  readonly destinationRule: boolean;
  /** `--test`: everything but the act. */
  readonly testMode: boolean;
}
