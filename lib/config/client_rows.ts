/**
 * The table of the client's settings: the names of each in `.fwknoprc` and on the command line, what it sets and how
 * its value is read. The readers, the writer, the help, the manual pages and the completion are made from this table
 * (`docs/spec/client.md` 2 and 5).
 *
 * The order is that in which a stanza is written.
 *
 * @module
 */
import type { KindName, KINDS, Range } from "./client_kinds.ts";
import type { Setting } from "./client_setting.ts";
import type { AllowSetting } from "./client_values.ts";

/** Longest timeout a packet can carry, in seconds. */
export const MAX_TIMEOUT = 65536;

/** Seconds of `--wait` and of `WAIT Y`. */
const DEFAULT_WAIT = 10;

/** Longest time to try a port, in seconds. */
const MAX_WAIT = 3600;

/** Length in bytes of the longest key that the C client's options name; generated encryption keys are shorter. */
export const MAX_NAMED_LENGTH = 128;

const PORTS: Range = [0, 65535];
const WITH_GPG = { implies: { useGpg: true } } as const;
const WITH_HMAC = { implies: { useHmac: true } } as const;
const RESOLVING = { implies: { resolve: true } } as const;

const ROWS = [
  {
    member: "digest",
    kind: "digest",
    variable: "DIGEST_TYPE",
    brief: "Digest inside the packet",
    default: "SHA256",
    options: [{
      name: "digest-type",
      short: "m",
      argument: "DIGEST",
      brief: "Digest inside the packet: md5, sha1, sha256, sha384, sha512, sha3_256 or sha3_512",
      group: "The packet",
    }],
  },
  {
    member: "transport",
    kind: "transport",
    variable: "SPA_SERVER_PROTO",
    brief: "How the packet travels",
    default: "udp",
    options: [{
      name: "server-proto",
      short: "P",
      argument: "TRANSPORT",
      brief: "How the packet travels: udp, tcp, http, udpraw, tcpraw or icmp",
      group: "Where and how to send",
    }],
  },
  {
    member: "serverPort",
    kind: "port",
    // No packet arrives at port 0. The C client sends there anyway.
    range: [1, 65535],
    c: { range: PORTS },
    variable: "SPA_SERVER_PORT",
    brief: "Port the packet is sent to",
    default: "62201",
    options: [{
      name: "server-port",
      short: "p",
      argument: "PORT",
      brief: "Port the packet is sent to; default: 62201",
      group: "Where and how to send",
    }],
  },
  {
    member: "sourcePort",
    kind: "port",
    range: PORTS,
    variable: "SPA_SOURCE_PORT",
    brief: "Port the packet is sent from",
    options: [{
      name: "source-port",
      short: "S",
      argument: "PORT",
      group: "Where and how to send",
    }],
  },
  {
    // 0 requests the server's default.
    member: "timeout",
    kind: "seconds",
    range: [0, MAX_TIMEOUT],
    // The C client lets the option request more than a decoder accepts.
    c: { optionRange: [0, 131072], option: "--fw-timeout must be within [0-131072]" },
    variable: "FW_TIMEOUT",
    brief: "Seconds that the port stays open",
    options: [{
      name: "fw-timeout",
      short: "f",
      argument: "SECONDS",
      brief: "Seconds that the port stays open, within the server's limit",
      group: "The request",
    }],
  },
  {
    member: "allow",
    kind: "allow",
    variable: "ALLOW_IP",
    brief: "Address to admit: an address, `source` or `resolve`",
    options: [{
      name: "allow-ip",
      short: "a",
      argument: "ADDRESS",
      kind: "allow address",
      brief: "Address to admit",
      group: "The address to admit",
    }],
  },
  {
    member: "allow",
    kind: "allow",
    options: [{
      name: "source-ip",
      short: "s",
      brief: "Admit the address the packet comes from; an attacker on its path can change it",
      group: "The address to admit",
      sets: { allow: { kind: "source" } },
    }],
  },
  {
    member: "timeOffset",
    kind: "time offset",
    variable: "TIME_OFFSET",
    brief: "Shift of the time stamp, such as -5m",
    options: [
      {
        name: "time-offset-plus",
        argument: "TIME",
        kind: "time ahead",
        brief: "Shift the time stamp forward: 60, 5m, 2h or 1d",
        group: "The packet",
      },
      {
        name: "time-offset-minus",
        argument: "TIME",
        kind: "time back",
        brief: "Shift the time stamp back",
        group: "The packet",
      },
    ],
  },
  {
    member: "mode",
    kind: "mode",
    variable: "ENCRYPTION_MODE",
    brief: "Mode of the cipher",
    default: "CBC",
    options: [{
      name: "encryption-mode",
      short: "M",
      argument: "MODE",
      brief: "Mode of the cipher: cbc, ecb, cfb, ofb, ctr, legacy or asymmetric",
      group: "The packet",
    }],
  },
  {
    member: "useGpg",
    kind: "switch",
    variable: "USE_GPG",
    brief: "Encrypt with GnuPG",
    options: [{ name: "gpg-encryption", short: "g", group: "GnuPG" }],
  },
  {
    member: "gpgAgent",
    kind: "switch",
    variable: "USE_GPG_AGENT",
    brief: "Leave the passphrase to the GnuPG agent",
    options: [{
      name: "gpg-agent",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    member: "gpgRecipient",
    kind: "text",
    variable: "GPG_RECIPIENT",
    brief: "Key of the server",
    critical: true,
    options: [{
      name: "gpg-recipient-key",
      argument: "KEY",
      brief: "GnuPG key of the server",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    member: "gpgSigner",
    kind: "text",
    variable: "GPG_SIGNER",
    brief: "Key that signs",
    critical: true,
    options: [{
      name: "gpg-signer-key",
      argument: "KEY",
      brief: "GnuPG key that signs",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    member: "gpgHomeDirectory",
    kind: "folder",
    variable: "GPG_HOMEDIR",
    brief: "Folder of the GnuPG keys",
    options: [{
      name: "gpg-home-dir",
      argument: "FOLDER",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    member: "gpgProgram",
    kind: "text",
    variable: "GPG_EXE",
    brief: "The gpg program",
    options: [{
      name: "gpg-exe",
      argument: "FILE",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    // The symmetric key, or the passphrase of the signing key.
    member: "key",
    kind: "key text",
    variable: "GPG_SIGNING_PW",
    brief: "Passphrase of the signing key, as text",
    secret: true,
  },
  {
    member: "key",
    kind: "key base64",
    variable: "GPG_SIGNING_PW_BASE64",
    brief: "Passphrase of the signing key, in base64",
    secret: true,
    c: {
      file: "GPG_SIGNING_KEY_BASE64 argument '(hidden)' doesn't look like base64-encoded data.",
    },
  },
  {
    member: "gpgNoPassphrase",
    kind: "switch",
    variable: "GPG_NO_SIGNING_PW",
    brief: "The signing key has no passphrase",
    options: [{
      name: "gpg-no-signing-pw",
      group: "GnuPG",
      ...WITH_GPG,
    }],
  },
  {
    member: "user",
    kind: "text",
    variable: "SPOOF_USER",
    brief: "User name inside the packet",
    options: [{
      name: "spoof-user",
      short: "U",
      argument: "USER",
      group: "The packet",
    }],
  },
  {
    member: "spoofSource",
    kind: "text",
    variable: "SPOOF_SOURCE_IP",
    brief: "Source address of a raw packet",
    options: [{
      name: "spoof-source",
      short: "Q",
      aliases: ["spoof-src"],
      argument: "ADDRESS",
      group: "Where and how to send",
    }],
  },
  {
    member: "access",
    kind: "text",
    variable: "ACCESS",
    brief: "What to open, such as tcp/22",
    options: [{
      name: "access",
      short: "A",
      argument: "SERVICES",
      brief: "What to open, such as tcp/22 or tcp/22,udp/53",
      group: "The request",
    }],
  },
  {
    member: "command",
    kind: "text",
    options: [{
      name: "server-cmd",
      short: "C",
      argument: "COMMAND",
      brief: "Ask the server to run a command instead of opening a port",
      group: "The request",
    }],
  },
  {
    member: "server",
    kind: "text",
    variable: "SPA_SERVER",
    brief: "Host the packet is sent to",
    options: [{
      name: "destination",
      short: "D",
      argument: "HOST",
      brief: "Server the packet is sent to; may be repeated",
      group: "Where and how to send",
      repeated: true,
    }],
  },
  {
    // `[http://]host[:port]`.
    member: "proxy",
    kind: "text",
    options: [{
      name: "http-proxy",
      short: "H",
      argument: "HOST",
      brief: "Send through an HTTP proxy, [http://]host[:port]",
      group: "Where and how to send",
      implies: { transport: "http" },
    }],
  },
  {
    member: "icmpType",
    kind: "number",
    range: [0, 40],
    c: { option: "Invalid icmp type '%s', must be in [0-40]" },
    options: [{
      name: "icmp-type",
      argument: "NUMBER",
      brief: "ICMP type of --server-proto icmp, 0 to 40",
      group: "Where and how to send",
    }],
  },
  {
    member: "icmpCode",
    kind: "number",
    range: [0, 15],
    c: { option: "Invalid icmp code '%s', must be in [0-15]" },
    options: [{
      name: "icmp-code",
      argument: "NUMBER",
      brief: "ICMP code of --server-proto icmp, 0 to 15",
      group: "Where and how to send",
    }],
  },
  {
    member: "randomPort",
    kind: "switch",
    variable: "RAND_PORT",
    brief: "Send to a random port",
    options: [{
      name: "rand-port",
      short: "r",
      brief: "Send to a random port from 10000 to 65534",
      group: "Where and how to send",
    }],
  },
  {
    member: "key",
    kind: "key text",
    variable: "KEY",
    brief: "Encryption key, as text",
    secret: true,
    options: [{
      name: "key-rijndael",
      argument: "TEXT",
      brief: "Encryption key, visible to other users while the program runs",
      group: "Keys",
    }],
  },
  {
    member: "key",
    kind: "key base64",
    variable: "KEY_BASE64",
    brief: "Encryption key, in base64",
    secret: true,
    c: {
      option: "Base64 encoded Rijndael argument '(hidden)' doesn't look like base64-encoded data.",
    },
    options: [{
      name: "key-base64-rijndael",
      argument: "BASE64",
      brief: "Encryption key in base64, visible to other users",
      group: "Keys",
      complaint: "Rijndael key: the text is not base64",
    }],
  },
  {
    member: "hmacDigest",
    kind: "hmac digest",
    variable: "HMAC_DIGEST_TYPE",
    brief: "Digest of the HMAC",
    default: "SHA256",
    options: [{
      name: "hmac-digest-type",
      argument: "DIGEST",
      brief: "Digest of the HMAC, with the names of --digest-type; turns the HMAC on",
      group: "The packet",
      ...WITH_HMAC,
    }],
  },
  {
    member: "hmacKey",
    kind: "key base64",
    variable: "HMAC_KEY_BASE64",
    brief: "HMAC key, in base64",
    secret: true,
    assumes: { useHmac: true },
    c: { option: "Base64 encoded HMAC argument '(hidden)' doesn't look like base64-encoded data." },
    options: [{
      name: "key-base64-hmac",
      argument: "BASE64",
      brief: "HMAC key in base64, visible to other users",
      group: "Keys",
      complaint: "HMAC key: the text is not base64",
    }],
  },
  {
    member: "hmacKey",
    kind: "key text",
    variable: "HMAC_KEY",
    brief: "HMAC key, as text",
    secret: true,
    assumes: { useHmac: true },
    options: [{
      name: "key-hmac",
      argument: "TEXT",
      brief: "HMAC key, visible to other users",
      group: "Keys",
    }],
  },
  {
    member: "useHmac",
    kind: "switch",
    variable: "USE_HMAC",
    brief: "Authenticate the packet with an HMAC",
    options: [{
      name: "use-hmac",
      group: "The packet",
    }],
  },
  {
    member: "wgetUserAgent",
    kind: "switch",
    variable: "USE_WGET_USER_AGENT",
    brief: "Let wget send its own user agent",
    options: [{
      name: "use-wget-user-agent",
      brief: "Let the wget of -w send its own user agent",
      group: "The address to admit",
    }],
  },
  {
    member: "key",
    kind: "key file",
    variable: "KEY_FILE",
    brief: "File with encryption keys by destination",
    options: [{
      name: "get-key",
      short: "G",
      argument: "FILE",
      brief: "File with encryption keys, in lines of the form 'HOST: KEY'",
      group: "Keys",
    }],
  },
  {
    member: "hmacKey",
    kind: "key file",
    variable: "HMAC_KEY_FILE",
    brief: "File with HMAC keys by destination",
    options: [{
      name: "get-hmac-key",
      argument: "FILE",
      brief: "File with HMAC keys, in the same form",
      group: "Keys",
      ...WITH_HMAC,
    }],
  },
  {
    // File descriptor that keys without another source are read from, in place of the terminal.
    member: "keyDescriptor",
    kind: "descriptor",
    range: [0, 0x7fffffff],
    options: [
      {
        name: "fd",
        argument: "NUMBER",
        brief: "Read the keys from that file descriptor, one line each",
        group: "Keys",
      },
      {
        name: "stdin",
        brief: "Read the keys from standard input, one line each",
        group: "Keys",
        sets: { keyDescriptor: 0 },
      },
    ],
  },
  {
    kind: "bytes",
    range: [1, MAX_NAMED_LENGTH],
    scope: "c",
    c: { option: "Invalid key length '%s', must be in [%l-%h]" },
    options: [{
      name: "key-len",
      argument: "BYTES",
      brief: "Length of the encryption key made by --key-gen",
    }],
  },
  {
    kind: "bytes",
    range: [1, MAX_NAMED_LENGTH],
    scope: "c",
    c: { option: "Invalid hmac key length '%s', must be in [%l-%h]" },
    options: [{
      name: "hmac-key-len",
      argument: "BYTES",
      brief: "Length of the HMAC key made by --key-gen",
      ...WITH_HMAC,
    }],
  },
  {
    member: "natAccess",
    kind: "text",
    variable: "NAT_ACCESS",
    brief: "Inside host and port behind the server",
    options: [{
      name: "nat-access",
      short: "N",
      argument: "HOST[:PORT]",
      group: "The request",
    }],
  },
  {
    kind: "text",
    scope: "c",
    options: [{
      name: "Forward-access",
      aliases: ["NAT-access"],
      argument: "HOST,PORT",
      brief: "From the Perl client: -N HOST --nat-port PORT",
      standsFor: (argument) => {
        const comma = argument.lastIndexOf(",");
        if (comma < 0) return [{ name: "nat-access", value: argument }];
        return [
          { name: "nat-access", value: argument.slice(0, comma) },
          { name: "nat-port", value: argument.slice(comma + 1) },
        ];
      },
    }],
  },
  {
    member: "userAgent",
    kind: "text",
    variable: "HTTP_USER_AGENT",
    brief: "User agent of HTTP requests",
    options: [{
      name: "user-agent",
      short: "u",
      argument: "TEXT",
      group: "Where and how to send",
    }],
  },
  {
    member: "resolveUrl",
    kind: "text",
    variable: "RESOLVE_URL",
    brief: "Web service to ask for this host's public address",
    ...RESOLVING,
    options: [{
      name: "resolve-url",
      argument: "URL",
      brief: "The web service that -R asks",
      group: "The address to admit",
    }],
  },
  {
    member: "ipv4Only",
    kind: "switch",
    variable: "SERVER_RESOLVE_IPV4",
    brief: "Use only IPv4 addresses of the server",
    options: [{
      name: "server-resolve-ipv4",
      group: "Where and how to send",
    }],
  },
  {
    member: "ipv6Only",
    kind: "switch",
    scope: "native",
    options: [
      {
        name: "ipv4",
        short: "4",
        brief: "Send over IPv4 only",
        group: "Where and how to send",
        sets: { ipv4Only: true, ipv6Only: false },
      },
      {
        name: "ipv6",
        short: "6",
        brief: "Send over IPv6 only",
        group: "Where and how to send",
        sets: { ipv4Only: false, ipv6Only: true },
      },
    ],
  },
  {
    member: "natLocal",
    kind: "switch",
    variable: "NAT_LOCAL",
    brief: "The NAT target is the server itself",
    options: [{
      name: "nat-local",
      brief: "The server itself is the inside host",
      group: "The request",
    }],
  },
  {
    member: "natRandomPort",
    kind: "switch",
    variable: "NAT_RAND_PORT",
    brief: "Choose the outside port at random",
    options: [{
      name: "nat-rand-port",
      brief: "Choose the outside port at random and print it",
      group: "The request",
    }],
  },
  {
    member: "natPort",
    kind: "port",
    range: PORTS,
    variable: "NAT_PORT",
    brief: "Outside port of a NAT request",
    options: [{
      name: "nat-port",
      argument: "PORT",
      brief: "Outside port, which the server forwards to the inside host",
      group: "The request",
    }],
  },
  {
    member: "verbosity",
    kind: "verbosity",
    range: [0, 4],
    yes: 1,
    variable: "VERBOSE",
    brief: "Verbosity: Y, or 0 to 4",
    options: [{
      name: "verbose",
      short: "v",
      counted: true,
      brief: "Show the fields of the packet; twice: show how the rc file is read",
      group: "Test and output",
    }],
  },
  {
    // Whether to look up the public address. An address at the same level is not replaced.
    member: "resolve",
    kind: "switch",
    variable: "RESOLVE_IP_HTTP",
    brief: "The same as RESOLVE_IP_HTTPS, despite its name",
    alias: true,
  },
  {
    member: "resolve",
    kind: "switch",
    variable: "RESOLVE_IP_HTTPS",
    brief: "Ask a web service for this host's public address",
    options: [{
      name: "resolve-ip-https",
      short: "R",
      aliases: ["resolve-ip-http"],
      brief: "Ask a web service for this host's public address, and admit it",
      group: "The address to admit",
    }],
  },
  {
    member: "resolveHttpOnly",
    kind: "switch",
    variable: "RESOLVE_HTTP_ONLY",
    brief: "Ask the web service without encryption",
    options: [{
      name: "resolve-http-only",
      brief: "Ask that service without encryption",
      group: "The address to admit",
      ...RESOLVING,
    }],
  },
  {
    member: "wgetCommand",
    kind: "text",
    variable: "WGET_CMD",
    brief: "wget command that asks the web service",
    options: [{
      name: "wget-cmd",
      short: "w",
      argument: "COMMAND",
      brief: "Ask the web service with this wget command",
      group: "The address to admit",
    }],
  },
  {
    member: "saveArguments",
    kind: "contrary switch",
    variable: "NO_SAVE_ARGS",
    brief: "Do not save the command line",
    options: [{
      name: "no-save-args",
      only: "c",
      sets: { saveArguments: false },
    }],
  },
  {
    member: "test",
    kind: "switch",
    options: [{
      name: "test",
      short: "T",
      brief: "Build and decode the packet, do not send it",
      group: "Test and output",
    }],
  },
  {
    member: "packetFile",
    kind: "text",
    options: [{
      name: "save-packet",
      short: "B",
      argument: "FILE",
      brief: "Also write the packet to a file",
      group: "Test and output",
    }],
  },
  {
    member: "appendPacket",
    kind: "switch",
    options: [{
      name: "save-packet-append",
      short: "b",
      brief: "Append to the packet file of --save-packet",
      group: "Test and output",
    }],
  },
  {
    // Program that prints keys without another source.
    member: "keyCommand",
    kind: "command",
    scope: "native",
    variable: "KEY_COMMAND",
    brief: "Command that prints the keys, one line each; it is the rest of the line",
    options: [{
      name: "key-command",
      argument: "COMMAND",
      brief: "Program that prints the keys, one line each; runs without a shell",
      group: "Keys",
    }],
  },
  {
    // 0 means do not try.
    member: "wait",
    kind: "wait",
    range: [0, MAX_WAIT],
    yes: DEFAULT_WAIT,
    scope: "native",
    variable: "WAIT",
    brief: "Y, or seconds: try the port after the knock until it opens",
    options: [{
      name: "wait",
      brief: "Then try the port until it opens, and list likely causes if it does not",
      group: "After the knock",
      sets: {},
      assumes: { wait: DEFAULT_WAIT },
    }],
  },
  {
    member: "wait",
    kind: "seconds",
    range: [1, MAX_WAIT],
    scope: "native",
    options: [{
      name: "wait-time",
      argument: "SECONDS",
      brief: "How long to try; default: 10",
      group: "After the knock",
    }],
  },
  {
    // 0 means before the grant ends.
    member: "repeat",
    kind: "seconds",
    range: [1, MAX_TIMEOUT],
    scope: "native",
    options: [
      {
        name: "repeat",
        brief:
          "Knock again before the grant ends, until Ctrl-C or while the command or --proxy runs",
        group: "After the knock",
        sets: {},
        assumes: { repeat: 0 },
      },
      {
        name: "repeat-time",
        argument: "SECONDS",
        brief: "Time between two knocks; default: two fifths of --fw-timeout, or 12",
        group: "After the knock",
      },
    ],
  },
  {
    member: "wait",
    kind: "wait",
    scope: "native",
    options: [{
      name: "proxy",
      brief: "Then connect standard input and output to the port, for ssh's ProxyCommand",
      group: "After the knock",
      sets: {},
      assumes: { wait: DEFAULT_WAIT },
    }],
  },
] as const satisfies readonly Setting[];

type Row = typeof ROWS[number];
type Member = Extract<Row, { readonly member: string }>["member"];

/** The values of a row's kind. */
type ValueOf<One extends Row> = Parameters<
  typeof KINDS[Extract<One["kind"], KindName>]["format"]
>[0];

/**
 * The values that one level holds: `[default]` of the rc file, a named stanza, or the command line. Each row has a
 * member, typed by its kind. The word `resolve` for an address sets another member.
 */
export type SettingsLevel = {
  -readonly [Name in Member]?: Name extends "allow" ? AllowSetting
    : ValueOf<Extract<Row, { readonly member: Name }>>;
};

/** A row. */
export type SettingRow = Setting<Member, Readonly<SettingsLevel>>;

/** A row that is a variable of `.fwknoprc`. */
export type FwknoprcVariable = SettingRow & { readonly variable: string; readonly brief: string };

/** Members that have a default. */
export type DefaultMember = Extract<Row, { readonly default: string }>["member"];

/** Every setting. */
export const SETTING_ROWS: readonly SettingRow[] = ROWS;

/** Every variable of `.fwknoprc`, in the order in which a stanza is written. */
export const FWKNOPRC_VARIABLES: readonly FwknoprcVariable[] = SETTING_ROWS.filter(isVariable);

/** The variable of that name; names are case-sensitive. */
export function fwknoprcVariable(name: string): FwknoprcVariable | undefined {
  return FWKNOPRC_VARIABLES.find(({ variable }) => variable === name);
}

function isVariable(row: SettingRow): row is FwknoprcVariable {
  return row.variable !== undefined && row.brief !== undefined;
}
