import { parseFwknoprc, readStanza } from "../../../lib/config/fwknoprc.ts";
import { GivenOptions } from "../../../lib/config/option.ts";
import { loadSettings } from "../../../lib/client/load_settings.ts";
import type { Dialect } from "../../../lib/dialect.ts";
import { Problem } from "../../../lib/client/problem.ts";
import type { Settings } from "../../../lib/client/settings.ts";
import { levelFromRc } from "../../../lib/client/level.ts";
import { assert, assertEquals } from "../../assert.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Options from words. A word with dashes that is followed by another word with dashes has no value. */
function given(...words: readonly string[]): GivenOptions {
  const entries: { name: string; value: string }[] = [];
  for (const word of words) {
    const last = entries.at(-1);
    if (word.startsWith("--")) entries.push({ name: word.slice(2), value: "" });
    else if (last !== undefined) last.value = word;
  }
  return new GivenOptions(entries);
}

function load(text: string, words?: readonly string[], stanza?: string, dialect?: Dialect) {
  return loadSettings({
    rcFile: { rc: parseFwknoprc(text, "rc"), encode, warnings: [] },
    rcPath: "rc",
    stanza,
    saves: false,
    options: given(...words ?? []),
    dialect: dialect ?? "native",
  });
}

function settings(...parameters: Parameters<typeof load>): Settings {
  const loaded = load(...parameters);
  if (loaded instanceof Problem) throw new Error(loaded.text);
  if ("errors" in loaded) throw new Error(loaded.errors.map(({ text }) => text).join());
  return loaded.settings;
}

Deno.test("the command line wins over the named stanza, which wins over [default]", () => {
  const rc =
    "[default]\nSPA_SERVER a\nACCESS tcp/1\nFW_TIMEOUT 1\n[s]\nACCESS tcp/2\nFW_TIMEOUT 2\n";
  const merged = settings(rc, ["--fw-timeout", "3"], "s");
  assertEquals([merged.server, merged.access, merged.timeout], ["a", "tcp/2", 3]);
});

Deno.test("N in a stanza undoes Y in [default]", () => {
  const rc = "[default]\nUSE_HMAC Y\nRAND_PORT y\n[s]\nUSE_HMAC N\nRAND_PORT n\n";
  const merged = settings(rc, [], "s");
  assertEquals([merged.useHmac, merged.randomPort], [false, false]);
});

Deno.test("a value that is neither yes nor no has no effect and causes a warning", () => {
  const loaded = load("[default]\nUSE_HMAC yes\n");
  assert(!(loaded instanceof Problem) && !("errors" in loaded));
  assertEquals(loaded.settings.useHmac, undefined);
  assertEquals(
    loaded.warnings[0]?.text,
    "USE_HMAC yes has no effect: the value is neither Y nor N",
  );
});

Deno.test("-v on the command line wins over VERBOSE in the file", () => {
  assertEquals(settings("[default]\nVERBOSE N\n", ["--verbose", "--verbose"]).verbosity, 2);
  assertEquals(settings("[default]\nVERBOSE Y\n").verbosity, 1);
  assertEquals(settings("[default]\nVERBOSE 3\n").verbosity, 3);
});

Deno.test("-R wins over an address in the file, and -a wins over resolving", () => {
  const byOption = settings("[default]\nALLOW_IP 192.0.2.1\n", ["--resolve-ip-https"]);
  assertEquals([byOption.allow, byOption.resolve], [undefined, true]);
  const address = settings("[default]\nALLOW_IP resolve\n", ["--allow-ip", "192.0.2.2"]);
  assertEquals([address.allow?.kind, address.resolve], ["address", undefined]);
});

Deno.test("ALLOW_IP resolve in a stanza wins over an address in [default], and N restores the address", () => {
  const rc = "[default]\nALLOW_IP 192.0.2.1\n[s]\nALLOW_IP resolve\n[t]\nRESOLVE_IP_HTTPS N\n";
  assertEquals(settings(rc, [], "s").allow, undefined);
  assertEquals(settings(rc, [], "t").allow, { kind: "address", text: "192.0.2.1" });
});

