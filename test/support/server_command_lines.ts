/**
 * Command lines for the C daemon and ours. `HERE` stands for a folder with the files of {@link SERVER_FILES}.
 *
 * @module
 */

/** The files by name; `run` is a folder beside them. */
export const SERVER_FILES: Readonly<Record<string, string>> = {
  "fwknopd.conf": "FWKNOP_RUN_DIR HERE/run\n",
  "access.conf": "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n",
  "warns.conf": "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY hmackey1\nUNKNOWN x\n",
  "unknown.conf": "FWKNOP_RUN_DIR HERE/run\nUNKNOWN x\n",
  "range.conf": "FWKNOP_RUN_DIR HERE/run\nMAX_SNIFF_BYTES 0\n",
  "facility.conf": "FWKNOP_RUN_DIR HERE/run\nSYSLOG_FACILITY LOG_NONE\n",
  "relative.conf": "FWKNOP_RUN_DIR run\n",
  "chain.conf": "FWKNOP_RUN_DIR HERE/run\nIPT_INPUT_ACCESS nonsense\n",
  "filter.conf": "FWKNOP_RUN_DIR HERE/run\nPCAP_FILTER udp port 62201 # spa\n",
  "file.conf": "FWKNOP_RUN_DIR HERE/access.conf\n",
  "ports.conf":
    "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY hmackey1\nOPEN_PORTS tcp\nREQUIRE_SOURCE_ADDRESS Y\n",
  "same.conf": "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY abcdefgh\nREQUIRE_SOURCE_ADDRESS Y\n",
  "nokey.conf": "SOURCE ANY\nREQUIRE_SOURCE_ADDRESS Y\n",
  "malformed.conf": "SOURCE ANY\nKEY abcdefgh\nnonsense\n",
  "override.conf": "MAX_SPA_PACKET_AGE 60\nPCAP_FILTER udp port 1\n",
  "digests": "# comment\nnot a digest\n" +
    "ImOUbGSUwXTNHUVIuw5Xgi0WXmT7fS5i5iI4IAWFrKw 17 192.0.2.44 53992 198.51.100.7 62201 1795295475\n",
};

const FILES = ["-c", "HERE/fwknopd.conf", "-a", "HERE/access.conf"];

function lines(...texts: readonly string[]): string[][] {
  return texts.map((text) =>
    text.split(" ").flatMap((word) => word === "FILES" ? FILES : word === "''" ? [""] : [word])
  );
}

