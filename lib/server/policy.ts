/**
 * Server settings for the decision about a packet, apart from the stanzas.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { natSwitches } from "../config/nat_switches.ts";
import type { NatPolicy } from "./authorize_nat.ts";

/** Rules for SPA over HTTP (`docs/spec/wire.md` 10.4). */
export interface HttpPolicy {
  /** ALLOW_ANY_USER_AGENT. */
  readonly anyUserAgent: boolean;
  /** ENABLE_X_FORWARDED_FOR. */
  readonly forwardedFor: boolean;
}

/** The settings that apply to every packet. */
export interface ServerPolicy {
  /** MAX_SPA_PACKET_AGE in seconds; `undefined` if ages are not checked. */
  readonly maxAge: number | undefined;
  /** `undefined` if SPA over HTTP is not enabled. */
  readonly http: HttpPolicy | undefined;
  readonly nat: NatPolicy;
  /** ENABLE_DESTINATION_RULE: admit only to the address the packet was sent to. */
  readonly destinationRule: boolean;
  /** `--test`: do everything except the act. */
  readonly testMode: boolean;
}

/** The largest allowed age of a packet in seconds; `undefined` if ages are not checked. */
export function ageWindow(settings: ServerSettings): number | undefined {
  return settings.ENABLE_SPA_PACKET_AGING ? settings.MAX_SPA_PACKET_AGE : undefined;
}

/** Takes the policy from the settings. */
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
