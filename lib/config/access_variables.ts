/**
 * The table of the variables of `access.conf` (`docs/spec/server.md` 5.3), in the order of that section.
 *
 * @module
 */
import type { AccessKinds } from "./access_kinds.ts";
import type { RetiredName, VariableRow } from "./variable.ts";

interface Row extends VariableRow<keyof AccessKinds> {
  /** The member of `Stanza` that holds this value and nothing else. `access_stanza.ts` makes the other members. */
  readonly member?: string;
}

/** The C daemon's largest time-out, 2^23 seconds (97 days). */
const MAX_TIMEOUT = 8388608;

/** More than any firewall can hold, or any daemon can read. */
const MAX_COUNT = 1_000_000;

/** Every variable. */
const ACCESS_VARIABLES = [
  {
    name: "SOURCE",
    kind: "addresses",
    doc: "Sources of packets this stanza is for; starts a stanza",
    honoured: true,
  },
  {
    name: "NAME",
    member: "name",
    kind: "client name",
    doc: "Name of the client, for listings and logs; several stanzas may have the same",
    honoured: true,
    extension: true,
  },
  {
    name: "DESTINATION",
    member: "destination",
    kind: "addresses",
    default: "ANY",
    doc: "Destinations of packets this stanza is for",
    honoured: true,
  },
  {
    name: "OPEN_PORTS",
    member: "openPorts",
    kind: "services",
    doc: "Services that may be asked for, such as tcp/22, udp/53; unset: any",
    honoured: true,
  },
  {
    name: "RESTRICT_PORTS",
    kind: "services",
    doc: "Services that may not be asked for",
    honoured: true,
  },
  {
    name: "KEY",
    kind: "passphrase",
    doc: "Encryption key as text, 1 to 32 bytes",
    honoured: true,
    secret: true,
  },
  {
    name: "KEY_BASE64",
    kind: "base64",
    doc: "Encryption key in base64, 1 to 32 bytes",
    honoured: true,
    secret: true,
  },
  {
    name: "HMAC_KEY",
    kind: "passphrase",
    doc: "HMAC key as text, 1 to 128 bytes",
    honoured: true,
    secret: true,
  },
  {
    name: "HMAC_KEY_BASE64",
    kind: "base64",
    doc: "HMAC key in base64, 1 to 128 bytes",
    honoured: true,
    secret: true,
  },
  {
    name: "HMAC_DIGEST_TYPE",
    kind: "digest",
    default: "SHA256",
    doc: "Digest of the HMAC",
    honoured: true,
  },
  {
    name: "REQUIRE_HMAC",
    kind: "boolean",
    default: "N",
    doc: "Refuse to start while this stanza has no HMAC key",
    honoured: true,
    extension: true,
  },
  {
    name: "ENCRYPTION_MODE",
    kind: "mode",
    default: "CBC",
    doc: "Mode of the cipher",
    honoured: true,
  },
  {
    name: "FW_ACCESS_TIMEOUT",
    kind: "integer",
    default: "30",
    range: [0, MAX_TIMEOUT],
    unit: "s",
    doc: "Time access is granted for where the client names none; 0 is the default",
    honoured: true,
  },
  {
    name: "MAX_FW_TIMEOUT",
    kind: "integer",
    default: "300",
    range: [0, MAX_TIMEOUT],
    unit: "s",
    doc: "Longest time access is granted for; unset: 300 or FW_ACCESS_TIMEOUT, the larger",
    honoured: true,
  },
  {
    name: "MAX_RULES",
    member: "maxRules",
    kind: "integer",
    default: "2000",
    range: [1, MAX_COUNT],
    doc:
      "Firewall rules in force, or command cycles open, at a time; an address may always renew its own",
    honoured: true,
    extension: true,
  },
  {
    name: "MAX_PACKETS_PER_MINUTE",
    member: "maxPacketsPerMinute",
    kind: "integer",
    default: "1000",
    range: [1, MAX_COUNT],
    doc: "Packets made with the keys of the stanza that count within a minute",
    honoured: true,
    extension: true,
  },
  {
    name: "REQUIRE_USERNAME",
    member: "requireUsername",
    kind: "text",
    doc: "User name the packet must carry",
    honoured: true,
  },
  {
    name: "REQUIRE_SOURCE_ADDRESS",
    kind: "boolean",
    default: "N",
    doc: "Refuse packets that ask for access from the address they come from (fwknop -s)",
    honoured: true,
  },
  {
    name: "REQUIRE_SOURCE",
    kind: "boolean",
    default: "N",
    doc: "The same as REQUIRE_SOURCE_ADDRESS",
    honoured: true,
    spelling: "REQUIRE_SOURCE_ADDRESS",
  },
  {
    name: "ACCESS_EXPIRE",
    kind: "date",
    doc: "Day from which the stanza admits no client, as MM/DD/YYYY in local time",
    honoured: true,
  },
  {
    name: "ACCESS_EXPIRE_EPOCH",
    kind: "epoch",
    doc: "Second since 1970 UTC from which the stanza admits no client; 0 is never",
    honoured: true,
  },
  {
    name: "ENABLE_CMD_EXEC",
    kind: "boolean",
    default: "N",
    doc: "Run the commands that packets carry",
    honoured: true,
  },
  { name: "CMD_EXEC_USER", kind: "user", doc: "User that commands run as", honoured: true },
  { name: "CMD_EXEC_GROUP", kind: "group", doc: "Group that commands run as", honoured: true },
  {
    name: "ENABLE_CMD_SUDO_EXEC",
    kind: "boolean",
    default: "N",
    doc: "Run commands through sudo",
    honoured: true,
  },
  { name: "CMD_SUDO_EXEC_USER", kind: "user", doc: "User given to sudo -u", honoured: true },
  { name: "CMD_SUDO_EXEC_GROUP", kind: "group", doc: "Group given to sudo -g", honoured: true },
  {
    name: "CMD_CYCLE_OPEN",
    kind: "command",
    doc: "Command that opens, in place of firewall rules",
    honoured: true,
  },
  {
    name: "CMD_CYCLE_CLOSE",
    kind: "command",
    doc: "Command that closes; NONE where something else does",
    honoured: true,
  },
  {
    name: "CMD_CYCLE_TIMER",
    kind: "integer",
    range: [1, MAX_TIMEOUT],
    unit: "s",
    doc: "Time until the close where the client names none",
    honoured: true,
  },
  {
    name: "FORCE_NAT",
    kind: "nat target",
    doc: "Inside ADDRESS PORT that every connection is sent to",
    honoured: true,
  },
  {
    name: "NAT_TARGETS",
    kind: "nat targets",
    doc: "Ends a NAT request may name: local tcp/22, 192.168.1.0/24 tcp/3389",
    honoured: true,
    extension: true,
  },
  {
    name: "FORCE_SNAT",
    member: "forceSnat",
    kind: "address",
    doc: "Source address given to forwarded connections",
    honoured: true,
  },
  {
    name: "FORCE_MASQUERADE",
    member: "forceMasquerade",
    kind: "boolean",
    default: "N",
    doc: "Give forwarded connections the address of the outgoing interface",
    honoured: true,
  },
  {
    name: "FORWARD_ALL",
    member: "forwardAll",
    kind: "boolean",
    default: "N",
    doc: "Forward every port and protocol",
    honoured: true,
  },
  {
    name: "DISABLE_DNAT",
    member: "disableDnat",
    kind: "boolean",
    default: "N",
    doc: "Do not rewrite destinations",
    honoured: true,
  },
  { name: "GPG_HOME_DIR", kind: "folder", doc: "GnuPG folder", honoured: true },
  { name: "GPG_EXE", kind: "text", doc: "GnuPG program", honoured: true },
  {
    name: "GPG_DECRYPT_ID",
    kind: "text",
    doc: "The server's secret key, for people: gpg takes the one a packet is encrypted for",
    honoured: "inert",
  },
  {
    name: "GPG_DECRYPT_PW",
    kind: "text",
    doc: "Passphrase of that key; switches GnuPG on",
    honoured: true,
    secret: true,
  },
  {
    name: "GPG_ALLOW_NO_PW",
    kind: "boolean",
    default: "N",
    doc: "The key has no passphrase; switches GnuPG on",
    honoured: true,
  },
  {
    name: "GPG_REQUIRE_SIG",
    kind: "boolean",
    default: "Y",
    doc: "Y refuses unsigned packets, whatever GPG_DISABLE_SIG says; N alone changes nothing",
    honoured: true,
  },
  {
    name: "GPG_DISABLE_SIG",
    kind: "boolean",
    default: "N",
    doc: "Accept unsigned packets, unless GPG_REQUIRE_SIG Y is set as well",
    honoured: true,
  },
  {
    name: "GPG_IGNORE_SIG_VERIFY_ERROR",
    kind: "boolean",
    default: "N",
    doc: "Accept packets whose signature does not verify",
    honoured: true,
  },
  {
    name: "GPG_REMOTE_ID",
    kind: "key ids",
    doc: "Signers to accept, by the last 8 hexadecimal digits of their key",
    honoured: true,
  },
  {
    name: "GPG_FINGERPRINT_ID",
    kind: "key ids",
    doc: "Signers to accept, by fingerprint",
    honoured: true,
  },
  {
    name: "PERMIT_CLIENT_PORTS",
    kind: "boolean",
    doc: "N demands OPEN_PORTS, Y changes nothing",
    honoured: true,
    perlEra: {
      yes: "without effect, since OPEN_PORTS always counts",
      no: "OPEN_PORTS must be there",
    },
  },
  {
    name: "ENABLE_FORWARD_ACCESS",
    kind: "boolean",
    doc: "N refuses NAT requests to inside hosts, Y changes nothing",
    honoured: true,
    perlEra: {
      yes: "without effect, since fwknopd.conf switches NAT on",
      no: "NAT requests are refused, but for ports of this host",
    },
  },
] as const satisfies readonly Row[];

