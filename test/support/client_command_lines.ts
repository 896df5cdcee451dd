/**
 * Command lines and rc files for the comparison with Debian's client. Every allowed difference is a row of
 * `docs/spec/client.md` 17 or is in `docs/differences.md`; lines with such a difference are not in this list.
 *
 * @module
 */

/** Splits at single blanks; `~` is replaced by a blank within a word. */
function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "").map((word) => word.replaceAll("~", " "));
}

const KEYS = "--key-rijndael secret";
const HMAC = "--key-hmac other";
const TEST = `-T -v --no-save-args -A tcp/22 -a 192.0.2.44 ${KEYS}`;

const DIGESTS = ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"];
const MODES = ["cbc", "ecb", "cfb", "ofb", "ctr", "CBC", "Ctr"];

const generated = [
  ...DIGESTS.flatMap((digest) => [
    `${TEST} -m ${digest}`,
    `${TEST} -m ${digest.toUpperCase()} ${HMAC}`,
    `${TEST} --hmac-digest-type ${digest} ${HMAC}`,
    ...DIGESTS.map((hmac) => `${TEST} -m ${digest} --hmac-digest-type=${hmac} ${HMAC}`),
  ]),
  ...MODES.flatMap((mode) => [
    `${TEST} -M ${mode}`,
    `${TEST} -M ${mode} ${HMAC} -f 30`,
    `${TEST} --encryption-mode=${mode} -N 10.0.0.1:80`,
  ]),
  ...["", "-f 30", "-f 0", "-f 65536"].flatMap((timeout) =>
    [
      "",
      "-N 10.0.0.1",
      "-N 10.0.0.1:80",
      "-N 10.0.0.1,80",
      "-N host.example.com:80",
      "-N 10.0.0.1 --nat-port 5001",
      "--nat-local -D 127.0.0.2",
      "--nat-local -D 127.0.0.2 --nat-port 40001",
      "--nat-local -N 10.1.1.1:33",
      "--nat-port 55000",
      "--nat-port 0",
    ].map((nat) => `${TEST} ${timeout} ${nat}`)
  ),
  ...["udp", "tcp", "http", "HTTP", "Udp"].flatMap((transport) => [
    `${TEST} -P ${transport}`,
    `${TEST} -P ${transport} -D 127.0.0.1 -p 4000 -S 4001`,
  ]),
  ...["tcp/1", "udp/65535", "tcp/22,udp/53", "tcp/00022", "tcp/1,tcp/1,tcp/1"].map((access) =>
    `-T -v --no-save-args -a 192.0.2.44 ${KEYS} -A ${access}`
  ),
  ...[
    "tcp22",
    "tcp/",
    "tcp/0",
    "tcp/65536",
    "tcp/000022",
    "TCP/22",
    "icmp/1",
    "none/0",
    "tcp/22,",
    ",tcp/22",
    "tcp/22,,udp/1",
    "tcp/22-25",
    "tcp/~22",
    "sctp/1",
  ].map((access) => `-T -v --no-save-args -a 192.0.2.44 ${KEYS} -A ${access}`),
  ...["1.2.3", "300.1.1.1", "x", "1.2.3.4.5", "host.example"].map((address) =>
    `-T --no-save-args -A tcp/22 ${KEYS} -a ${address}`
  ),
  ...["60", "5m", "2h", "1d", "60s", "2days", "1.5h"].flatMap((time) => [
    `${TEST} --time-offset-plus ${time}`,
    `${TEST} --time-offset-minus=${time}`,
  ]),
  ...["x", "", "123456789", "65537"].map((time) => `${TEST} --time-offset-plus=${time}`),
  ...["alice", "a~b", "x@y", "o.k-_", "!ok"].map((user) => `${TEST} -U ${user}`),
  ...["a/b", "a:b", "|", "a,b", "<a", "a*"].map((user) => `${TEST} -U ${user}`),
  ...["-1", "65536", "99999"].flatMap((port) => [
    `${TEST} -p ${port}`,
    `${TEST} -S ${port}`,
    `${TEST} --nat-port ${port}`,
  ]),
  ...["131073", "-1", "999999"].map((seconds) => `${TEST} -f ${seconds}`),
  ...["22x", "60s", "abc", "+7", "~8"].flatMap((number) => [
    `${TEST} -p ${number}`,
    `${TEST} -f ${number}`,
  ]),
  ...["41", "-1"].map((type) => `${TEST} --icmp-type ${type}`),
  ...["16", "-1"].map((code) => `${TEST} --icmp-code ${code}`),
  ...[":0", ":65536", ":x", "x_y:22", "-a:22"].map((nat) => `${TEST} -N 10.0.0.1${nat}`),
];

