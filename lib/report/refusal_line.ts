/**
 * Refusals in the words of the C daemon (`docs/spec/server.md` 7 and 8).
 *
 * @module
 */
import { quotedFacts } from "./quoted_facts.ts";
import { SPA_ERRORS } from "../spa/error.ts";
import type { Refusal, RefusalCode } from "../server/refusal.ts";
import { natTargetDenial } from "./nat_target_denial.ts";
import type { LogLine, Severity } from "./log_line.ts";

const SEVERITIES: Readonly<Record<RefusalCode, Severity>> = {
  "not-spa": "debug",
  "no-stanza-for-source": "warning",
  "replay": "warning",
  "duplicate": "info",
  "no-stanza-for-destination": "warning",
  "stanza-expired": "info",
  "no-cipher-match": "error",
  "hmac-mismatch": "warning",
  "undecodable": "warning",
  "gpg-busy": "warning",
  "too-many-packets": "warning",
  "not-remembered": "warning",
  "gpg-signer": "warning",
  "too-old": "warning",
  "too-new": "warning",
  "forgotten-time": "warning",
  "source-address-required": "warning",
  "forwarded-for-unusable": "warning",
  "wrong-username": "warning",
  "link-local-address": "warning",
  "nat-not-enabled": "warning",
  "command-not-allowed": "warning",
  "no-service-for-cycle": "error",
  "port-denied": "warning",
  "nat-target-denied": "warning",
  "nat-host-unknown": "info",
  "nat-host-busy": "warning",
  "test-mode": "warning",
  "too-many-rules": "error",
  "not-applied": "error",
  "command-not-run": "error",
};

/** Where the C daemon sees it otherwise. */
const C_SEVERITIES: Readonly<Partial<Record<RefusalCode, Severity>>> = {
  "duplicate": "warning",
  "no-stanza-for-destination": "debug",
};

/** More stanzas than this share a line: whoever can send junk must not be able to fill the log with it. */
const MOST_LINES = 8;

/**
 * The lines of a refusal: one, or one for each stanza that refused.
 *
 * @param everyStanza a line for each, however many there are, and as severe as the C daemon has it.
 */
export function refusalLines(refusal: Refusal, everyStanza = false): LogLine[] {
  const { stanzas } = refusal;
  const severity = everyStanza
    ? C_SEVERITIES[refusal.code] ?? SEVERITIES[refusal.code]
    : SEVERITIES[refusal.code];
  const source = `[${refusal.packet.source}]`;
  const line = (stanza: string): LogLine => ({
    severity,
    text: stanzaText(refusal, source, `(${stanza})`) + (everyStanza ? "" : meaning(refusal)),
  });
  if (stanzas.length === 0) {
    return [{ severity, text: packetText(refusal, source, everyStanza) }];
  }
  if (stanzas.length > MOST_LINES && !everyStanza) {
    return [line(`${stanzas.length} stanzas, #${stanzas[0]} to #${stanzas.at(-1)}`)];
  }
  return stanzas.map((stanza) => line(`stanza #${stanza}`));
}

/** What the C daemon's words for a wrong key mean, after them; nothing where they say it. */
function meaning({ code }: Refusal): string {
  return code === "hmac-mismatch" ? ": the HMAC does not match the stanza's key" : "";
}

/** Refusals before any stanza is looked at. */
function packetText(refusal: Refusal, source: string, isC: boolean): string {
  const { code, facts, packet } = refusal;
  switch (code) {
    case "no-stanza-for-source":
      return `No access data found for source IP: ${packet.source}`;
    case "replay":
    case "duplicate":
      if (code === "duplicate" && !isC) {
        return `${source} Another copy of the packet that was just taken, ignored`;
      }
      return `Replay detected from source IP: ${packet.source}, ` +
        `Destination proto/port: ${packet.protocol}/${packet.destinationPort}, ` +
        `Original source IP: ${facts["source"]}, ` +
        `Original dst proto/port: ${facts["protocol"]}/${facts["destinationPort"]}, ` +
        `Entry created: ${formatEntryTime(Number(facts["time"]))}`;
    default: {
      const error = refusal.error ?? "SPA_MSG_BAD_DATA";
      const { code: number, text } = SPA_ERRORS[error];
      return `${source} preprocess_spa_data() returned error ${number}: '${text}' for incoming packet.`;
    }
  }
}

