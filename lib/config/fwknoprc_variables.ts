/**
 * The variables of `.fwknoprc`, once. Parser, writer, manual page and completion read this table.
 *
 * @module
 */

/** What a variable holds; each kind has one parser. */
export type FwknoprcValueKind =
  | "digest"
  | "transport"
  | "port"
  | "server-port"
  | "timeout"
  | "allow-ip"
  | "time-offset"
  | "mode"
  | "switch"
  | "text"
  | "path"
  | "command"
  | "base64"
  | "verbosity"
  | "wait";

/** One variable. */
export interface FwknoprcVariable {
  readonly name: string;
  readonly kind: FwknoprcValueKind;
  /** One line, in sentence case, without a full stop. */
  readonly brief: string;
  /** What holds where nothing sets it, as the file would write it. */
  readonly default?: string;
  /** The value is key material: never print it, and ask before it is replaced in the file. */
  readonly secret?: true;
  /** Not secret, but asked about all the same before it is replaced (`docs/spec/client.md` 6). */
  readonly critical?: true;
  /** Ours: the C client refuses a stanza that has it. */
  readonly extension?: true;
}

/** Every variable, in the order in which a stanza is written (`docs/spec/client.md` 5). */
export const FWKNOPRC_VARIABLES: readonly FwknoprcVariable[] = [
  { name: "DIGEST_TYPE", kind: "digest", brief: "Digest inside the packet", default: "SHA256" },
  { name: "SPA_SERVER_PROTO", kind: "transport", brief: "How the packet travels", default: "udp" },
  {
    name: "SPA_SERVER_PORT",
    kind: "server-port",
    brief: "Port the packet is sent to",
    default: "62201",
  },
  { name: "SPA_SOURCE_PORT", kind: "port", brief: "Port the packet is sent from" },
  { name: "FW_TIMEOUT", kind: "timeout", brief: "Seconds the port shall stay open" },
  {
    name: "ALLOW_IP",
    kind: "allow-ip",
    brief: "Address to admit: an address, `source` or `resolve`",
  },
  { name: "TIME_OFFSET", kind: "time-offset", brief: "Shift of the time stamp, such as -5m" },
  { name: "ENCRYPTION_MODE", kind: "mode", brief: "Mode of the cipher", default: "CBC" },
  { name: "USE_GPG", kind: "switch", brief: "Encrypt with GnuPG" },
  { name: "USE_GPG_AGENT", kind: "switch", brief: "Leave the passphrase to the GnuPG agent" },
  { name: "GPG_RECIPIENT", kind: "text", brief: "Key of the server", critical: true },
  { name: "GPG_SIGNER", kind: "text", brief: "Key that signs", critical: true },
  { name: "GPG_HOMEDIR", kind: "path", brief: "Folder of the GnuPG keys" },
  { name: "GPG_EXE", kind: "path", brief: "The gpg program" },
  {
    name: "GPG_SIGNING_PW",
    kind: "text",
    brief: "Passphrase of the signing key, as text",
    secret: true,
  },
  {
    name: "GPG_SIGNING_PW_BASE64",
    kind: "base64",
    brief: "Passphrase of the signing key, in base64",
    secret: true,
  },
  { name: "GPG_NO_SIGNING_PW", kind: "switch", brief: "The signing key has no passphrase" },
  { name: "SPOOF_USER", kind: "text", brief: "User name inside the packet" },
  { name: "SPOOF_SOURCE_IP", kind: "text", brief: "Source address of a raw packet" },
  { name: "ACCESS", kind: "text", brief: "What to open, such as tcp/22" },
  { name: "SPA_SERVER", kind: "text", brief: "Host the packet is sent to" },
  { name: "RAND_PORT", kind: "switch", brief: "Send to a random port" },
  { name: "KEY", kind: "text", brief: "Encryption key, as text", secret: true },
  { name: "KEY_BASE64", kind: "base64", brief: "Encryption key, in base64", secret: true },
  { name: "HMAC_DIGEST_TYPE", kind: "digest", brief: "Digest of the HMAC", default: "SHA256" },
  { name: "HMAC_KEY_BASE64", kind: "base64", brief: "HMAC key, in base64", secret: true },
  { name: "HMAC_KEY", kind: "text", brief: "HMAC key, as text", secret: true },
  { name: "USE_HMAC", kind: "switch", brief: "Authenticate the packet with an HMAC" },
  {
    name: "USE_WGET_USER_AGENT",
    kind: "switch",
    brief: "Let wget name itself when it looks up the address",
  },
  { name: "KEY_FILE", kind: "path", brief: "File with encryption keys by destination" },
  { name: "HMAC_KEY_FILE", kind: "path", brief: "File with HMAC keys by destination" },
  { name: "NAT_ACCESS", kind: "text", brief: "Inside host and port behind the server" },
  { name: "HTTP_USER_AGENT", kind: "text", brief: "User agent of HTTP requests" },
  { name: "RESOLVE_URL", kind: "text", brief: "Where to ask for the own public address" },
  { name: "SERVER_RESOLVE_IPV4", kind: "switch", brief: "Use only IPv4 addresses of the server" },
  { name: "NAT_LOCAL", kind: "switch", brief: "The NAT target is the server itself" },
  { name: "NAT_RAND_PORT", kind: "switch", brief: "Choose the outside port at random" },
  { name: "NAT_PORT", kind: "port", brief: "Outside port of a NAT request" },
  { name: "VERBOSE", kind: "verbosity", brief: "Y, or 0 to 4" },
  {
    name: "RESOLVE_IP_HTTP",
    kind: "switch",
    brief: "The same as RESOLVE_IP_HTTPS, despite its name",
  },
  {
    name: "RESOLVE_IP_HTTPS",
    kind: "switch",
    brief: "Ask a web service for the own public address",
  },
  { name: "RESOLVE_HTTP_ONLY", kind: "switch", brief: "Ask it without encryption" },
  { name: "WGET_CMD", kind: "path", brief: "wget program to ask with" },
  { name: "NO_SAVE_ARGS", kind: "switch", brief: "Do not save the command line" },
  {
    name: "KEY_COMMAND",
    kind: "command",
    brief: "Command that prints the keys, a line each: the rest of the line",
    extension: true,
  },
  {
    name: "WAIT",
    kind: "wait",
    brief: "Y, or seconds: try the port after the knock until it opens",
    extension: true,
  },
];

/** The variable of that name; names are case-sensitive. */
export function fwknoprcVariable(name: string): FwknoprcVariable | undefined {
  return FWKNOPRC_VARIABLES.find((variable) => variable.name === name);
}
