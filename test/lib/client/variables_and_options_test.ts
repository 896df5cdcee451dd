/**
 * Every variable of `docs/spec/client.md` 5 and every option of section 2, one row each, with what they set and how it is
 * written. A name without a row fails.
 */
import { rcSettings } from "../../../lib/client/rc_text.ts";
import type { KeySource, SettingsLevel } from "../../../lib/client/settings.ts";
import { levelFromOptions } from "../../../lib/client/settings_from_options.ts";
import { levelFromRc } from "../../../lib/client/settings_from_rc.ts";
import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import { parseFwknoprc, readStanza } from "../../../lib/config/fwknoprc.ts";
import { FWKNOPRC_VARIABLES } from "../../../lib/config/fwknoprc_variables.ts";
import { parseCommandLine } from "../../../lib/config/getopt.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { assertEquals } from "../../assert.ts";

function key(variable: string, written: string, text: string): KeySource {
  return { kind: "bytes", bytes: textBytes(text), variable, written };
}

/** What a value sets; `written`, where the file gets it back in another form, `null` where it gets nothing. */
interface Row {
  readonly value: string;
  readonly level: SettingsLevel;
  readonly written?: string | null;
}

const VARIABLES: Readonly<Record<string, Row>> = {
  DIGEST_TYPE: { value: "sha1", level: { digest: "sha1" }, written: "DIGEST_TYPE SHA1" },
  SPA_SERVER_PROTO: {
    value: "TCP",
    level: { transport: "tcp" },
    written: "SPA_SERVER_PROTO tcp",
  },
  SPA_SERVER_PORT: { value: "65535", level: { serverPort: 65535 } },
  SPA_SOURCE_PORT: { value: "0", level: { sourcePort: 0 } },
  FW_TIMEOUT: { value: "65536", level: { timeout: 65536 } },
  ALLOW_IP: { value: "192.0.2.7", level: { allow: { kind: "address", text: "192.0.2.7" } } },
  TIME_OFFSET: { value: "-5m", level: { timeOffset: -300 }, written: "TIME_OFFSET -300" },
  ENCRYPTION_MODE: { value: "ctr", level: { mode: "ctr" }, written: "ENCRYPTION_MODE CTR" },
  USE_GPG: { value: "y", level: { useGpg: true }, written: "USE_GPG Y" },
  USE_GPG_AGENT: { value: "Y", level: { gpgAgent: true } },
  GPG_RECIPIENT: { value: "ABCD1234", level: { gpgRecipient: "ABCD1234" } },
  GPG_SIGNER: { value: "1234ABCD", level: { gpgSigner: "1234ABCD" } },
  GPG_HOMEDIR: {
    value: "/home/me/.gnupg/",
    level: { gpgHomeDirectory: "/home/me/.gnupg" },
    written: "GPG_HOMEDIR /home/me/.gnupg",
  },
  GPG_EXE: { value: "/usr/bin/gpg", level: { gpgProgram: "/usr/bin/gpg" } },
  GPG_SIGNING_PW: { value: "word", level: { key: key("GPG_SIGNING_PW", "word", "word") } },
  GPG_SIGNING_PW_BASE64: {
    value: "d29yZA==",
    level: { key: key("GPG_SIGNING_PW_BASE64", "d29yZA==", "word") },
  },
  GPG_NO_SIGNING_PW: { value: "N", level: { gpgNoPassphrase: false } },
  SPOOF_USER: { value: "alice", level: { user: "alice" } },
  SPOOF_SOURCE_IP: { value: "192.0.2.9", level: { spoofSource: "192.0.2.9" } },
  ACCESS: { value: "tcp/22,udp/53", level: { access: "tcp/22,udp/53" } },
  SPA_SERVER: { value: "gate.example", level: { server: "gate.example" } },
  RAND_PORT: { value: "Y", level: { randomPort: true } },
  KEY: { value: "word", level: { key: key("KEY", "word", "word") } },
  KEY_BASE64: { value: "d29yZA==", level: { key: key("KEY_BASE64", "d29yZA==", "word") } },
  HMAC_DIGEST_TYPE: {
    value: "SHA3_512",
    level: { hmacDigest: "sha3_512" },
    written: "HMAC_DIGEST_TYPE SHA3_512",
  },
  HMAC_KEY_BASE64: {
    value: "d29yZA==",
    level: { hmacKey: key("HMAC_KEY_BASE64", "d29yZA==", "word"), useHmac: true },
    written: "HMAC_KEY_BASE64 d29yZA== USE_HMAC Y",
  },
  HMAC_KEY: {
    value: "word",
    level: { hmacKey: key("HMAC_KEY", "word", "word"), useHmac: true },
    written: "HMAC_KEY word USE_HMAC Y",
  },
  USE_HMAC: { value: "N", level: { useHmac: false } },
  USE_WGET_USER_AGENT: { value: "Y", level: { wgetUserAgent: true } },
  KEY_FILE: { value: "/keys", level: { key: { kind: "file", path: "/keys" } } },
  HMAC_KEY_FILE: { value: "/keys", level: { hmacKey: { kind: "file", path: "/keys" } } },
  NAT_ACCESS: { value: "10.0.0.1:22", level: { natAccess: "10.0.0.1:22" } },
  HTTP_USER_AGENT: { value: "me/1", level: { userAgent: "me/1" } },
  RESOLVE_URL: {
    value: "https://h/ip",
    level: { resolveUrl: "https://h/ip", resolve: true },
    written: "RESOLVE_URL https://h/ip RESOLVE_IP_HTTPS Y",
  },
  SERVER_RESOLVE_IPV4: { value: "Y", level: { ipv4Only: true } },
  NAT_LOCAL: { value: "Y", level: { natLocal: true } },
  NAT_RAND_PORT: { value: "Y", level: { natRandomPort: true } },
  NAT_PORT: { value: "5001", level: { natPort: 5001 } },
  VERBOSE: { value: "Y", level: { verbosity: 1 } },
  RESOLVE_IP_HTTP: { value: "Y", level: { resolve: true }, written: "RESOLVE_IP_HTTPS Y" },
  RESOLVE_IP_HTTPS: { value: "Y", level: { resolve: true } },
  RESOLVE_HTTP_ONLY: { value: "Y", level: { resolveHttpOnly: true } },
  WGET_CMD: { value: "/usr/bin/wget", level: { wgetCommand: "/usr/bin/wget" } },
  NO_SAVE_ARGS: { value: "Y", level: { saveArguments: false } },
  KEY_COMMAND: { value: "pass", level: { keyCommand: "pass" } },
  WAIT: { value: "Y", level: { wait: 10 }, written: "WAIT 10" },
};