Deno.test("within one level, an address wins over resolving, and the last of -a and -s wins", () => {
  assertEquals(settings("", ["--resolve-ip-https", "--allow-ip", "192.0.2.2"]).resolve, undefined);
  const last = settings("", ["--allow-ip", "192.0.2.2", "--source-ip"]);
  assertEquals(last.allow, { kind: "source" });
});

Deno.test("a key on the command line wins over every kind of key in the file", () => {
  const rc = "[default]\nKEY old\nHMAC_KEY oldhmac\n";
  const base64 = settings(rc, ["--key-base64-rijndael", "bmV3", "--get-hmac-key", "f"]);
  assert(base64.key?.kind === "bytes");
  assertEquals(base64.key.bytes, encode("new"));
  assertEquals(base64.hmacKey, { kind: "file", path: "f" });
  assertEquals(settings(rc, ["--stdin"]).key, { kind: "descriptor", descriptor: 0 });
  assertEquals(settings(rc, ["--get-key", "f"]).key, { kind: "file", path: "f" });
});

Deno.test("within one level, text wins over base64, and base64 wins over a file", () => {
  for (
    const lines of [["KEY t", "KEY_BASE64 YjY0", "KEY_FILE f"], [
      "KEY_FILE f",
      "KEY_BASE64 YjY0",
      "KEY t",
    ]]
  ) {
    const { key } = settings(`[default]\n${lines.join("\n")}\n`);
    assert(key?.kind === "bytes");
    assertEquals(key.bytes, encode("t"));
  }
});

Deno.test("of several key files in one stanza, the last one counts, as in the C client", () => {
  const merged = settings("[default]\nKEY_FILE a\nKEY_FILE b\nHMAC_KEY_FILE c\nHMAC_KEY_FILE d\n");
  assertEquals([merged.key, merged.hmacKey], [
    { kind: "file", path: "b" },
    { kind: "file", path: "d" },
  ]);
});

Deno.test("a later line undoes what RESOLVE_URL implies, and USE_HMAC N wins over an HMAC key", () => {
  assertEquals(settings("[default]\nRESOLVE_URL h\nRESOLVE_IP_HTTPS N\n").resolve, undefined);
  assertEquals(settings("[default]\nRESOLVE_IP_HTTPS N\nRESOLVE_URL h\n").resolve, true);
  assertEquals(settings("[default]\nUSE_HMAC N\nHMAC_KEY x\n").useHmac, false);
});

Deno.test("the defaults of the table hold where nothing is set", () => {
  const { digest, transport, serverPort, mode, hmacDigest } = settings("");
  assertEquals([digest, transport, serverPort, mode, hmacDigest], [
    "sha256",
    "udp",
    62201,
    "cbc",
    "sha256",
  ]);
});

Deno.test("KEY_FILE and HMAC_KEY_FILE do not overwrite each other", () => {
  const merged = settings("[default]\nKEY_FILE a\nHMAC_KEY_FILE b\n");
  assertEquals([merged.key, merged.hmacKey], [
    { kind: "file", path: "a" },
    { kind: "file", path: "b" },
  ]);
});

Deno.test("an HMAC key turns the HMAC on, unless the file says no", () => {
  assertEquals(settings("[default]\nHMAC_KEY x\n").useHmac, true);
  assertEquals(settings("[default]\nHMAC_KEY x\nUSE_HMAC N\n").useHmac, false);
  assertEquals(settings("[default]\nHMAC_DIGEST_TYPE md5\n").useHmac, undefined);
  assertEquals(settings("", ["--hmac-digest-type", "md5"]).useHmac, true);
});

Deno.test("the last time offset wins, whatever its direction", () => {
  const rc = "[default]\nTIME_OFFSET -5m\n";
  assertEquals(settings(rc).timeOffset, -300);
  assertEquals(settings(rc, ["--time-offset-plus", "1h"]).timeOffset, 3600);
});

