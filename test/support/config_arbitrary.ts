/**
 * Generated server files, most of them valid.
 *
 * @module
 */
import fc from "property-testing";

/** Lines of one variable, with values that always load and some that do not load everywhere. */
function lines(name: string, values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return values.map((value) => `${name} ${value}`);
}

function either(...values: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...values);
}

/** In most cases a valid value, otherwise a doubtful one. */
function mostly(right: fc.Arbitrary<string>, ...doubtful: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: either(...doubtful) });
}

function integer(min: number, max: number): fc.Arbitrary<string> {
  return mostly(fc.integer({ min, max }).map(String), `${max + 1}`, "-1", "x", "007", "5x", "1.0");
}

const yesOrNo = mostly(
  either("Y", "N", "y", "n", "yes", "no", "Yes;", "No; # why"),
  "0",
  "off",
  "1",
  "true",
);
const word = fc.stringMatching(/^[A-Za-z0-9_./-]{1,20}$/);
const name = fc.stringMatching(/^[A-Z_]{1,12}$/);
const chain = mostly(
  fc.tuple(name, name, name, fc.integer({ min: 1, max: 9 }), name, fc.constant("1"))
    .map((fields) => fields.join(", ")),
  "ACCEPT,filter,INPUT,1,X",
  "ACCEPT,filter,INPUT,1,X,1,1",
  "ACCEPT,fil-ter,INPUT,1,X,1",
);

const SWITCHES = [
  ...["ENABLE_PCAP_PROMISC", "EXIT_AT_INTF_DOWN", "ENABLE_SPA_PACKET_AGING", "ENABLE_UDP_SERVER"],
  ...["ENABLE_DIGEST_PERSISTENCE", "ENABLE_SPA_OVER_HTTP", "ENABLE_TCP_SERVER", "ENABLE_NAT_DNS"],
  ...["ENABLE_X_FORWARDED_FOR", "ENABLE_DESTINATION_RULE", "ENABLE_RULE_PREPEND"],
  ...["ENABLE_IPT_FORWARDING", "ENABLE_IPT_LOCAL_NAT", "ENABLE_IPT_SNAT", "ENABLE_IPT_OUTPUT"],
  ...["FLUSH_IPT_AT_INIT", "FLUSH_IPT_AT_EXIT", "ENABLE_IPT_COMMENT_CHECK"],
];
const CHAINS = ["INPUT", "OUTPUT", "FORWARD", "DNAT", "SNAT", "MASQUERADE"];

const setting = fc.oneof(
  ...SWITCHES.map((switched) => lines(switched, yesOrNo)),
  ...CHAINS.map((role) => lines(`IPT_${role}_ACCESS`, chain)),
  lines("PCAP_INTF", word),
  lines("PCAP_FILTER", either("udp port 62201", "udp dst port 53 # x", "ip")),
  lines("PCAP_FILE", word),
  lines("PCAP_DISPATCH_COUNT", integer(1, 8388608)),
  lines("PCAP_LOOP_SLEEP", integer(1, 8388608)),
  lines("MAX_SNIFF_BYTES", integer(1, 32768)),
  lines("MAX_SPA_PACKET_AGE", integer(1, 100000)),
  lines("RULES_CHECK_THRESHOLD", integer(0, 131071)),
  lines("TCPSERV_PORT", integer(1, 65535)),
  lines("UDPSERV_PORT", integer(1, 65535)),
  lines("UDPSERV_SELECT_TIMEOUT", integer(1, 8388608)),
  lines("SYSLOG_IDENTITY", word),
  lines("SYSLOG_FACILITY", mostly(either("LOG_DAEMON", "log_local0", "LOG_LOCAL7"), "LOG_USER")),
  lines("SNAT_TRANSLATE_IP", mostly(fc.ipV4(), "x", "1.2.3", "__CHANGEME__")),
  lines("FWKNOP_PID_FILE", fc.oneof(word, word.map((text) => `$FWKNOP_RUN_DIR/${text}`))),
  lines("DIGEST_FILE", fc.oneof(word, word.map((text) => `$FWKNOP_RUN_DIR/${text} lost`))),
  lines("GPG_EXE", fc.oneof(word, either("$NOT_SET/gpg"))),
  lines("FIREWALL_EXE", either("/sbin/iptables", "/usr/bin/sudo -n iptables")),
  lines("VERBOSE", either("0", "1", "x", "-1")),
  either("#comment", ";comment", "", "WORD", " # indented", "UNKNOWN_NAME x", "PCAP_INTF=eth0"),
);

/** The lines of an `fwknopd.conf` for a daemon whose files are in the folder. */
export function fwknopdConf(folder: string): fc.Arbitrary<string> {
  return fc.array(setting, { maxLength: 8 })
    .map((all) => [`FWKNOP_RUN_DIR ${folder}`, ...all, ""].join("\n"));
}