const plain = [
  "",
  "-h",
  "--help",
  "-h --bogus",
  "--bogus -h",
  "--bogus",
  "--bogus --bogus2",
  "--bogus=3 -T",
  "-x",
  "-x -f",
  "-f",
  "-A",
  "--access",
  "--acc",
  "--test=3",
  "--verb=1",
  "--key -T",
  "--ke=1",
  "--g",
  "--time x",
  "--no -T",
  "--re",
  "--sa x",
  "-T -TX",
  "stray words",
  "-V",
  "-V -D h",
  "-V --bogus",
  "-D h",
  "-D h -A tcp/22",
  "-D h -A tcp/22 -n none",
  "-n none -T",
  "-l",
  "--show-last",
  "-T",
  "-T -A tcp/22",
  "-s -A tcp/22",
  "-R -A tcp/22",
  "-Atcp/22 -a1.1.1.1",
  `-vvTA tcp/22 -a1.1.1.1 ${KEYS} --no-sav`,
  `-T -v -s -A tcp/22 ${KEYS} --no-save-args`,
  `-T -v -a 192.0.2.1 -s -A tcp/22 ${KEYS} --no-save-args`,
  `-T -v -s -a 192.0.2.1 -A tcp/22 ${KEYS} --no-save-args`,
  `-T ${KEYS} -A tcp/22 -a 192.0.2.1`,
  `-T -v -v -v ${KEYS} -A tcp/22 -a 192.0.2.1`,
  `-T -v ${KEYS} -A tcp/22 -a 192.0.2.1 -A udp/53`,
  `${TEST} --nat-rand-port -N 10.0.0.1`,
  `${TEST} --nat-rand-port --nat-port 5 -N 10.0.0.1`,
  `${TEST} --nat-rand-port --nat-local -D 127.0.0.2`,
  `${TEST} -A tcp/1,tcp/2 --nat-port 5`,
  `${TEST} -A tcp/1,tcp/2 --nat-rand-port`,
  `${TEST} -A tcp/1,tcp/2 -N 10.0.0.1`,
  `${TEST} -C id`,
  `${TEST} -C ls~-l~/tmp ${HMAC}`,
  `${TEST} -r`,
  `${TEST} -r -S 7`,
  `${TEST} -M legacy`,
  `${TEST} -M legacy --key-rijndael 0123456789abcdef0`,
  `${TEST} -M legacy ${HMAC}`,
  `${TEST} -M asymmetric`,
  `${TEST} -M pcbc`,
  `${TEST} -m sha2`,
  `${TEST} --hmac-digest-type crc`,
  `${TEST} -P sctp`,
  `${TEST} -H proxy:8080 -P udp`,
  `${TEST} -P udp -H proxy:8080`,
  `${TEST} -S 0`,
  "--no-save-args -A tcp/22 -a 192.0.2.44 -D 127.0.0.1 --key-rijndael secret -P http -H 127.0.0.1:99999",
  `${TEST} -Q 1.2.3.4`,
  `${TEST} -Q host -P udpraw`,
  `${TEST} -g`,
  `${TEST} --gpg-signer-key x`,
  `${TEST} --use-hmac --key-base64-hmac aG1hYw==`,
  `${TEST} --key-base64-hmac aG1hYw`,
  `-T -v --no-save-args -A tcp/22 -a 192.0.2.44 --key-base64-rijndael c2VjcmV0`,
  `-T -v --no-save-args -A tcp/22 -a 192.0.2.44 --key-rijndael same --key-hmac same`,
  `-T --no-save-args -A tcp/22 -a 192.0.2.44 --key-rijndael 012345678901234567890123456789012`,
  `-T --no-save-args -A tcp/22 -a 192.0.2.44 -G HOME/none`,
  `-T --no-save-args -A tcp/22 -a 192.0.2.44 ${KEYS} --get-hmac-key HOME/none`,
  "--no-rc-file --save-rc-stanza",
  "--no-rc-file -n x",
  "--no-rc-file --stanza-list",
  "--no-rc-file -n x --bogus",
  `--no-rc-file ${TEST}`,
  `--no-home-dir ${TEST}`,
  `--no-home-dir --no-rc-file ${TEST}`,
  `--no-home-dir --no-rc-file -E HOME/args ${TEST}`,
  `--rc-file HOME/other ${TEST}`,
  "--stanza-list",
  "--fault-injection-tag x",
  "--key-gen",
  "-k --key-len 16 --hmac-key-len 32",
  "-k --key-len 0",
  "-T -A tcp/22 -a 192.0.2.7 --key-rijndael secret --key-len 999999",
  "-T -A tcp/22 -a 192.0.2.7 --key-rijndael secret --key-len abc",
  "-T -A tcp/22 -a 192.0.2.7 --key-rijndael secret --key-len 128",
  "-T -A tcp/22 -a 192.0.2.7 --key-rijndael secret --key-hmac other --hmac-key-len 129",
  "--no-save-args -A tcp/22 -a 192.0.2.44 -D no..such --key-rijndael secret",
  "--no-save-args -A tcp/22 -a 192.0.2.44 -D no..such --key-rijndael secret -P udpraw",
  "--no-save-args -A tcp/22 -a 192.0.2.44 -T --fd 77",
  ...["udpraw", "tcpraw", "icmp", "udp"].map((transport) => `${TEST} -P ${transport} -D 127.0.0.1`),
  "-T --no-save-args -A tcp/22 -a 192.0.2.44 --gpg-home-dir HOME/none --gpg-recipient-key abc --gpg-signer-key abc",
  ...["-N 10.0.0.1", "-N 10.0.0.1:33", "--nat-local -D 192.0.2.1", ""].flatMap((nat) =>
    ["22", "22,33", "tcp/99999", "tcp/0", "tcp/x", "tcp/", "foo/22", "/22", "tcp/99999,tcp/3"]
      .flatMap((access) =>
        // Without NAT the C client uses this port instead of the port in the access; ours refuses it.
        (nat === "" && /^tcp\/(?!.*,)/.test(access) ? [""] : ["", "--nat-port 55"]).map((port) =>
          `-T --no-save-args -A ${access} -a 192.0.2.44 --key-rijndael secret ${nat} ${port}`.trim()
        )
      )
  ),
  ...[99999, 0, "x"].map((port) =>
    "--no-save-args -A tcp/22 -D 127.0.0.1 --key-rijndael secret -R --resolve-http-only " +
    `--resolve-url http://127.0.0.1:${port}/`
  ),
  ...[33, 127, 128, 130].flatMap((length) => {
    const key = btoa("x".repeat(length));
    const line = "-T --no-save-args -A tcp/22 -a 192.0.2.44";
    return [
      `${line} --key-base64-rijndael ${key}`,
      `${line} --key-rijndael secret --key-base64-hmac ${key}`,
    ];
  }),
  "-k --hmac-key-len 129",
  "-k --hmac-digest-type sha512",
  "-K HOME/keys",
  "--key-gen -M pcbc",
  "-A tcp/22 -D 127.0.0.1 --save-rc-stanza",
  "--save-rc-stanza -T",
  `--save-rc-stanza -n one -A tcp/22 -a 192.0.2.1 -D 127.0.0.1 ${KEYS} -T`,
  "--key-gen --save-rc-stanza -D 127.0.0.1 --use-hmac",
];

