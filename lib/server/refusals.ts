/**
 * The table of refusals: one row for each reason why a packet opens nothing. The logs, JSON, the trace, `explain` and
 * the table in `docs/log-format.md` are made from it. A new refusal needs a row here and a step that returns it.
 *
 * @module
 */
import { isGpgError, SPA_ERRORS, type SpaErrorName } from "../spa/error.ts";
import { NAT_DENIALS } from "./nat_denials.ts";
import { type LineText, row } from "./refusal_row.ts";

/** The entry of the replay cache, and its age in seconds. */
const SEEN_FACTS = {
  source: "text",
  sourcePort: "number",
  protocol: "number",
  destinationPort: "number",
  time: "number",
  ago: "number",
} as const;

/** The C daemon's line for a replay and for a copy. */
const replayLine: LineText<{
  readonly source: string;
  readonly protocol: number;
  readonly destinationPort: number;
  readonly time: number;
}> = ({ source, protocol, destinationPort, time }, { packet }) =>
  `Replay detected from source IP: ${packet.source}, ` +
  `Destination proto/port: ${packet.protocol}/${packet.destinationPort}, ` +
  `Original source IP: ${source}, ` +
  `Original dst proto/port: ${protocol}/${destinationPort}, ` +
  `Entry created: ${formatEntryTime(time)}`;

const hmacLine: LineText<{ readonly cipher?: "gpg" }> = ({ cipher }, { who }) =>
  `${who} Error creating fko context${
    cipher === undefined ? "" : " (before decryption)"
  }: ${SPA_ERRORS.INVALID_DATA_HMAC_COMPAREFAIL.text}`;

