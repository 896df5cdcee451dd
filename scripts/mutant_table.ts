/**
 * The checks that `deno task mutants` switches off, one at a time, and the test that must then fail. They cover each
 * check of `docs/spec/server.md` section 7 and each defect row of section 16, except rows 5, 6, 20 and 21: those belong to
 * the firewall (`test/lib/firewall/reference_defects_test.ts`).
 *
 * @module
 */

/** A check, how to switch it off, and the test that must notice. */
export interface Mutant {
  /** Section and step, or row: `7, step 6`, `16, row 2`. */
  readonly check: string;
  /** The rule that no longer holds when the check is off. */
  readonly off: string;
  /** The patch: in `file`, `text` is replaced by `becomes`. `text` must occur exactly once. */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
  /** Test file without `test/`, and the name of the test that must fail. */
  readonly killer: readonly [file: string, test: string];
}

const SCREEN = "lib/spa/screen.ts";
const PROCESSOR = "lib/server/packet_processor.ts";
const AUTHORIZE = "lib/server/authorize.ts";
const GATE = "lib/server/replay_gate.ts";
const CACHE = "lib/server/replay_cache.ts";
const IP = "lib/capture/ip_packet.ts";

/** Every mutant, in the order of the specification. */
export const MUTANTS: readonly Mutant[] = [
  {
    check: "7, step 1",
    off: "shortest length",
    file: SCREEN,
    text: "length < MIN_PACKET_LENGTH || ",
    becomes: "",
    killer: ["lib/spa/screen_test.ts", "a packet text has 140 to 1499 characters"],
  },
  {
    check: "7, step 1",
    off: "longest length",
    file: SCREEN,
    text: " || length > MAX_PAYLOAD_LENGTH",
    becomes: "",
    killer: ["lib/spa/screen_test.ts", "a packet text has 140 to 1499 characters"],
  },
  {
    check: "7, step 2",
    off: "no symmetric prefix",
    file: SCREEN,
    text: "if (startsWith(bytes, RIJNDAEL_PREFIX)) return PREFIX_LEFT_ON;",
    becomes: "",
    killer: [
      "lib/spa/screen_test.ts",
      "a text whose prefix was left on is refused, GnuPG's only above 400 characters",
    ],
  },
  {
    check: "7, step 2",
    off: "no GnuPG prefix",
    file: SCREEN,
    text: "length > GPG_LENGTH && startsWith(bytes, GPG_PREFIX)",
    becomes: "false",
    killer: [
      "lib/spa/screen_test.ts",
      "a text whose prefix was left on is refused, GnuPG's only above 400 characters",
    ],
  },
  {
    check: "7, step 3",
    off: "HTTP only where enabled",
    file: SCREEN,
    text: "if (http === undefined || !isHttpRequest(payload)) {",
    becomes:
      "http ??= { anyUserAgent: true, forwardedFor: false };\n  if (!isHttpRequest(payload)) {",
    killer: ["lib/spa/screen_test.ts", "an HTTP request is unwrapped only where the rules say so"],
  },
  {
    check: "7, step 3",
    off: "user agent",
    file: "lib/spa/http.ts",
    text: "if (!rules.anyUserAgent && ",
    becomes: "if (false && ",
    killer: [
      "lib/spa/http_test.ts",
      "the method is read in any case, the user agent exactly, and the rest is ignored",
    ],
  },
  {
    check: "7, step 3",
    off: "at least 140 characters in a request",
    file: "lib/spa/http.ts",
    text: "if (target.length < MIN_PACKET_LENGTH) return TOO_SHORT;",
    becomes: "",
    killer: [
      "lib/spa/http_test.ts",
      "the target ends at the first white space and has at least 140 characters",
    ],
  },
  {
    check: "7, step 3",
    off: "X-Forwarded-For only where enabled",
    file: "lib/spa/http.ts",
    text: "(rules.forwardedFor ? readForwardedFor(request) : {})",
    becomes: "readForwardedFor(request)",
    killer: [
      "lib/spa/http_test.ts",
      "X-Forwarded-For must be a separate header, and is read only where the rules say so",
    ],
  },
  {
    check: "7, step 3",
    off: "an X-Forwarded-For that is not an address is reported",
    file: PROCESSOR,
    text: "if (invalidForwardedFor !== undefined) {",
    becomes: "if (false) {",
    killer: [
      "lib/server/packet_processor_test.ts",
      "over HTTP the address of X-Forwarded-For replaces 0.0.0.0, and 0.0.0.0 with another header is refused",
    ],
  },
  {
    check: "7, step 4",
    off: "base64 only",
    file: SCREEN,
    text: "if (IS_TEXT[bytes[index] ?? 0] === 0) return NOT_BASE64;",
    becomes: "",
    killer: [
      "lib/spa/screen_test.ts",
      "only the 64 base64 characters pass, at every position",
    ],
  },
  {
    check: "7, step 5",
    off: "refusals that any sender can cause are debug lines",
    file: "lib/server/refusals.ts",
    text: 'severity: "debug",\n    line: ({ error }',
    becomes: 'severity: "warning",\n    line: ({ error }',
    killer: [
      "lib/report/refusal_line_test.ts",
      "a packet that is not SPA causes a debug line in the C daemon's words, and a wrong HMAC causes a warning",
    ],
  },
  {
    check: "7, step 6",
    off: "the SOURCE of at least one stanza",
    file: PROCESSOR,
    text:
      "if (!this.#parts.stanzas.some((stanza) => listContains(stanza.source, datagram.source))) {",
    becomes: "if (false) {",
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor refuses a source that no stanza lists before it uses any key",
    ],
  },
  {
    check: "7, step 7",
    off: "replay",
    file: PROCESSOR,
    text: "if (before !== undefined) return this.#report(packet, before);",
    becomes: "",
    killer: [
      "lib/server/packet_processor_test.ts",
      "a replay is reported once, even if many stanzas have its keys",
    ],
  },
  {
    check: "7, step 7",
    off: "1499 characters of text",
    file: SCREEN,
    text: "return bytes.length > MAX_TEXT_LENGTH ? TOO_LONG : undefined;",
    becomes: "return undefined;",
    killer: ["lib/spa/screen_test.ts", "a packet text has 140 to 1499 characters"],
  },
  {
    check: "7, step 8",
    off: "the stanza's SOURCE",
    file: "lib/server/hmac_index.ts",
    text:
      "return listContains(stanza.source, source) && listContains(stanza.destination, destination);",
    becomes: "return listContains(stanza.destination, destination);",
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor tries only stanzas for the packet's source and destination",
    ],
  },
  {
    check: "7, step 8",
    off: "the stanza's DESTINATION",
    file: "lib/server/hmac_index.ts",
    text:
      "return listContains(stanza.source, source) && listContains(stanza.destination, destination);",
    becomes: "return listContains(stanza.source, source);",
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor tries only stanzas for the packet's source and destination",
    ],
  },
  {
    check: "7, step 9",
    off: "the line about a packet with a key",
    file: "lib/report/line_reporter.ts",
    text: "this.#announce(packet, stanza.number, stanza.name);\n    const who",
    becomes: "const who",
    killer: [
      "lib/report/refusal_line_test.ts",
      "a packet with the right keys is reported with its source and its stanza",
    ],
  },
  {
    check: "7, step 10",
    off: "ACCESS_EXPIRE",
    file: PROCESSOR,
    text: "if (expired !== undefined) {",
    becomes: "if (false) {",
    killer: [
      "lib/server/packet_processor_test.ts",
      "an expired stanza is reported once and admits no client",
    ],
  },
  {
    check: "7, step 10",
    off: "an expired stanza is reported once",
    file: PROCESSOR,
    text: "this.#reportedExpired.add(number);",
    becomes: "",
    killer: [
      "lib/server/packet_processor_test.ts",
      "an expired stanza is reported once and admits no client",
    ],
  },
  {
    check: "7, step 11",
    off: "the HMAC, SHA-256",
    file: "lib/crypto/hmac_sha256_simd.ts",
    text:
      "if (this.#functions.match(blocks, this.#groups) === 0) return;\n    for (let index = 0; index < this.#count; index++) {",
    becomes:
      "for (let index = 0; index < this.#count; index++) {\n      found(index);\n      continue;",
    killer: [
      "lib/server/packet_processor_test.ts",
      "junk causes one refusal, even with many stanzas",
    ],
  },
  {
    check: "7, step 11",
    off: "the HMAC, any digest",
    file: "lib/crypto/keyed_hmac.ts",
    text: "if (equalBytes(state.clone().update(message).digest(), mac)) found(index);",
    becomes: "found(index);",
    killer: [
      "lib/crypto/keyed_hmac_test.ts",
      "HMAC-md5 finds the keys that produced a mac, one by one",
    ],
  },
  {
    check: "7, step 11",
    off: "the HMAC comes first",
    file: PROCESSOR,
    text:
      'const rijndael = isAuthenticated ? verified.get(index) : restorePrefix(text, "rijndael");',
    becomes:
      'const rijndael = verified.get(index) ?? restorePrefix(text.slice(0, -43), "rijndael");',
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor tries stanzas in file order until one takes the packet",
    ],
  },
  {
    check: "7, step 11",
    off: "sixteen digits at the start",
    file: "lib/spa/packet.ts",
    text: 'if (!startsWithRandomValue(plaintext.value)) return failure("DECRYPTION_FAILURE");',
    becomes: "",
    killer: ["lib/spa/vectors_test.ts", "N058 is refused: bad field: letter in the random value"],
  },
  {
    check: "7, step 11",
    off: "the digest of the fields",
    file: "lib/spa/fields.ts",
    text: "candidates.find((name) => encodeBase64(digest(name, bytes)) === digestText)",
    becomes: "candidates[0]",
    killer: [
      "lib/spa/fields_test.ts",
      "an encoded message decodes to itself, for every digest and type",
    ],
  },
  {
    check: "7, step 12",
    off: "GnuPG: the HMAC comes first",
    file: PROCESSOR,
    text: "? verifiedGpg.get(index)",
    becomes: '? restorePrefix(text.slice(0, -43), "gpg")',
    killer: ["lib/server/gpg_packets_test.ts", "a packet with a wrong HMAC never reaches gpg"],
  },
  {
    check: "7, step 12",
    off: "GnuPG: a complete decryption",
    file: "lib/gpg/open.ts",
    text: "if (!isDecrypted(status)) {",
    becomes: "if (false) {",
    killer: [
      "lib/server/gpg_vectors_test.ts",
      "the server refuses every GnuPG packet that the C daemon refuses, with the same line",
    ],
  },
  {
    check: "7, step 12",
    off: "GnuPG: a signature where one is required",
    file: "lib/gpg/open.ts",
    text: "if (!requireSignature) return undefined;",
    becomes: "if (signature === undefined) return undefined;",
    killer: [
      "lib/server/gpg_vectors_test.ts",
      "the server refuses every GnuPG packet that the C daemon refuses, with the same line",
    ],
  },
  {
    check: "7, step 12",
    off: "GnuPG: a good signature",
    file: "lib/gpg/open.ts",
    text: "return signature.flaw === undefined || ignoreSignatureErrors",
    becomes: "return true",
    killer: ["lib/gpg/open_test.ts", "a bad signature is refused unless the stanza allows it"],
  },
  {
    check: "7, step 13",
    off: "a stanza without a key for the cipher",
    file: "lib/server/hmac_mismatches.ts",
    text: "gpg === undefined ? NO_GPG : HMAC_BEFORE_GPG",
    becomes: "HMAC_BEFORE_GPG",
    killer: [
      "lib/server/explain_test.ts",
      "explain says which key to add for a packet that no stanza has a key for",
    ],
  },
  {
    check: "7, step 14",
    off: "the digest is stored before policy is checked",
    file: GATE,
    text: "const refused = this.#remember(packet, digest, seen);",
    becomes: "const refused = undefined;",
    killer: [
      "lib/server/packet_processor_test.ts",
      "a packet that policy refuses cannot be used again",
    ],
  },
  {
    check: "7, step 14",
    off: "nothing opens before the digest is written",
    file: GATE,
    text: 'return refuse("not-remembered", { reason: reasonOf(error) });',
    becomes: "return undefined;",
    killer: [
      "lib/server/packet_processor_test.ts",
      "a packet that cannot be written to the replay file opens nothing",
    ],
  },
  {
    check: "7, step 14",
    off: "the digest is stored once per packet",
    file: GATE,
    text: "if (candidate.remembered) return undefined;",
    becomes: "",
    killer: [
      "lib/server/packet_processor_test.ts",
      "a packet that one stanza refuses is not a replay for the next stanza, even without an HMAC",
    ],
  },
  {
    check: "7, step 15",
    off: "the signer is named",
    file: PROCESSOR,
    text: "if (signer !== undefined) return this.#refuse(signer, stanza, candidate);",
    becomes: "",
    killer: [
      "lib/server/gpg_packets_test.ts",
      "a signer must be in each list that is set, by ID or by fingerprint",
    ],
  },
  {
    check: "7, step 16",
    off: "MAX_FW_TIMEOUT",
    file: AUTHORIZE,
    text: "return Math.min(wish, stanza.maxTimeout);",
    becomes: "return wish;",
    killer: [
      "lib/server/authorize_test.ts",
      "the client's timeout is granted up to the stanza's maximum",
    ],
  },
  {
    check: "7, step 16",
    off: "a client timeout of 0 counts as absent",
    file: AUTHORIZE,
    text: " || clientTimeout === 0",
    becomes: "",
    killer: [
      "lib/server/authorize_test.ts",
      "the client's timeout is granted up to the stanza's maximum",
    ],
  },
  {
    check: "7, step 17",
    off: "too old",
    file: AUTHORIZE,
    text: "Math.abs(age) > context.maxAge",
    becomes: "-age > context.maxAge",
    killer: [
      "lib/server/authorize_test.ts",
      "a packet is refused if the clocks differ by more than the limit, in either direction",
    ],
  },
  {
    check: "7, step 17",
    off: "too new",
    file: AUTHORIZE,
    text: "Math.abs(age) > context.maxAge",
    becomes: "age > context.maxAge",
    killer: [
      "lib/server/authorize_test.ts",
      "a packet is refused if the clocks differ by more than the limit, in either direction",
    ],
  },
  {
    check: "7, step 18",
    off: "an address at the start of the message",
    file: "lib/spa/request.ts",
    text: "return { address: parseAddress(text.slice(0, comma)), rest: text.slice(comma + 1) };",
    becomes:
      'return { address: parseAddress(text.slice(0, comma)) ?? parseAddress("0.0.0.0"), rest: text.slice(comma + 1) };',
    killer: [
      "lib/spa/request_test.ts",
      "an access message may have an IPv6 address, in any of its forms",
    ],
  },
  {
    check: "7, step 19",
    off: "REQUIRE_SOURCE_ADDRESS",
    file: AUTHORIZE,
    text: "isUnspecified(request.address) && stanza.requireSourceAddress",
    becomes: "false",
    killer: [
      "lib/server/authorize_test.ts",
      "0.0.0.0 is refused if the stanza requires an address",
    ],
  },
  {
    check: "7, step 19",
    off: "0.0.0.0 means the source",
    file: AUTHORIZE,
    text: 'return forwardedFor === "unusable" ? undefined : forwardedFor ?? source;',
    becomes: "return asked;",
    killer: [
      "lib/server/authorize_test.ts",
      "0.0.0.0 stands for the packet's source, or for the address that a trusted proxy names",
    ],
  },
  {
    check: "7, step 19",
    off: "any other address is used unchanged",
    file: AUTHORIZE,
    text: "if (!isUnspecified(asked)) return asked;",
    becomes: "",
    killer: [
      "lib/server/authorize_test.ts",
      "0.0.0.0 stands for the packet's source, or for the address that a trusted proxy names",
    ],
  },
  {
    check: "7, step 20",
    off: "REQUIRE_USERNAME",
    file: AUTHORIZE,
    text: "stanza.requireUsername !== message.username",
    becomes: "false",
    killer: ["lib/server/authorize_test.ts", "the user name is compared exactly, including case"],
  },
  {
    check: "7, step 21",
    off: "forwarding only where enabled",
    file: "lib/server/authorize_nat.ts",
    text: 'return policy.forwarding && stanza.refuseForwardNat !== true ? undefined : "forward";',
    becomes: "return undefined;",
    killer: [
      "lib/server/authorize_test.ts",
      "NAT and commands are refused if no setting enables them",
    ],
  },
  {
    check: "7, step 21",
    off: "local NAT only where enabled",
    file: "lib/server/authorize_nat.ts",
    text: 'return policy.localNat ? undefined : "local";',
    becomes: "return undefined;",
    killer: [
      "lib/server/authorize_test.ts",
      "NAT and commands are refused if no setting enables them",
    ],
  },
  {
    check: "9",
    off: "a local NAT request needs a listed port",
    file: "lib/server/authorize_nat.ts",
    text:
      "if (isListed(openPorts ?? []) || allowsLocal(natTargets ?? [], service)) return undefined;",
    becomes: "return undefined;",
    killer: [
      "lib/server/settle_nat_test.ts",
      "the stanza must open or list the port that a local request names",
    ],
  },
  {
    check: "9",
    off: "a local NAT request ends on this host",
    file: "lib/server/settle_nat.ts",
    text: 'if (typeof host !== "string" && placeOf(host) === "own") {',
    becomes: 'if (typeof host !== "string") {',
    killer: [
      "lib/server/settle_nat_test.ts",
      "the target of a local request is the named address if it is this host's, or else the packet's destination",
    ],
  },
  {
    check: "9",
    off: "NAT_TARGETS limits inside hosts",
    file: "lib/server/settle_nat.ts",
    text: "return natTargets === undefined || allowsInside(natTargets, host, service)",
    becomes: "return true",
    killer: [
      "lib/server/settle_nat_test.ts",
      "NAT_TARGETS limits the inside hosts, by address and by name",
    ],
  },
  {
    check: "7, step 22",
    off: "a command message runs no cycle",
    file: AUTHORIZE,
    text: 'if (stanza.cycle !== undefined) return deny(refuse("no-service-for-cycle"));',
    becomes: "",
    killer: [
      "lib/server/authorize_test.ts",
      "a command to a stanza with a cycle is refused, even if commands are enabled",
    ],
  },
  {
    check: "7, step 22",
    off: "a cycle replaces the rules",
    file: AUTHORIZE,
    text: "if (stanza.cycle !== undefined) {\n    const seconds",
    becomes: "if (false) {\n    const seconds",
    killer: [
      "lib/server/authorize_test.ts",
      "a cycle gets the first service, both addresses of the packet and the duration",
    ],
  },
  {
    check: "7, step 23",
    off: "ENABLE_CMD_EXEC",
    file: AUTHORIZE,
    text: 'if (stanza.commandExecution === undefined) return deny(refuse("command-not-allowed"));',
    becomes: "",
    killer: [
      "lib/server/authorize_test.ts",
      "NAT and commands are refused if no setting enables them",
    ],
  },
  {
    check: "7, step 24",
    off: "RESTRICT_PORTS",
    file: AUTHORIZE,
    text: "return !isListed(stanza.restrictPorts) &&",
    becomes: "return",
    killer: [
      "lib/server/authorize_test.ts",
      "a service in RESTRICT_PORTS is refused even when OPEN_PORTS lists it",
    ],
  },
  {
    check: "7, step 24",
    off: "OPEN_PORTS",
    file: AUTHORIZE,
    text: "(stanza.openPorts === undefined || isListed(stanza.openPorts))",
    becomes: "true",
    killer: [
      "lib/server/authorize_test.ts",
      "every requested service must be in OPEN_PORTS, even if OPEN_PORTS lists another one twice",
    ],
  },
  {
    check: "7, step 25",
    off: "--test",
    file: PROCESSOR,
    text: "if (!this.#parts.policy.testMode) {",
    becomes: "if (true) {",
    killer: [
      "lib/server/packet_processor_test.ts",
      "in test mode the processor checks everything and does nothing",
    ],
  },
  {
    check: "7, step 26",
    off: "the first stanza that accepts a packet ends its processing",
    file: PROCESSOR,
    text: 'this.#parts.act(decision, packet);\n      return "end";',
    becomes: 'this.#parts.act(decision, packet);\n      return "next";',
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor tries stanzas in file order until one takes the packet",
    ],
  },
  {
    check: "16, row 1",
    off: "canonical base64",
    file: "lib/crypto/base64.ts",
    text: "if (length > bytes.length && (quad",
    becomes: "if (length < 0 && (quad",
    killer: [
      "lib/crypto/base64_test.ts",
      "base64 refuses padding, nonzero low bits, a single character and foreign ones",
    ],
  },
  {
    check: "16, row 1",
    off: "REQUIRE_HMAC",
    file: "lib/config/stanza_keys.ts",
    text: 'if (draft.value("REQUIRE_HMAC") === true) {',
    becomes: "if (false) {",
    killer: [
      "lib/config/access_errors_test.ts",
      "every error of a stanza has the C daemon's text and a position",
    ],
  },
  {
    check: "16, row 2",
    off: "every requested port is checked",
    file: AUTHORIZE,
    text: "const denied = request.services.find((service) => !mayOpen(stanza, service));",
    becomes:
      "const matches = request.services.flatMap((asked) =>\n    (stanza.openPorts ?? []).filter((port) => sameService(port, asked))).length;\n" +
      "  const denied = stanza.openPorts === undefined\n    ? request.services.find((service) => !mayOpen(stanza, service))\n" +
      "    : matches === request.services.length ? undefined : request.services.at(-1);",
    killer: [
      "lib/server/authorize_test.ts",
      "every requested service must be in OPEN_PORTS, even if OPEN_PORTS lists another one twice",
    ],
  },
  {
    check: "16, row 3",
    off: "the ports of a cycle",
    file: AUTHORIZE,
    text: "const denied = request.services.find((service) => !mayOpen(stanza, service));",
    becomes:
      "const denied = request.services.find((service) =>\n    stanza.cycle === undefined && !mayOpen(stanza, service));",
    killer: [
      "lib/server/authorize_test.ts",
      "all requested ports are checked before a cycle, even those that it does not open",
    ],
  },
  {
    check: "16, row 3",
    off: "MAX_FW_TIMEOUT of a cycle",
    file: AUTHORIZE,
    text: "return grantSeconds(stanza, clientTimeout || stanza.cycle?.timer);",
    becomes: "return clientTimeout || stanza.cycle?.timer || stanza.accessTimeout;",
    killer: [
      "lib/server/authorize_test.ts",
      "a cycle lasts as the client asks, or as CMD_CYCLE_TIMER says, or as long as a grant, up to the maximum",
    ],
  },
  {
    check: "16, row 4",
    off: "the checks are repeated after unwrapping",
    file: SCREEN,
    text: "return checkShape(text) ?? checkText(text) ?? unwrapped;",
    becomes: "return checkText(text) ?? unwrapped;",
    killer: ["lib/spa/screen_test.ts", "the text from a request is screened again"],
  },
  {
    check: "16, row 7",
    off: "a bad configuration changes nothing at a reload",
    file: "lib/daemon/daemon.ts",
    text: 'log.error("The new configuration has errors: continuing with the previous one");',
    becomes: "this.stop();",
    killer: [
      "e2e/serve_lifecycle_test.ts",
      "a reload with a mistake in a file changes nothing: the UDP server keeps its memory and its grants",
    ],
  },
  {
    check: "16, row 7",
    off: "pending closes are stored first",
    file: "lib/command/command_cycles.ts",
    text: "close = this.#closes.add(wanted);",
    becomes: "close = wanted;",
    killer: [
      "lib/command/command_cycles_test.ts",
      "the close is in the file before the open command runs",
    ],
  },
  {
    check: "16, row 8",
    off: "the UDP server survives a reload",
    file: "lib/daemon/daemon.ts",
    text: 'log.info("Got SIGHUP. Re-reading configs.");',
    becomes: 'log.info("Got SIGHUP. Re-reading configs.");\n  this.stop();',
    killer: [
      "e2e/serve_lifecycle_test.ts",
      "a reload with a mistake in a file changes nothing: the UDP server keeps its memory and its grants",
    ],
  },
  {
    check: "16, row 9",
    off: "replays are detected without a file",
    file: CACHE,
    text: "this.#put(entry);\n    this.#compact(time);",
    becomes: "if (this.#store !== undefined) this.#put(entry);\n    this.#compact(time);",
    killer: [
      "lib/server/packet_processor_test.ts",
      "in test mode the processor checks everything and does nothing",
    ],
  },
  {
    check: "16, row 9",
    off: "a digest file of another user is refused",
    file: "lib/config/state_file.ts",
    text: "  refuseExposed(path, variable, exposureOf(path, info));\n",
    becomes: "",
    killer: [
      "lib/config/state_file_test.ts",
      "a state file that another user could change is refused: its owner, mode, links and folders",
    ],
  },
  {
    check: "16, row 9",
    off: "no start without the file",
    file: "lib/server/replay_file.ts",
    text: "throw new HintedError(`Cannot use",
    becomes:
      'if (path !== "") return ReplayFile.open("/tmp");\n    throw new HintedError(`Cannot use',
    killer: ["lib/server/replay_test.ts", "without a usable replay file the server does not start"],
  },
  {
    check: "16, row 10",
    off: "one connection does not end the others",
    file: "lib/capture/tcp_server.ts",
    text: "if (connection === undefined) continue;",
    becomes: "if (connection === undefined) break;",
    killer: [
      "lib/capture/tcp_server_test.ts",
      "connections above the limit are closed unread, and all end with the server",
    ],
  },
  {
    check: "16, row 11",
    off: "a command inherits no descriptor of ours",
    file: "lib/exec/start.ts",
    text: "    if (policy.guarded) guardDescriptors();\n",
    becomes: "",
    killer: [
      "lib/command/execute_command_test.ts",
      "a command has no input and none of our descriptors",
    ],
  },
  {
    check: "16, row 11",
    off: "a command gets both user and group id",
    file: "lib/exec/start.ts",
    text: "    ...identity,\n",
    becomes: "",
    killer: [
      "lib/command/execute_command_test.ts",
      "a command of another user has that uid and gid and no other group",
    ],
  },
  {
    check: "16, row 12",
    off: "groups are looked up among groups",
    file: "lib/config/access_value.ts",
    text: "const value = context.files.group(text);",
    becomes: "const value = context.files.user(text);",
    killer: ["lib/config/access_conf_test.ts", "commands run only where they are enabled"],
  },
  {
    check: "16, row 12",
    off: "sudo -g wherever the group is set",
    file: "lib/command/command_runner.ts",
    text: "const group = sudo.group === undefined ?",
    becomes: "const group = sudo.group === undefined || sudo.user === undefined ?",
    killer: [
      "lib/command/command_runner_test.ts",
      "sudo gets the user and the group, each where it is set, and then only the command",
    ],
  },
  {
    check: "16, row 13",
    off: "the owner of the lock, not the number in the file",
    file: "lib/daemon/pid_file.ts",
    text: "const owner = file.lockOwner();",
    becomes: "const owner = Number(Deno.readTextFileSync(path)) || undefined;",
    killer: [
      "lib/daemon/pid_file_test.ts",
      "a stale PID file that names a living process is not signalled",
    ],
  },
  {
    check: "16, row 13",
    off: "a query writes nothing",
    file: "lib/daemon/pid_file.ts",
    text: 'file = new LockableFile(path, "read");',
    becomes:
      'file = new LockableFile(path, "create");\n    if (file.tryLock()) file.replace(`${Deno.pid}\\n`);',
    killer: [
      "lib/daemon/pid_file_test.ts",
      "an old PID file without a lock belongs to no daemon, and a longer number in it is replaced",
    ],
  },
  {
    check: "16, row 13",
    off: "a reload resolves relative paths like the start",
    file: "lib/config/absolute_options.ts",
    text: 'path === "" || path.startsWith("/") ? path : `${folder}/${path}`',
    becomes: "path",
    killer: [
      "lib/config/absolute_options_test.ts",
      "relative paths become absolute, and nothing else changes",
    ],
  },
  {
    check: "16, row 13",
    off: "the caller learns whether the start succeeded",
    file: "lib/daemon/detach.ts",
    text: "if (!isReady) return",
    becomes: "if (false) return",
    killer: [
      "lib/daemon/detach_test.ts",
      "a daemon that fails passes its reason and its exit status to the caller",
    ],
  },
  {
    check: "16, row 14",
    off: "the environment of the caller",
    file: "lib/exec/start.ts",
    text: "clearEnv: isFixed",
    becomes: "clearEnv: false",
    killer: [
      "lib/exec/policy_test.ts",
      "a program of the daemon sees PATH and LC_ALL, and no variable of the daemon's caller",
    ],
  },
  {
    check: "16, row 14",
    off: "the limit of name look-ups for one stanza",
    file: "lib/exec/slots.ts",
    text: "own >= perStanza",
    becomes: "own > atOnce",
    killer: [
      "lib/exec/slots_test.ts",
      "no limit is passed and no slot is lost, in any order of taking and releasing",
    ],
  },
  {
    check: "16, row 14",
    off: "the time limit of commands",
    file: "lib/command/execute_command.ts",
    text: "    milliseconds: seconds * 1000,\n",
    becomes: "    milliseconds: Infinity,\n",
    killer: [
      "lib/command/execute_command_test.ts",
      "after its time limit a command is stopped with all its children",
    ],
  },
  {
    check: "16, row 15",
    off: "a cycle without any time gets FW_ACCESS_TIMEOUT",
    file: AUTHORIZE,
    text: "return grantSeconds(stanza, clientTimeout || stanza.cycle?.timer);",
    becomes: "return Math.min(clientTimeout || stanza.cycle?.timer || 0, stanza.maxTimeout);",
    killer: [
      "lib/server/authorize_test.ts",
      "a cycle lasts as the client asks, or as CMD_CYCLE_TIMER says, or as long as a grant, up to the maximum",
    ],
  },
  {
    check: "16, row 16",
    off: "a warning about text after ';' in a stanza",
    file: "lib/config/access_conf.ts",
    text: 'if (line.rest !== "" && (secret || !line.rest.startsWith("#"))) {',
    becomes: "if (false) {",
    killer: [
      "lib/config/access_conf_test.ts",
      "lines that are valid but probably not meant are warnings",
    ],
  },
  {
    check: "16, row 16",
    off: "a warning about text after ';' in fwknopd.conf",
    file: "lib/config/fwknopd_conf.ts",
    text: 'if (line.rest !== "" && !line.rest.startsWith("#")) {',
    becomes: "if (false) {",
    killer: [
      "lib/config/server_settings_test.ts",
      "text after ';' is a warning, unless it is a comment",
    ],
  },
  {
    check: "16, row 17",
    off: "an epoch is a number",
    file: "lib/config/access_value.ts",
    text: "const value = parseWithin(text, [0, Number.MAX_SAFE_INTEGER]);",
    becomes: "const value = parseInt(text) || 0;",
    killer: [
      "lib/config/access_errors_test.ts",
      "every error of a stanza has the C daemon's text and a position",
    ],
  },
  {
    check: "16, row 17",
    off: "a date is a day that exists",
    file: "lib/config/access_value.ts",
    text: "return parts !== null && real && ",
    becomes: "return parts !== null && ",
    killer: [
      "lib/config/access_errors_test.ts",
      "every error of a stanza has the C daemon's text and a position",
    ],
  },
  {
    check: "16, row 17",
    off: "a port is a number",
    file: "lib/config/access_value.ts",
    text: "const port = parsePort(item.slice(slash + 1));",
    becomes: "const port = parseInt(item.slice(slash + 1));",
    killer: [
      "lib/config/access_errors_test.ts",
      "every error of a stanza has the C daemon's text and a position",
    ],
  },
  {
    check: "16, row 17",
    off: "an integer is digits alone",
    file: "lib/config/parsed_value.ts",
    text: "if (!/^[0-9]{1,15}$/.test(text)) return undefined;\n  const value = Number(text);",
    becomes: "const value = parseInt(text) || 0;",
    killer: [
      "lib/config/server_errors_test.ts",
      "every error of fwknopd.conf has the C daemon's text and a position",
    ],
  },
  {
    check: "16, row 18",
    off: "MAX_FW_TIMEOUT caps FW_ACCESS_TIMEOUT",
    file: "lib/config/access_stanza.ts",
    text: "accessTimeout: Math.min(wanted, maxTimeout)",
    becomes: "accessTimeout: wanted",
    killer: [
      "lib/config/access_conf_test.ts",
      "MAX_FW_TIMEOUT caps FW_ACCESS_TIMEOUT where it is written",
    ],
  },
  {
    check: "16, row 19",
    off: "the destination of a datagram",
    file: "lib/capture/udp_server.ts",
    text: "addressFromBytes(this.socket.destination)",
    becomes: "addressFromBytes(new Uint8Array(4))",
    killer: [
      "lib/capture/udp_server_test.ts",
      "an IPv4 packet arrives with its true source and destination",
    ],
  },
  {
    check: "16, row 22",
    off: "replays are detected in test mode",
    file: PROCESSOR,
    text: "const unusable = this.#replay.use(stanza, opened, candidate);",
    becomes:
      "const unusable = this.#parts.policy.testMode ? undefined : this.#replay.use(stanza, opened, candidate);",
    killer: [
      "lib/server/packet_processor_test.ts",
      "in test mode the processor checks everything and does nothing",
    ],
  },
  {
    check: "16, row 23",
    off: "EXIT_AT_INTF_DOWN",
    file: "lib/capture/sniffer.ts",
    text: "if (this.#options.exitWhenDown) {\n      throw",
    becomes: "if (this.#options.exitWhenDown) return;\n    if (false) {\n      throw",
    killer: [
      "lib/capture/sniffer_test.ts",
      "EXIT_AT_INTF_DOWN Y ends the capture when the interface goes down",
    ],
  },
  {
    check: "16, row 24",
    off: "IP options",
    file: IP,
    text: "((bytes[0] ?? 0) & 0x0f) * 4",
    becomes: "((bytes[0] ?? 0) & 0x15) * 4",
    killer: [
      "lib/capture/ip_packet_test.ts",
      "UDP over IPv4 is decoded, with and without IP options",
    ],
  },
  {
    check: "16, row 25",
    off: "decoding by link type",
    file: "lib/capture/link_layer.ts",
    text: "case LinkType.rawInFile:\n",
    becomes:
      "case LinkType.rawInFile:\n      return word(frame, 12) > 1500 ? withVersion(frame, 0) : undefined;\n",
    killer: [
      "lib/capture/link_layer_test.ts",
      "raw IP and loopback are decoded for any address and any capturing host",
    ],
  },
  {
    check: "16, row 26",
    off: "queue rules are removed by their text",
    file: "lib/capture/queue_rules.ts",
    text: '["-w", "-t", table, "-D", "INPUT", "-j", chain],',
    becomes: '["-w", "-t", table, "-D", "INPUT", "1"],',
    killer: [
      "lib/capture/queue_rules_test.ts",
      "queue rules are removed by their text, so rules of other programs stay",
    ],
  },
  {
    check: "16, row 27",
    off: "long symmetric packets",
    file: PROCESSOR,
    text: "const opened = encryptionKey === undefined || texts.rijndael === undefined",
    becomes:
      "const opened = encryptionKey === undefined || texts.rijndael === undefined ||\n        candidate.screened.text.length >= 400",
    killer: [
      "lib/server/packet_processor_test.ts",
      "the processor tries a long symmetric packet with the stanza's symmetric key",
    ],
  },
  {
    check: "16, row 28",
    off: "old digests are dropped",
    file: CACHE,
    text: "this.#put(entry);\n    this.#compact(time);",
    becomes: "this.#put(entry);",
    killer: [
      "lib/server/replay_test.ts",
      "packets that are too old are forgotten once a fifth of the cache is too old, but the newest are kept",
    ],
  },
  {
    check: "16, row 28",
    off: "younger digests are kept",
    file: CACHE,
    text: "return message === undefined ? time + window : message.timestamp;",
    becomes: "return message === undefined ? time : message.timestamp;",
    killer: [
      "lib/server/replay_test.ts",
      "an entry of the C daemon is kept for twice the window, because its packet may have been ahead",
    ],
  },
  {
    check: "16, row 28",
    off: "a packet whose digest may have been dropped opens nothing",
    file: CACHE,
    text: "return timestamp <= this.#horizon;",
    becomes: "return false;",
    killer: [
      "lib/server/packet_processor_test.ts",
      "after the clock was set back, a packet that may have been forgotten opens nothing",
    ],
  },
  {
    check: "16, row 28",
    off: "packets with far future times do not fill the memory",
    file: CACHE,
    text: "const isOneTooMany = this.#early.size >= this.#kept && this.#isEarly(entry);",
    becomes: "const isOneTooMany = false;",
    killer: [
      "lib/server/packet_processor_test.ts",
      "few packets that are too far ahead are remembered, and the others never open",
    ],
  },
  {
    check: "16, row 28",
    off: "a replay in another text does not count for the limit of its key",
    file: GATE,
    text: "if (!candidate.remembered) {",
    becomes: "if (candidate.remembered) {",
    killer: [
      "lib/server/packet_processor_test.ts",
      "another text of a packet does not use up the limit of its key",
    ],
  },
  {
    check: "16, row 28",
    off: "a packet whose digest cannot be stored opens nothing",
    file: PROCESSOR,
    text: "if (unkept !== undefined) return this.#refuse(unkept, stanza, candidate);",
    becomes: "",
    killer: [
      "lib/server/packet_processor_test.ts",
      "after the clock was set back, a packet that may have been forgotten opens nothing",
    ],
  },
  {
    check: "16, row 28",
    off: "the file is rewritten without useless entries",
    file: "lib/server/replay_file_text.ts",
    text: "const lines = Array.from(entries, formatReplayEntry);",
    becomes: "const lines: string[] = [];",
    killer: [
      "lib/server/replay_test.ts",
      "the file shrinks with the cache, and the next server refuses packets that the file no longer lists",
    ],
  },
  {
    check: "16, row 1",
    off: "a message counts once in any text",
    file: CACHE,
    text: "if (this.#messages.has(message.digest)) return false;",
    becomes: "",
    killer: [
      "lib/server/replay_test.ts",
      "a packet is accepted once, and its message in another text is not accepted",
    ],
  },
  {
    check: "16, row 29",
    off: "folders are read in the order of file names",
    file: "lib/config/access_conf.ts",
    text: ".toSorted()",
    becomes: "",
    killer: [
      "lib/config/access_conf_test.ts",
      "folders are read in the order of their names, *.conf only",
    ],
  },
  {
    check: "16, row 29",
    off: "a stanza that is left out is reported",
    file: "lib/config/access_conf.ts",
    text: "} else if (draft.keyFile !== undefined) this.#leaveOut(draft, diagnostics);",
    becomes: "} else if (draft.keyFile !== undefined) continue;",
    killer: [
      "lib/config/access_conf_test.ts",
      "an unusable key file leaves out only its own stanza, with a warning",
    ],
  },
  {
    check: "16, row 30",
    off: "-c is not an override file",
    file: "lib/config/settings_files.ts",
    text: 'const overrides = options.value("override-config") ?? named;',
    becomes:
      'const overrides = options.value("override-config") ?? options.value("config-file") ?? named;',
    killer: ["lib/config/server_settings_test.ts", "the main file is read once"],
  },
  {
    check: "16, row 31",
    off: "key files are private",
    file: "lib/files/private_file.ts",
    text: "{ write: true, createNew: true, mode: 0o600 }",
    becomes: "{ write: true, createNew: true, mode: 0o644 }",
    killer: [
      "cmd/keygen_test.ts",
      "a key file is private, and an existing file is replaced only with --force",
    ],
  },
  {
    check: "16, row 31",
    off: "the length of SHA3 keys",
    file: "lib/crypto/key_generation.ts",
    text: "sha3_256: 64,",
    becomes: "sha3_256: 0,",
    killer: [
      "lib/crypto/key_generation_test.ts",
      "generated keys have the lengths of the C client, and 64 bytes for SHA-3",
    ],
  },
  {
    check: "16, row 31",
    off: "keys have at most 32 bytes",
    file: "lib/crypto/key_generation.ts",
    text: 'checkLength("Encryption key", keyLength, MAX_KEY_LENGTH);',
    becomes: 'checkLength("Encryption key", keyLength, 128);',
    killer: [
      "lib/crypto/key_generation_test.ts",
      "the error for a key length out of range states the length and the allowed range",
    ],
  },
  {
    check: "16, row 32",
    off: "$VAR without a suffix gets none",
    file: "lib/config/server_settings.ts",
    text: 'const [, variable = "", word = "", rest = ""] = reference;',
    becomes:
      'const [, variable = "", written = "", rest = ""] = reference;\n    const word = written || (globalThis as Record<string, string>)["lastWord"] || "";\n' +
      '    (globalThis as Record<string, string>)["lastWord"] = word;',
    killer: [
      "lib/config/server_settings_test.ts",
      "'$NAME' without suffix does not get the suffix of an earlier one",
    ],
  },
  {
    check: "16, row 33",
    off: "ENABLE_PCAP_ANY_DIRECTION in the file",
    file: "lib/capture/open_sniffer.ts",
    text: "anyDirection: settings.ENABLE_PCAP_ANY_DIRECTION,",
    becomes: "anyDirection: false,",
    killer: [
      "e2e/listeners_test.ts",
      "ENABLE_PCAP_ANY_DIRECTION in the file shows packets that leave the interface",
    ],
  },
  {
    check: "16, row 34",
    off: "no buffer cuts a value",
    file: "lib/config/line.ts",
    text: 'const value = written.replace(/[ \\t\\v\\f]+$/, "");',
    becomes: 'const value = written.replace(/[ \\t\\v\\f]+$/, "").slice(0, 255);',
    killer: ["lib/config/line_test.ts", "a long value is not cut"],
  },
];