/** Lines to which both daemons give the same answer. */
export const SAME_LINES: readonly string[][] = lines(
  // Help and version, and messages of getopt before them.
  "-V",
  "--version",
  "--vers",
  "-vV",
  "-V --nope",
  "--nope -V",
  "-h -V",
  "-h",
  "--help",
  "--nope -h",
  "-h --nope",
  "-x -h",
  "-V -c /nope",
  // Errors.
  "--nope FILES",
  "--nope -c /nope",
  "-k FILES",
  "-k -z FILES",
  "-Sz FILES",
  "--k FILES",
  "--exit-p FILES",
  "--fw FILES -S --nope",
  "--verbose=3 FILES",
  "--config-file",
  "-c",
  "FILES -P",
  "FILES --interface",
  "FILES -S extra words --nope",
  "-a /nope --nope -c HERE/fwknopd.conf",
  "--nope -a /nope -c HERE/fwknopd.conf",
  // Options that are checked while they are parsed.
  "-c /nope",
  "-c HERE",
  "-c /nope -S",
  "-c HERE/fwknopd.conf -a /nope",
  "-c HERE/fwknopd.conf -a HERE",
  "-c HERE/fwknopd.conf -a HERE/link",
  `-c HERE/fwknopd.conf -a /${"A".repeat(1022)}`,
  `-c HERE/fwknopd.conf -a /${"A".repeat(1023)}`,
  `-c HERE/fwknopd.conf --access-folder /${"A".repeat(5000)}`,
  `-c HERE/fwknopd.conf --gpg-exe /${"A".repeat(1100)}`,
  "-c HERE/fwknopd.conf -a HERE/ports.conf --exit-parse-config",
  "-c HERE/fwknopd.conf -a HERE/same.conf --exit-parse-config",
  "-c HERE/file.conf -a HERE/access.conf --exit-parse-config",
  "-c HERE/fwknopd.conf --access-folder /nope",
  "-c HERE/fwknopd.conf --access-folder HERE/access.conf",
  "FILES -O /nope -D",
  "FILES --pcap-file /nope",
  "FILES --pcap-file HERE",
  "FILES --gpg-home-dir /nope -D",
  "FILES --gpg-home-dir HERE/access.conf -D",
  "FILES --gpg-exe /nope -D",
  "FILES --gpg-exe HERE/access.conf -D",
  "FILES --sudo-exe /nope -D",
  "FILES --sudo-exe HERE/access.conf -D",
  "FILES -C -5",
  "FILES --packet-limit=-1",
  "FILES -A",
  "FILES --afl-fuzzing",
  "FILES --afl-pkt-file x",
  "FILES --fault-injection-tag x",
  // Settings.
  "-c HERE/range.conf -R",
  "-c HERE/facility.conf -a HERE/access.conf --exit-parse-config",
  "-c HERE/chain.conf -a HERE/access.conf --exit-parse-config",
  "-c HERE/relative.conf -a HERE/access.conf --exit-parse-config",
  "FILES -O HERE/range.conf --exit-parse-config",
  // Status, kill, restart, and their conflicts.
  "FILES -K",
  "FILES -R",
  "FILES --restart",
  "FILES --kill -f",
  "FILES -S",
  "FILES -S -K",
  "FILES -S -R",
  "FILES -D -K",
  "FILES -D -S -R -K",
  "-SK -c HERE/fwknopd.conf",
  // Checks.
  "FILES --exit-parse-config",
  "FILES --exit-parse-config -f",
  "FILES --exit-parse-c extra words",
  "FILES --exit-parse-config -fi lo -P udp",
  "FILES -l NONE --exit-parse-config",
  "FILES -O HERE/override.conf --exit-parse-config",
  "FILES --exit-parse-digest-cache",
  "FILES -d HERE/digests2 --exit-parse-digest-cache",
  "FILES --exit-parse-config --exit-parse-digest-cache",
  // The dump.
  "FILES -D -O HERE/override.conf",
  "FILES --dump-config -O HERE/override.conf -i lo -p HERE/pid -d HERE/digests -r HERE -vv",
  "FILES -D -O HERE/override.conf --sudo-exe /bin/true --gpg-exe /bin/true",
  "FILES -D -O HERE/override.conf --access-folder HERE/folder/",
  "FILES -D -a /nope",
  // Error codes and keys.
  "FILES --dump-serv-err-codes",
  "FILES --dump-serv-err-codes -S -K",
  "--key-gen",
  "--key-gen --nope",
  "--key-gen -V",
  "--key-gen -h",
  "--key-gen --key-len 16 --hmac-key-len 20",
  "--key-gen --hmac-digest-type md5",
  "--key-gen --hmac-digest-type SHA512",
  "--key-gen --key-len 0",
  "--key-gen --key-len x",
  "--key-gen --key-len 129",
  "--key-gen --hmac-key-len 129",
  "--key-gen-file /nope/keys",
  "FILES --key-len 16",
);

/** A line to which the answers differ, and why. `docs/differences.md` has all differences. */
export interface DifferentLine {
  readonly args: readonly string[];
  readonly why: string;
  readonly code: number;
  readonly stdout: RegExp;
  readonly stderr: RegExp;
}

function different(
  line: string,
  why: string,
  code: number,
  stdout: RegExp,
  stderr: RegExp,
): DifferentLine {
  return { args: lines(line)[0] ?? [], why, code, stdout, stderr };
}

const NOTHING = /^$/;