/** By code, in the order of the steps. */
export const REFUSALS = {
  "not-spa": row({
    step: "screen",
    facts: { error: "spa-error" },
    means: "not an SPA packet: wrong length, alphabet, prefix or HTTP request; `error` says which",
    severity: "debug",
    line: ({ error }, { who }) => {
      const { code, text } = SPA_ERRORS[error];
      return `${who} preprocess_spa_data() returned error ${code}: '${text}' for incoming packet.`;
    },
    fact: ({ error }) => `not an SPA packet: ${SPA_ERRORS[error].text}`,
    hint: "other traffic on this port; SPA packets are 140 to 1500 characters of base64",
  }),
  "no-stanza-for-source": row({
    step: "source",
    facts: {},
    means: "no stanza's SOURCE contains the source address",
    severity: "warning",
    line: (_, { packet }) => `No access data found for source IP: ${packet.source}`,
    fact: (_, packet) => `no stanza has ${packet.source} in its SOURCE`,
    hint: "add the address to a stanza's SOURCE, or write SOURCE ANY",
  }),
  "network-limit": row({
    step: "source",
    facts: { network: "text", limit: "number" },
    means:
      "the network of the source sends more than `limit` packets a second; further ones are dropped unread",
    severity: "warning",
    line: ({ network, limit }) =>
      `Packets from ${network} come faster than ${limit} a second: the rest is dropped unread`,
    fact: ({ network, limit }) =>
      `${network} sends more than ${limit} packets a second; the rest is dropped unread`,
    hint:
      "clients whose knocks were accepted in the last hour have a limit of their own; a firewall before this host can stop the flood",
  }),
  "replay": row({
    step: "seen",
    facts: SEEN_FACTS,
    means: "the same packet was accepted before",
    severity: "warning",
    line: replayLine,
    fact: ({ source, ago }) => `this very packet came before, from ${source}, ${ago} s ago`,
    hint:
      "an attacker repeats a captured packet, or a network doubles it; a knock makes a new one each time",
  }),
  "duplicate": row({
    step: "seen",
    facts: SEEN_FACTS,
    means: "a copy from the same port within a second: a second interface saw the packet",
    severity: "info",
    line: (_, { who }) => `${who} Another copy of the packet that was just taken, ignored`,
    inC: { severity: "warning", line: replayLine },
    fact: "another copy of the packet before, from the same port at the same time",
    hint: "a second interface saw it (PCAP_INTF any with a bridge), or the network doubles packets",
  }),
  "no-stanza-for-destination": row({
    step: "stanza",
    facts: {},
    means: "a stanza's SOURCE contains the source, but no DESTINATION contains the destination",
    severity: "warning",
    line: (_, { stanza, packet }) =>
      `${stanza} SPA packet (${packet.source} -> ${packet.destination}) ` +
      "filtered by SOURCE and/or DESTINATION criteria",
    inC: { severity: "debug", isAnnounced: false },
    fact: (_, packet) =>
      `no stanza with ${packet.source} in its SOURCE has ${packet.destination} in its DESTINATION`,
    hint: "add the address to a stanza's DESTINATION, or leave DESTINATION out",
  }),
  "stanza-expired": row({
    step: "stanza",
    facts: { seconds: "number" },
    means: "ACCESS_EXPIRE has passed",
    severity: "info",
    line: (_, { who }) => `${who} Access stanza has expired`,
    fact: ({ seconds }) => `the stanza's ACCESS_EXPIRE passed ${seconds} s ago`,
    hint: "move the date in access.conf if this client should still get in",
  }),
  "no-cipher-match": row({
    step: "authenticate",
    facts: { type: [1, 2] },
    means: "the stanza has no key for this `type` of packet: 1 symmetric, 2 GnuPG",
    severity: "error",
    line: ({ type }, { who }) =>
      `${who} No stanza encryption mode match for encryption type: ${type}.`,
    fact: ({ type }, { length }) =>
      type === 1
        ? "a packet of the symmetric cipher, and the stanza takes only GnuPG's"
        : `${length} characters, as GnuPG packets have, and the stanza takes only packets of its own symmetric key`,
    hint: ({ type }) =>
      type === 1
        ? "let the client use --gpg-recipient-key, or give the stanza KEY_BASE64"
        : "give the stanza GPG_DECRYPT_ID and its passphrase, or let the client use a symmetric key",
  }),
  "hmac-mismatch": row({
    step: "authenticate",
    facts: { "cipher?": ["gpg"] },
    means: "no HMAC key of these stanzas made the packet; `cipher` is `gpg` for GnuPG stanzas",
    severity: "warning",
    line: (facts, start) => `${hmacLine(facts, start)}: the HMAC does not match the stanza's key`,
    inC: { line: hmacLine },
    fact: "the HMAC does not match the stanza's key",
    hint:
      "is HMAC_KEY_BASE64 the same at both ends, and does the client use HMAC_DIGEST_TYPE's digest?",
  }),
  "undecodable": row({
    step: "authenticate",
    facts: { error: "spa-error", "gpg?": "text" },
    means: "decryption or decoding failed; `error` says where, `gpg` is GnuPG's reason",
    severity: "warning",
    line: ({ error, gpg }, { who }) =>
      `${who} Error creating fko context: ${SPA_ERRORS[error].text}${
        gpg === undefined ? "" : ` - GPG ERROR: ${gpg}`
      }`,
    fact: ({ error, gpg }) => `${SPA_ERRORS[error].text}${gpg === undefined ? "" : `: ${gpg}`}`,
    hint: ({ error }) => undecodableHint(error),
  }),
  "gpg-busy": row({
    step: "authenticate",
    facts: {},
    means: "too many packets wait for gpg, or too many packets without an HMAC came",
    severity: "warning",
    line: (_, { who }) => `${who} Too many packets wait for GnuPG, ignoring SPA packet`,
    fact: "too many packets wait for gpg, or this one has no HMAC and too many such packets came",
    hint: "add HMAC_KEY_BASE64 to the stanza: packets without a valid HMAC then never reach gpg",
  }),
  "too-many-packets": row({
    step: "remember",
    facts: { limit: "number" },
    means: "the stanza's keys made more packets within a minute than MAX_PACKETS_PER_MINUTE",
    severity: "warning",
    line: ({ limit }, { who }) =>
      `${who} More than ${limit} packets within a minute, ignoring SPA packet`,
    fact: ({ limit }) => `the keys of the stanza made more than ${limit} packets within a minute`,
    hint: "raise MAX_PACKETS_PER_MINUTE in the stanza if its clients knock that often",
  }),
  "not-remembered": row({
    step: "remember",
    facts: { reason: "text" },
    means: "the replay file could not be written, so nothing was opened",
    severity: "warning",
    line: ({ reason }, { who }) => `${who} Could not add digest to replay cache: ${reason}`,
    fact: ({ reason }) => `the packet could not be written to the replay file: ${reason}`,
    hint: "without that it could be replayed, so it opens nothing: is the disk full?",
  }),
  "gpg-signer": row({
    step: "authorize",
    facts: { id: "text", fingerprint: "text", list: ["GPG_REMOTE_ID", "GPG_FINGERPRINT_ID"] },
    means: "the signer is not in the list that `list` names",
    severity: "warning",
    line: ({ id, fingerprint, list }, { who }) => {
      const [signer, what] = list === "GPG_REMOTE_ID"
        ? [` ID: ${id}`, "ID"]
        : [`: ${fingerprint}`, "fingerprint"];
      return `${who} Incoming SPA packet signed by${signer}, ` +
        `but that ${what} is not in the ${list} list.`;
    },
    fact: ({ id, fingerprint, list }) => `signed by ${fingerprint || id}, which is not in ${list}`,
    hint: ({ list }) => `add it to the stanza's ${list} if this client may come in`,
  }),
  "too-old": row({
    step: "authorize",
    facts: { seconds: "number", limit: "number" },
    means: "the packet was made more than MAX_SPA_PACKET_AGE ago, by this server's clock",
    severity: "warning",
    line: ({ seconds }, { who }) =>
      `${who} SPA data time difference is too great (${seconds} seconds).`,
    fact: ({ seconds, limit }) => `timestamp ${seconds} s old, limit ${limit} s`,
    hint: "is the client's clock right?",
  }),
  "too-new": row({
    step: "authorize",
    facts: { seconds: "number", limit: "number" },
    means: "the client's clock is ahead by more than MAX_SPA_PACKET_AGE",
    severity: "warning",
    line: ({ seconds }, { who }) =>
      `${who} SPA data time difference is too great (${seconds} seconds).`,
    fact: ({ seconds, limit }) => `timestamp ${seconds} s in the future, limit ${limit} s`,
    hint: "is the client's clock right, and this server's?",
  }),
  "forgotten-time": row({
    step: "authorize",
    facts: {},
    means: "the clock was set back, so the server may have accepted and forgotten this packet",
    severity: "warning",
    line: (_, { who }) => `${who} The clock went back: this packet may have been accepted before.`,
    fact: "packets of its time may have been accepted and forgotten: this server's clock went back",
    hint: "is this server's clock right? Later packets are taken",
  }),
  "source-address-required": row({
    step: "authorize",
    facts: { asked: "text" },
    means: "REQUIRE_SOURCE_ADDRESS is on, and the client named no address",
    severity: "warning",
    line: (_, { who }) => `${who} Got 0.0.0.0 when valid source IP was required.`,
    fact: "the client left the address to the packet (-s), and REQUIRE_SOURCE_ADDRESS is on",
    hint: "knock with -a ADDRESS or -R",
  }),
  "forwarded-for-unusable": row({
    step: "authorize",
    facts: { asked: "text" },
    means: "the client named no address, and X-Forwarded-For does not hold one address",
    severity: "warning",
    line: (_, { who }) =>
      `${who} Got 0.0.0.0, and the X-Forwarded-For header does not hold one address.`,
    fact: "the client left the address to the packet (-s), and X-Forwarded-For does not hold one",
    hint: "let the proxy replace the header by its client's address, or knock with -a ADDRESS",
  }),
  "wrong-username": row({
    step: "authorize",
    facts: { username: "text", required: "text" },
    means: "the user name is not that of REQUIRE_USERNAME",
    severity: "warning",
    line: ({ username, required }, { who }) =>
      `${who} Username in SPA data (${username}) does not match required username: ${required}`,
    fact: ({ username, required }) => `user name '${username}', REQUIRE_USERNAME '${required}'`,
    hint: ({ required }) => `knock with -U ${required}`,
  }),
  "link-local-address": row({
    step: "authorize",
    facts: { address: "text" },
    means: "the address to admit is link-local (fe80::): each link may have a host with it",
    severity: "warning",
    line: ({ address }, { who }) =>
      `${who} ${address} is a link-local address, which another host may have on another link`,
    fact: ({ address }) =>
      `${address} is a link-local address, which another host may have on another link`,
    hint: "knock with -a and a global or unique local address of the client, or over IPv4",
  }),
  "nat-not-enabled": row({
    step: "authorize",
    again: { step: "resolve", means: "the target is this host, and local NAT is not enabled" },
    facts: { kind: ["local", "forward"], "line?": ["ENABLE_FORWARD_ACCESS N"] },
    means: "the client asks for NAT, which is not enabled",
    severity: "warning",
    line: ({ line }, { stanza, packet }) =>
      `${stanza} SPA packet from ${packet.source} requested NAT access, but is not enabled/supported${
        line === undefined ? "" : `: ${line}: NAT requests are refused`
      }`,
    fact: ({ line }) =>
      line === undefined
        ? "the client asks for NAT, which is not enabled"
        : `the client asks for NAT, and the stanza has ${line}: NAT requests are refused`,
    hint: ({ kind, line }) => {
      if (line !== undefined) return `remove ${line} from the stanza if this client may have it`;
      const variable = kind === "local" ? "ENABLE_IPT_LOCAL_NAT" : "ENABLE_IPT_FORWARDING";
      return `set ${variable} Y in fwknopd.conf`;
    },
  }),
  "command-not-allowed": row({
    step: "authorize",
    facts: {},
    means: "the client sent a command, and the stanza runs none",
    severity: "warning",
    line: (_, { who }) =>
      `${who} SPA Command messages are not allowed in the current configuration.`,
    fact: "the client sent a command, and the stanza runs none",
    hint: "set ENABLE_CMD_EXEC Y in the stanza only if this client may run any command here",
  }),
  "no-service-for-cycle": row({
    step: "authorize",
    facts: {},
    means: "the client sent a command, and the stanza opens a service by CMD_CYCLE_OPEN",
    severity: "error",
    line: (_, { who }) => `${who} Could not build CMD_CYCLE_OPEN command.`,
    fact: "the client sent a command, and the stanza opens a service by CMD_CYCLE_OPEN",
    hint: "knock with -A, or give commands a stanza of their own",
  }),
  "port-denied": row({
    step: "authorize",
    facts: { service: "text", reason: ["OPEN_PORTS", "RESTRICT_PORTS"] },
    means: "OPEN_PORTS or RESTRICT_PORTS does not allow the service",
    severity: "warning",
    line: (_, { who }) => `${who} One or more requested protocol/ports was denied per access.conf.`,
    fact: ({ service, reason }) =>
      `${service} is ${reason === "RESTRICT_PORTS" ? "in" : "not in"} ${reason}`,
    hint: ({ service }) => `add ${service} to the stanza's OPEN_PORTS if this client may have it`,
  }),
  "nat-target-denied": row({
    step: "authorize",
    again: {
      step: "resolve",
      means: "the same, or a target that is never allowed: loopback, multicast, broadcast",
    },
    facts: {
      target: "text",
      reason: ["NAT_TARGETS", "RESTRICT_PORTS", "not-local", "own", "loopback", "nowhere"],
    },
    means: "NAT_TARGETS, OPEN_PORTS or RESTRICT_PORTS does not allow the NAT target",
    severity: "warning",
    line: ({ target, reason }, { who }) => `${who} NAT target ${NAT_DENIALS[reason].fact(target)}`,
    fact: ({ target, reason }) => NAT_DENIALS[reason].fact(target),
    hint: ({ target, reason }) => NAT_DENIALS[reason].hint(target),
  }),
  "nat-host-unknown": row({
    step: "resolve",
    facts: { reason: "text" },
    means: "the name of the NAT host has no address, or ENABLE_NAT_DNS is off",
    severity: "info",
    line: ({ reason }, { who }) => `${who} ${reason}`,
    fact: ({ reason }) => reason,
    hint: "let the client name an address, or a name this server can resolve (ENABLE_NAT_DNS)",
  }),
  "nat-host-busy": row({
    step: "resolve",
    facts: { reason: "text" },
    means: "too many names are being looked up; the limit is 16, and 2 for one stanza",
    severity: "warning",
    line: ({ reason }, { who }) => `${who} ${reason}`,
    fact: ({ reason }) => reason,
    hint: "let the client name an address, or a name this server can resolve (ENABLE_NAT_DNS)",
  }),
  "test-mode": row({
    step: "act",
    facts: [
      { does: ["open", "cycle"], services: "text", address: "text", granted: "number" },
      { does: ["run"], address: "text", command: "text" },
    ],
    means: "the packet was right, but with `--test` the server changes nothing",
    severity: "warning",
    isFault: false,
    line: ({ does }, { who }) =>
      `${who} --test mode enabled, skipping ${SKIPPED_IN_TEST_MODE[does]}.`,
    fact: (facts) =>
      `everything is right; --test changes nothing (would ${
        facts.does === "run"
          ? `run ${facts.command}`
          : `open ${facts.services} for ${facts.address} for ${facts.granted} s`
      })`,
    hint: "run without -t to open it",
  }),
  "too-many-rules": row({
    step: "act",
    facts: { reason: "text" },
    means: "the stanza has MAX_RULES rules in force or cycles open; nothing was opened",
    severity: "error",
    line: ({ reason }, { who }) => `${who} ${reason}`,
    fact: "the stanza has as many rules in force, or cycles open, as MAX_RULES allows",
    hint:
      "raise MAX_RULES in the stanza if its clients need them; fwknop fw-list shows who has them",
  }),
  "not-applied": row({
    step: "act",
    facts: { reason: "text" },
    means: "the firewall refused; nothing was opened",
    severity: "error",
    line: ({ reason }, { who }) => `${who} Could not change the firewall: ${reason}`,
    fact: ({ reason }) => `the firewall refused: ${reason}`,
    hint: "try the command it names by hand",
  }),
  "command-not-run": row({
    step: "act",
    facts: { reason: "text" },
    means: "too many commands run, or the close command could not be recorded",
    severity: "error",
    line: ({ reason }, { who }) => `${who} Could not run the command: ${reason}`,
    fact: ({ reason }) => `the command was not run: ${reason}`,
    hint: "is the run directory writable, and do earlier commands come to an end?",
  }),
};

const SKIPPED_IN_TEST_MODE = {
  open: "firewall manipulation",
  cycle: "command cycle",
  run: "command execution",
} as const;

function undecodableHint(error: SpaErrorName): string {
  if (error === "DECRYPTION_FAILURE") {
    return "is KEY_BASE64 the same at both ends, and ENCRYPTION_MODE that of the client's -M?";
  }
  if (!isGpgError(error)) return "the sender made a message no server accepts";
  switch (error) {
    case "GPGME_NO_SIGNATURE":
      return "knock with --gpg-signer-key, so that the packet is signed";
    case "GPGME_BAD_SIGNATURE":
      return "is the client's key in GPG_HOME_DIR, and signed or trusted there (gpg --edit-key)?";
    default:
      return "are GPG_HOME_DIR, GPG_DECRYPT_PW and GPG_EXE right, and was it made for this server's key?";
  }
}

/** `MM/DD/YY HH:MM:SS` in local time, from seconds since 1970 UTC. */
function formatEntryTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getMonth() + 1, date.getDate(), date.getFullYear() % 100].map(two).join("/");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day} ${time}`;
}