type AccessRow = typeof ACCESS_VARIABLES[number];

/** The name of a variable. */
export type AccessName = AccessRow["name"];

/** The rows without their literal types. */
export const ACCESS_ROWS: readonly (Row & { readonly name: AccessName })[] = ACCESS_VARIABLES;

type DefaultedRow = Extract<AccessRow, { readonly default: string }>;
type MemberRow = Extract<AccessRow, { readonly member: string }>;

/** The name of a variable that has a default. */
export type DefaultedName = DefaultedRow["name"];

/** The members of a stanza that rows name, typed by the kind of the row. A member without a default may be absent. */
export type StanzaMembers =
  & { readonly [R in Extract<MemberRow, DefaultedRow> as R["member"]]: AccessKinds[R["kind"]] }
  & { readonly [R in Exclude<MemberRow, DefaultedRow> as R["member"]]?: AccessKinds[R["kind"]] };

/** The typed values of a stanza, under the names of the file. */
export type AccessValues = {
  readonly [R in AccessRow as R["name"]]: AccessKinds[R["kind"]];
};

/** Variables that say whose signature a GnuPG packet needs. A stanza's own value wins over that of its key file. */
export const SIGNER_NAMES: readonly AccessName[] = [
  "GPG_REQUIRE_SIG",
  "GPG_DISABLE_SIG",
  "GPG_IGNORE_SIG_VERIFY_ERROR",
  "GPG_REMOTE_ID",
  "GPG_FINGERPRINT_ID",
];