/** Lines to which our answer differs on purpose. */
export const DIFFERENT_LINES: readonly DifferentLine[] = [
  different(
    "-c HERE/filter.conf -a HERE/access.conf --exit-parse-config",
    "a check finds what a start finds",
    1,
    NOTHING,
    /\n\[\*\] Error compiling pcap filter: .*syntax error\n {2}PCAP_FILTER is 'udp port 62201 # spa'; a comment/,
  ),
  ...["-S", "-K"].map((action) =>
    different(
      `-c HERE/range.conf ${action}`,
      "a bad value does not block an action that is needed in an emergency",
      1,
      action === "-S" ? /^No running fwknopd detected\.\n$/ : NOTHING,
      /^\[\*\] var MAX_SNIFF_BYTES value '0' not in the range 1-32768\n {2}at HERE\/range\.conf:2:17\n/,
    )
  ),
  different(
    "FILES -v --exit-parse-config",
    "what is opened is not printed",
    0,
    NOTHING,
    /^Configs parsed, exiting\.\n$/,
  ),
  different(
    "FILES -U --pcap-any-direction -D",
    "switches are shown as the settings they are",
    0,
    /ENABLE_PCAP_ANY_DIRECTION += {2}'Y'[^]*ENABLE_UDP_SERVER += {2}'Y'/,
    NOTHING,
  ),
  different(
    "FILES -r rel -S",
    "every action reports a relative run directory",
    1,
    /^No running fwknopd detected\.\n$/,
    /^Path 'rel' is not absolute\.\n {2}given by --run-dir; .*\n/,
  ),
  different(
    "FILES -n -D",
    "NFQUEUE is in every build",
    0,
    /ENABLE_NFQ_CAPTURE += {2}'Y'/,
    NOTHING,
  ),
  different(
    "FILES -C x --exit-parse-config",
    "numbers are digits",
    1,
    NOTHING,
    /^\[\*\] invalid -C packet count limit 'x'\n$/,
  ),
  different(
    "FILES -l no.such.locale --exit-parse-config",
    "the locale has no effect",
    0,
    NOTHING,
    /^Configs parsed, exiting\.\n$/,
  ),
  different(
    "-c HERE/fwknopd.conf -a HERE/nokey.conf --exit-parse-config",
    "every finding is reported once",
    1,
    NOTHING,
    /^\[\*\] No keys found for access stanza source: 'ANY'\n\[\*\] Data error in access file: 'HERE\/nokey.conf'\n {2}at HERE\/nokey.conf:1:1\n/m,
  ),
  different(
    "-c HERE/fwknopd.conf -a HERE/malformed.conf --exit-parse-config",
    "a line that may be a key is not printed",
    1,
    NOTHING,
    /^\[\*\] Invalid access file entry in HERE\/malformed.conf at line 3\.\n(?!.*nonsense)/,
  ),
  different(
    "-c HERE/fwknopd.conf -a HERE/nokey.conf -D",
    "errors under -D go to standard error",
    1,
    NOTHING,
    /\[\*\] No keys found/,
  ),
  different(
    "-c HERE/unknown.conf -K",
    "a file is read once",
    1,
    NOTHING,
    /^\[\*\] Ignoring unknown configuration parameter: 'UNKNOWN' in HERE\/unknown\.conf\n {2}.*\n {2}.*\nNo running fwknopd detected\.\n$/,
  ),
  different(
    "FILES -d HERE/digests --exit-parse-digest-cache",
    "the secrets of a malformed line are not printed",
    0,
    NOTHING,
    /^\*Skipping invalid digest file entry in HERE\/digests at line 2\.\nDigest cache parsed, exiting\.\n$/,
  ),
  different(
    "FILES -d HERE/run --exit-parse-digest-cache",
    "without a digest file replays would be accepted",
    1,
    NOTHING,
    /^Cannot use the replay file HERE\/run: /,
  ),
  different(
    "--key-gen --key-len 33",
    "the true range is printed",
    1,
    NOTHING,
    /^Invalid key length '33', must be in \[1-32\]\n$/,
  ),
  different(
    "--key-gen --hmac-digest-type sha3_256",
    "keys for SHA-3 have a length",
    0,
    /^KEY_BASE64: .*\nHMAC_KEY_BASE64: .*\n$/,
    NOTHING,
  ),
  different(
    "--key-gen --hmac-digest-type foo",
    "SHA-3 is offered",
    1,
    NOTHING,
    /^\* Invalid hmac digest type: foo, use \{md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512\}\n$/,
  ),
  different(
    "--key-gen-file HERE/keys",
    "the line has a line feed",
    0,
    /^\[\+\] Wrote Rijndael and HMAC keys to: HERE\/keys\n$/,
    NOTHING,
  ),
];
