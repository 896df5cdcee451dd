/**
 * Settings of the whole server that bear on single packets, apart from the stanzas.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { natSwitches } from "../config/nat_switches.ts";
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

/** The largest age of a packet in seconds; `undefined` where ages are not checked. */
export function ageWindow(settings: ServerSettings): number | undefined {
  return settings.ENABLE_SPA_PACKET_AGING ? settings.MAX_SPA_PACKET_AGE : undefined;
}

/** What the settings say about single packets. */
export function policyFromSettings(settings: ServerSettings, testMode: boolean): ServerPolicy {
  const { forwarding, localNat, sourceNat } = natSwitches(settings);
  return {
    maxAge: ageWindow(settings),
    http: settings.ENABLE_SPA_OVER_HTTP
      ? {
        anyUserAgent: settings.ALLOW_ANY_USER_AGENT,
        forwardedFor: settings.ENABLE_X_FORWARDED_FOR,
      }
      : undefined,
    nat: {
      forwarding,
      localNat,
      sourceNat: {
        enabled: sourceNat,
        ...(settings.SNAT_TRANSLATE_IP === undefined
          ? {}
          : { translate: settings.SNAT_TRANSLATE_IP }),
      },
    },
    destinationRule: settings.ENABLE_DESTINATION_RULE,
    testMode,
  };
}