/** The variables that `%include_keys` reads from a file (`docs/spec/server.md` 5.2). */
export const KEY_FILE_NAMES: readonly AccessName[] = [
  "KEY",
  "KEY_BASE64",
  "HMAC_KEY",
  "HMAC_KEY_BASE64",
  "GPG_DECRYPT_ID",
  "GPG_DECRYPT_PW",
  "GPG_ALLOW_NO_PW",
  ...SIGNER_NAMES,
];

/** Names that old or foreign files have (`docs/spec/server.md` 15). */
export const RETIRED_ACCESS_NAMES: readonly RetiredName[] = [
  { name: "MAX_ACCESS_TIMEOUT", advice: "Its name is MAX_FW_TIMEOUT now" },
  { name: "PERMIT_CLIENT_TIMEOUT", advice: "MAX_FW_TIMEOUT limits what the client may ask for" },
  {
    name: "INTERNAL_NET_ACCESS",
    advice: "Write the networks into NAT_TARGETS: 192.168.1.0/24 any",
  },
  {
    name: "CMD_REGEX",
    advice: "Commands are not matched against a pattern; leave ENABLE_CMD_EXEC off",
  },
  {
    name: "DISABLE_FW_ACCESS",
    advice: "It is ignored, so this stanza does grant ports; narrow OPEN_PORTS",
  },
  { name: "RESTRICT_INTF", advice: "DESTINATION names the addresses packets may arrive at" },
  {
    name: /^h?keytype$/,
    advice: "Only OpenWrt's web interface uses it; remove the line",
  },
];
