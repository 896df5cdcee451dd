/**
 * Checks the settings before the client uses them (`docs/spec/client.md` 3, rows 7 to 16).
 *
 * @module
 */
import { parseAddress } from "../net/address.ts";
import { type Problem, usageProblem } from "./problem.ts";
import type { SettingsLevel } from "../config/client_rows.ts";
import { isRaw } from "../config/transport.ts";

/** The purpose of the run. */
export interface Purpose {
  /** The options are saved under the name of the destination, because no stanza is named. */
  readonly savesByDestination: boolean;
  /** The run sends a packet. It is not a test, does not make keys, and does not only print. */
  readonly sends: boolean;
  /** The run makes keys. Then the encryption of packets does not matter. */
  readonly makesKeys?: boolean;
}

const NO_DESTINATION = "Must use --destination unless --test mode is used";

/** The first mistake, or `undefined`. */
export function validateSettings(
  settings: Readonly<SettingsLevel>,
  purpose: Purpose,
): Problem | undefined {
  return checkDestination(settings, purpose) ?? checkAllow(settings, purpose) ??
    checkSpoof(settings) ?? checkProxy(settings) ??
    (purpose.makesKeys ? undefined : checkCipher(settings));
}

function checkDestination(
  settings: Readonly<SettingsLevel>,
  purpose: Purpose,
): Problem | undefined {
  const needed = purpose.savesByDestination || purpose.sends;
  if (!needed || (settings.server ?? "") !== "") return undefined;
  return usageProblem("no destination", {
    hint: "use -D HOST, or -n STANZA with SPA_SERVER in the rc file",
    reference: NO_DESTINATION,
  });
}

function checkAllow(settings: Readonly<SettingsLevel>, purpose: Purpose): Problem | undefined {
  const { allow } = settings;
  if (allow?.kind === "address" && parseAddress(allow.text) === undefined) {
    return usageProblem(`--allow-ip: '${allow.text}' is not an address`, {
      hint: "use an address such as 192.0.2.7, without leading zeros; -R looks up your public one",
      reference: "Invalid allow IP specified for SPA access",
    });
  }
  if (!purpose.sends || allow !== undefined || settings.resolve === true) return undefined;
  return usageProblem("no address to admit", {
    hint: "use -a ADDRESS, -R to look up your public address, or -s for the packet's source",
    reference: "Must use one of [-s|-R|-a] to specify IP for SPA access.",
  });
}

function checkSpoof({ spoofSource, transport }: Readonly<SettingsLevel>): Problem | undefined {
  if (spoofSource === undefined) return undefined;
  if (parseAddress(spoofSource)?.family !== 4) {
    return usageProblem(`--spoof-source: '${spoofSource}' is not an IPv4 address`, {
      reference: "Invalid spoof IP",
    });
  }
  if (transport !== undefined && isRaw(transport)) return undefined;
  return usageProblem("--spoof-source needs a raw transport", {
    hint: "use -P udpraw, -P tcpraw or -P icmp",
    reference: "Must set -P <udpraw|tcpraw|icmp> with a spoofed source IP",
  });
}

function checkProxy({ proxy, transport }: Readonly<SettingsLevel>): Problem | undefined {
  if (proxy === undefined || transport === "http") return undefined;
  return usageProblem(`--http-proxy does not go with --server-proto ${transport}`, {
    hint: "leave out --server-proto",
    reference: "Cannot set --http-proxy with a non-HTTP protocol.",
  });
}

function checkCipher(settings: Readonly<SettingsLevel>): Problem | undefined {
  if (settings.useGpg && settings.gpgRecipient === undefined) {
    return usageProblem("GnuPG needs to know whom to encrypt for", {
      hint: "use --gpg-recipient-key, or GPG_RECIPIENT in the rc file",
      reference: "Must specify --gpg-recipient-key when GPG is used.",
    });
  }
  if (settings.mode === "asymmetric" && !settings.useGpg) {
    return usageProblem("--encryption-mode asymmetric needs GnuPG keys", {
      hint: "use --gpg-recipient-key and --gpg-signer-key",
      reference: "Must specify GPG recipient/signing keys when Asymmetric encryption mode is used.",
    });
  }
  if (settings.mode === "legacy" && settings.useHmac) {
    return usageProblem("--encryption-mode legacy does not go with an HMAC", {
      hint: "leave out --encryption-mode, unless the server runs fwknop 2.0.4 or older",
      reference: "Legacy encryption mode is incompatible with HMAC usage.",
    });
  }
  return undefined;
}