const address = mostly(
  fc.oneof(
    either("ANY", "any"),
    fc.ipV4(),
    fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([host, bits]) => `${host}/${bits}`),
    fc.ipV4().map((host) => `${host}/255.255.0.0`),
  ),
  "0.0.0.0/0",
  "192.0.2.1/33",
  "10.1",
  "host.example",
  "!192.0.2.1",
  "",
);
const addresses = fc.array(address, { minLength: 1, maxLength: 3 }).map((all) => all.join(", "));
const service = mostly(
  fc.tuple(either("tcp", "udp", "TCP"), fc.integer({ min: 1, max: 65535 })).map((p) => p.join("/")),
  "tcp/0",
  "tcp/65536",
  "22/tcp",
  "tcp/22-30",
  "icmp/1",
  "",
);
const services = fc.array(service, { minLength: 1, maxLength: 3 }).map((all) => all.join(","));
const phrase = mostly(fc.stringMatching(/^[!-~]([ -~]{0,15}[!-~])?$/), "__CHANGEME__", "a;b");
const base64 = mostly(
  fc.uint8Array({ minLength: 1, maxLength: 32 }).map((bytes) =>
    btoa(String.fromCharCode(...bytes))
  ),
  "####",
  "aGVsbG9=",
  "__CHANGEME__",
);

const key = fc.oneof(lines("KEY", phrase), lines("KEY_BASE64", base64));
const value = fc.oneof(
  lines("DESTINATION", addresses),
  lines("OPEN_PORTS", services),
  lines("RESTRICT_PORTS", services),
  key,
  lines("HMAC_KEY", phrase),
  lines("HMAC_KEY_BASE64", base64),
  lines("HMAC_DIGEST_TYPE", mostly(either("md5", "SHA1", "sha512", "sha3_256"), "sha", "sha1 x")),
  lines("ENCRYPTION_MODE", mostly(either("CBC", "ecb", "legacy", "CTR"), "PCBC", "Asymmetric")),
  // At most MAX_FW_TIMEOUT and its default: the C daemon prints a longer time-out and does not apply it.
  lines(
    "FW_ACCESS_TIMEOUT",
    mostly(fc.integer({ min: 0, max: 300 }).map(String), "007", "-1", "5x"),
  ),
  lines(
    "MAX_FW_TIMEOUT",
    mostly(fc.integer({ min: 300, max: 8388608 }).map(String), "8388609", "x"),
  ),
  lines("REQUIRE_USERNAME", word),
  lines("REQUIRE_SOURCE_ADDRESS", yesOrNo),
  lines("REQUIRE_SOURCE", yesOrNo),
  lines("ACCESS_EXPIRE", mostly(either("1/2/2030", "12/31/99", "02/29/2028"), "13/45/2030", "x")),
  lines("ACCESS_EXPIRE_EPOCH", mostly(either("0", "2000000000"), "abc", "99999999999999999999")),
  lines("ENABLE_CMD_EXEC", yesOrNo),
  lines("ENABLE_CMD_SUDO_EXEC", yesOrNo),
  lines("CMD_EXEC_USER", mostly(either("root", "nobody"), "no.such.user")),
  lines("CMD_EXEC_GROUP", mostly(either("root", "daemon"), "no.such.group")),
  lines("CMD_CYCLE_OPEN", either("/bin/open $SRC", "/bin/true")),
  lines("CMD_CYCLE_CLOSE", mostly(either("NONE", "/bin/close $SRC"), "NONEx")),
  // At most the default of MAX_FW_TIMEOUT, which ours widens for a longer timer. One value above the limit occurs too.
  lines("CMD_CYCLE_TIMER", integer(1, 299)),
  lines("FORCE_NAT", mostly(either("192.0.2.1 22", "192.0.2.1 \t 65535"), "192.0.2.1 0", "a 1")),
  lines("FORCE_SNAT", mostly(fc.constant("192.0.2.2"), "x")),
  lines("FORCE_MASQUERADE", yesOrNo),
  lines("FORWARD_ALL", yesOrNo),
  lines("DISABLE_DNAT", yesOrNo),
  lines("GPG_HOME_DIR", mostly(fc.constant("/tmp"), "/nowhere")),
  lines("GPG_DECRYPT_ID", word),
  lines("GPG_DECRYPT_PW", phrase),
  lines("GPG_DISABLE_SIG", yesOrNo),
  lines("GPG_REQUIRE_SIG", yesOrNo),
  lines("GPG_REMOTE_ID", mostly(either("1234ABCD", "1234ABCD, 00000000"), "xyz")),
  lines("PERMIT_CLIENT_PORTS", yesOrNo),
  lines("REQUIRE_HMAC", yesOrNo),
  either("#comment", ";comment", "", "WORD", " # indented", "UNKNOWN_NAME x", "OPEN_PORTS: tcp/1;"),
);
const stanza = fc.tuple(lines("SOURCE", addresses), key, fc.array(value, { maxLength: 6 }))
  .map(([source, first, more]) => [source, first, ...more].join("\n"));

/** The lines of an `access.conf`. */
export const accessConf: fc.Arbitrary<string> = fc.array(stanza, { minLength: 1, maxLength: 3 })
  .map((all) => `${all.join("\n")}\n`);