function written(level: SettingsLevel): string {
  return rcSettings(level).map(({ name, value }) => `${name} ${value}`).join(" ");
}

Deno.test("every variable sets what it says and is written as it was read", () => {
  assertEquals(Object.keys(VARIABLES), FWKNOPRC_VARIABLES.map(({ name }) => name));
  for (
    const [name, { value, level, written: expected = `${name} ${value}` }] of Object.entries(
      VARIABLES,
    )
  ) {
    const { entries } = readStanza(parseFwknoprc(`[s]\n${name}: ${value}\n`, "rc"), "s");
    const read = levelFromRc(entries, "native", textBytes);
    assertEquals(read, { level, diagnostics: [] }, name);
    assertEquals(written(level), expected, name);
  }
});

/** Options whose effect is not in the settings: they choose what the run does. */
const RUNS: readonly string[] = [
  ...["save-rc-stanza", "force-stanza", "stanza-list", "named-config", "no-home-dir", "no-rc-file"],
  ...["rc-file", "save-args-file", "last-cmd", "show-last", "key-gen", "key-gen-file", "key-len"],
  ...["help", "version", "fault-injection-tag", "json"],
];

const OPTIONS: Readonly<Record<string, Row>> = {
  "allow-ip": { value: "2001:db8::7", level: { allow: { kind: "address", text: "2001:db8::7" } } },
  access: { value: "tcp/22", level: { access: "tcp/22" } },
  "save-packet-append": { value: "", level: { appendPacket: true }, written: null },
  "save-packet": { value: "/p", level: { packetFile: "/p" }, written: null },
  "no-save-args": { value: "", level: { saveArguments: false } },
  "server-cmd": { value: "id -u", level: { command: "id -u" }, written: null },
  "digest-type": { value: "MD5", level: { digest: "md5" } },
  destination: { value: "gate", level: { server: "gate" } },
  "encryption-mode": { value: "Asymmetric", level: { mode: "asymmetric" } },
  fd: { value: "3", level: { keyDescriptor: 3 }, written: null },
  "fw-timeout": { value: "30", level: { timeout: 30 } },
  "gpg-encryption": { value: "", level: { useGpg: true } },
  "gpg-recipient-key": { value: "x", level: { useGpg: true, gpgRecipient: "x" } },
  "gpg-signer-key": { value: "x", level: { useGpg: true, gpgSigner: "x" } },
  "gpg-home-dir": { value: "/g/", level: { useGpg: true, gpgHomeDirectory: "/g" } },
  "gpg-exe": { value: "/g", level: { useGpg: true, gpgProgram: "/g" } },
  "gpg-agent": { value: "", level: { useGpg: true, gpgAgent: true } },
  "gpg-no-signing-pw": { value: "", level: { useGpg: true, gpgNoPassphrase: true } },
  "get-key": { value: "/k", level: { key: { kind: "file", path: "/k" } } },
  "get-hmac-key": { value: "/k", level: { hmacKey: { kind: "file", path: "/k" }, useHmac: true } },
  "http-proxy": { value: "p:8080", level: { transport: "http", proxy: "p:8080" } },
  "key-rijndael": { value: "word", level: { key: key("KEY", "word", "word") } },
  "key-base64-rijndael": {
    value: "d29yZA==",
    level: { key: key("KEY_BASE64", "d29yZA==", "word") },
  },
  "key-base64-hmac": {
    value: "d29yZA==",
    level: { hmacKey: key("HMAC_KEY_BASE64", "d29yZA==", "word"), useHmac: true },
  },
  "key-hmac": {
    value: "word",
    level: { hmacKey: key("HMAC_KEY", "word", "word"), useHmac: true },
  },
  "hmac-key-len": { value: "64", level: { useHmac: true } },
  "hmac-digest-type": { value: "sha384", level: { hmacDigest: "sha384", useHmac: true } },
  "icmp-type": { value: "40", level: { icmpType: 40 }, written: null },
  "icmp-code": { value: "15", level: { icmpCode: 15 }, written: null },
  "nat-access": { value: "10.0.0.1,22", level: { natAccess: "10.0.0.1,22" } },
  "nat-local": { value: "", level: { natLocal: true } },
  "nat-port": { value: "5001", level: { natPort: 5001 } },
  "nat-rand-port": { value: "", level: { natRandomPort: true } },
  "server-port": { value: "53", level: { serverPort: 53 } },
  "server-proto": { value: "ICMP", level: { transport: "icmp" } },
  "spoof-source": { value: "192.0.2.9", level: { spoofSource: "192.0.2.9" } },
  "rand-port": { value: "", level: { randomPort: true } },
  "resolve-ip-https": { value: "", level: { resolve: true } },
  "resolve-http-only": { value: "", level: { resolve: true, resolveHttpOnly: true } },
  "resolve-url": { value: "h/ip", level: { resolve: true, resolveUrl: "h/ip" } },
  "server-resolve-ipv4": { value: "", level: { ipv4Only: true } },
  "source-ip": { value: "", level: { allow: { kind: "source" } } },
  "source-port": { value: "53", level: { sourcePort: 53 } },
  stdin: { value: "", level: { keyDescriptor: 0 }, written: null },
  test: { value: "", level: { test: true }, written: null },
  "time-offset-plus": { value: "2h", level: { timeOffset: 7200 } },
  "time-offset-minus": { value: "1d", level: { timeOffset: -86400 } },
  "user-agent": { value: "me/1", level: { userAgent: "me/1" } },
  "use-hmac": { value: "", level: { useHmac: true } },
  "use-wget-user-agent": { value: "", level: { wgetUserAgent: true } },
  "spoof-user": { value: "alice", level: { user: "alice" } },
  verbose: { value: "", level: { verbosity: 1 } },
  "wget-cmd": { value: "wget -4", level: { wgetCommand: "wget -4" } },
  "Forward-access": { value: "10.0.0.1,5001", level: { natAccess: "10.0.0.1", natPort: 5001 } },
  ipv4: { value: "", level: { ipv4Only: true, ipv6Only: false } },
  ipv6: { value: "", level: { ipv4Only: false, ipv6Only: true } },
  "key-command": { value: "pass", level: { keyCommand: "pass" } },
  wait: { value: "", level: { wait: 10 } },
  "wait-time": { value: "3", level: { wait: 3 } },
  repeat: { value: "", level: { repeat: 0 }, written: null },
  "repeat-time": { value: "20", level: { repeat: 20 }, written: null },
  proxy: { value: "", level: { wait: 10 } },
};

Deno.test("every option sets what it says, and its variable is written for it", () => {
  const names = CLIENT_OPTIONS.map(({ name }) => name);
  assertEquals([...Object.keys(OPTIONS), ...RUNS].sort(), [...names].sort());
  for (const row of CLIENT_OPTIONS) {
    const expected = OPTIONS[row.name];
    if (expected === undefined) continue;
    const words = [`--${row.name}`, ...(row.argument === undefined ? [] : [expected.value])];
    const { options } = parseCommandLine(words, CLIENT_OPTIONS);
    assertEquals(levelFromOptions(options, "native"), expected.level, row.name);
    if (expected.written === null) assertEquals(written(expected.level), "", row.name);
    if (row.variable === undefined || row.name === "proxy") continue;
    assertEquals(
      rcSettings(expected.level).some(({ name }) => name === row.variable),
      true,
      row.name,
    );
  }
});