Deno.test("every bad value in the file is an error with its position", () => {
  const bad = {
    DIGEST_TYPE: "sha2",
    SPA_SERVER_PROTO: "sctp",
    SPA_SERVER_PORT: "65536",
    SPA_SOURCE_PORT: "22x",
    NAT_PORT: "-1",
    FW_TIMEOUT: "65537",
    ALLOW_IP: "host.example",
    TIME_OFFSET: "soon",
    ENCRYPTION_MODE: "pcbc",
    HMAC_DIGEST_TYPE: "crc",
    VERBOSE: "5",
  };
  for (const [name, value] of Object.entries(bad)) {
    const { entries } = readStanza(
      parseFwknoprc(`[default]\n${name}  ${value}\n`, "rc"),
      "default",
    );
    const { diagnostics } = levelFromRc(entries, "native", encode);
    assert(
      diagnostics[0]?.text.endsWith(`Parameter error in rc, line 2: var=${name}, val=${value}`),
    );
    assertEquals(diagnostics[0]?.position, { file: "rc", line: 2, column: name.length + 3 });
    assert(diagnostics[0]?.hint !== undefined);
  }
});

Deno.test("a bad base64 key is refused and not shown", () => {
  for (const name of ["KEY_BASE64", "HMAC_KEY_BASE64", "GPG_SIGNING_PW_BASE64"]) {
    const loaded = load(`[default]\n${name} *secret*\n`);
    assert("errors" in loaded);
    assert(!JSON.stringify(loaded.errors).includes("secret"));
  }
});

Deno.test("the native dialect reads numbers strictly, and the C dialect reads them as the C client does", () => {
  assert(load("", ["--server-port", "22x"]) instanceof Problem);
  assertEquals(settings("", ["--server-port", "22x"], undefined, "c").serverPort, 22);
  assertEquals(settings("", ["--fw-timeout", "60s"], undefined, "c").timeout, 60);
});

Deno.test("the native dialect refuses port 0, and the C dialect accepts it", () => {
  assert(load("", ["--server-port", "0"]) instanceof Problem);
  assertEquals(settings("", ["--server-port", "0"], undefined, "c").serverPort, 0);
  const file = "[default]\nSPA_SERVER_PORT 0\n";
  const loaded = load(file);
  assert("errors" in loaded);
  assertEquals(loaded.errors.map(({ hint }) => hint), ["use a whole number from 1 to 65535"]);
  assertEquals(settings(file, [], undefined, "c").serverPort, 0);
});

Deno.test("a bad argument has the C client's message", () => {
  const expected: readonly (readonly [words: readonly string[], reference: string])[] = [
    [["--fw-timeout", "131073"], "--fw-timeout must be within [0-131072]"],
    [["--server-port", "65536"], "[*] Value 65536 out of range [(0)-(65535)]"],
    [["--fd", "-1"], "[*] Value -1 out of range [(0)-(-1)]"],
    [
      ["--digest-type", "x"],
      "* Invalid digest type: x, use {md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512}",
    ],
    [
      ["--encryption-mode", "pcbc"],
      "* Invalid encryption mode: pcbc, use {CBC,CTR,legacy,Asymmetric}",
    ],
    [["--server-proto", "x"], "Unrecognized protocol: x"],
    [["--time-offset-plus", "x"], "Invalid time offset: 'x'"],
    [["--icmp-type", "41"], "Invalid icmp type '41', must be in [0-40]"],
    [["--icmp-code", "16"], "Invalid icmp code '16', must be in [0-15]"],
  ];
  for (const [words, reference] of expected) {
    const problem = load("", words, undefined, "c");
    assert(problem instanceof Problem);
    assertEquals(problem.facts.reference, reference);
  }
});

Deno.test("an unknown stanza is refused with the nearest name", () => {
  const problem = load("[home]\nKEY x\n", [], "hom");
  assert(problem instanceof Problem);
  assertEquals(problem.facts.hint, "did you mean home?");
  assertEquals(problem.facts.reference, "Named configuration stanza: [hom] was not found.");
});