/** Command lines without an rc file. */
export const COMMAND_LINES: readonly string[][] = [...plain, ...generated].map(words);

const RC_TEST = words("-T -v --no-save-args");

function withStanza(rc: string, ...lines: readonly string[]) {
  return { rc, lines: lines.map((line) => [...RC_TEST, ...words(line)]) };
}

const BASE = "[default]\nKEY secret\nACCESS tcp/22\nALLOW_IP 192.0.2.44\n";

/** A file and the command lines to run with it. */
export interface RcCase {
  readonly rc: string;
  readonly lines: readonly string[][];
}

/** rc files that are read, refused, listed or overridden. */
export const RC_FILES: readonly RcCase[] = [
  withStanza(BASE, "", "-A udp/53", "-n none", "-f 9", "-m md5", "-a 192.0.2.9", "-s"),
  withStanza(
    `${BASE}SPA_SERVER: 127.0.0.1\nFW_TIMEOUT 7 # why\n[s]\nDIGEST_TYPE SHA1\nHMAC_KEY h\n[t]\nNAT_ACCESS 10.0.0.1:5\n`,
    "",
    "-n s",
    "-n S",
    "-n t",
    "-n t -f 0",
    "-n s --hmac-digest-type md5",
    "--stanza-list",
  ),
  ...[
    "SPOOF_USER;x",
    "SPOOF_USER",
    "SPOOF_USER #x",
    " ",
    "SPOOF_USER=x",
    "SPOOF_USER:x",
    "[foo",
    "BOGUS 1",
    "  # comment",
    "spoof_user x",
    "FW_TIMEOUT 65537",
    "SPA_SERVER_PORT 65536",
    "VERBOSE 5",
    "ALLOW_IP host.example",
    "TIME_OFFSET x",
    "DIGEST_TYPE sha2",
    "ENCRYPTION_MODE pcbc",
    "SPA_SERVER_PROTO sctp",
    "CLIENT_TIMEOUT 30",
    "HMAC_DIGEST_TYPE crc",
    "NAT_PORT 65536",
  ].map((line) => withStanza(`${BASE}${line}\n`, "", "-f 3")),
  ...[
    "SPOOF_USER x",
    "\tSPOOF_USER\tx ; y",
    "SPOOF_USER:\tx#y",
    "SPOOF_USER x\r",
    "TIME_OFFSET -5m",
    "ENCRYPTION_MODE CTR",
    "DIGEST_TYPE sha3_512",
    "KEY_BASE64 c2VjcmV0",
    "HMAC_KEY_BASE64 aG1hYw==",
    "NAT_LOCAL Y\nSPA_SERVER 127.0.0.1",
    "NAT_PORT 4242",
    "SPA_SERVER_PORT 22x",
    "SPA_SERVER_PROTO TCP",
    "SPA_SERVER_PROTO http",
    "SPA_SOURCE_PORT 99",
    "FW_TIMEOUT 30",
    "ALLOW_IP source",
    "ALLOW_IP SOURCE",
    "USE_HMAC N",
    "NO_SAVE_ARGS Y",
    "HTTP_USER_AGENT me",
    "SERVER_RESOLVE_IPV4 Y",
    "RAND_PORT Y",
  ].map((line) => withStanza(`${BASE}${line}\n`, "", "-U bob")),
  withStanza(
    "BOGUS\n[default] text\nKEY k\n[other]\nBOGUS x\n[ a b ]\nBOGUS y\n",
    "-s -A tcp/1",
    "--stanza-list",
  ),
  withStanza("", "-s -A tcp/1 --key-rijndael k", "--stanza-list", "-n x"),
];