/** Refusals by one stanza. */
function stanzaText(refusal: Refusal, source: string, stanza: string): string {
  const { code, packet } = refusal;
  const facts = quotedFacts(refusal);
  switch (code) {
    case "no-stanza-for-destination":
      return `${stanza} SPA packet (${packet.source} -> ${packet.destination}) ` +
        "filtered by SOURCE and/or DESTINATION criteria";
    case "stanza-expired":
      return `${source} ${stanza} Access stanza has expired`;
    case "no-cipher-match":
      return `${source} ${stanza} No stanza encryption mode match for encryption type: ${
        facts["type"]
      }.`;
    case "gpg-busy":
      return `${source} ${stanza} Too many packets wait for GnuPG, ignoring SPA packet`;
    case "gpg-signer": {
      const isId = facts["list"] === "GPG_REMOTE_ID";
      const [signer, what] = isId
        ? [` ID: ${facts["id"]}`, "ID"]
        : [`: ${facts["fingerprint"]}`, "fingerprint"];
      return `${source} ${stanza} Incoming SPA packet signed by${signer}, ` +
        `but that ${what} is not in the ${facts["list"]} list.`;
    }
    case "too-many-packets":
      return `${source} ${stanza} More than ${
        facts["limit"]
      } packets within a minute, ignoring SPA packet`;
    case "not-remembered":
      return `${source} ${stanza} Could not add digest to replay cache: ${facts["reason"]}`;
    case "too-old":
    case "too-new":
      return `${source} ${stanza} SPA data time difference is too great (${
        facts["seconds"]
      } seconds).`;
    case "forgotten-time":
      return `${source} ${stanza} The clock went back: this packet may have been accepted before.`;
    case "source-address-required":
      return `${source} ${stanza} Got 0.0.0.0 when valid source IP was required.`;
    case "forwarded-for-unusable":
      return `${source} ${stanza} Got 0.0.0.0, and the X-Forwarded-For header does not hold one address.`;
    case "wrong-username":
      return `${source} ${stanza} Username in SPA data (${
        facts["username"]
      }) does not match required username: ${facts["required"]}`;
    case "link-local-address":
      return `${source} ${stanza} ${
        facts["address"]
      } is a link-local address, which another host may have on another link`;
    case "nat-not-enabled":
      return `${stanza} SPA packet from ${packet.source} requested NAT access, but is not enabled/supported${
        facts["line"] === undefined ? "" : `: ${facts["line"]}: NAT requests are refused`
      }`;
    case "command-not-allowed":
      return `${source} ${stanza} SPA Command messages are not allowed in the current configuration.`;
    case "no-service-for-cycle":
      return `${source} ${stanza} Could not build CMD_CYCLE_OPEN command.`;
    case "port-denied":
      return `${source} ${stanza} One or more requested protocol/ports was denied per access.conf.`;
    case "nat-target-denied":
      return `${source} ${stanza} NAT target ${natTargetDenial(facts).fact}`;
    case "nat-host-unknown":
    case "nat-host-busy":
      return `${source} ${stanza} ${facts["reason"]}`;
    case "test-mode":
      return `${source} ${stanza} --test mode enabled, skipping ${skippedInTestMode(facts)}.`;
    case "command-not-run":
      return `${source} ${stanza} Could not run the command: ${facts["reason"]}`;
    case "too-many-rules":
      return `${source} ${stanza} ${facts["reason"]}`;
    case "not-applied":
      return `${source} ${stanza} Could not change the firewall: ${facts["reason"]}`;
    default: {
      const text = SPA_ERRORS[refusal.error ?? "INVALID_DATA_HMAC_COMPAREFAIL"].text;
      const before = facts["cipher"] === "gpg" ? " (before decryption)" : "";
      const gpg = facts["gpg"] === undefined ? "" : ` - GPG ERROR: ${facts["gpg"]}`;
      return `${source} ${stanza} Error creating fko context${before}: ${text}${gpg}`;
    }
  }
}

function skippedInTestMode({ does }: Refusal["facts"]): string {
  if (does === "run") return "command execution";
  return does === "cycle" ? "command cycle" : "firewall manipulation";
}

/** `MM/DD/YY HH:MM:SS` in local time. */
function formatEntryTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getMonth() + 1, date.getDate(), date.getFullYear() % 100].map(two).join("/");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day} ${time}`;
}
