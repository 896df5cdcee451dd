import fc from "property-testing";
import { ACCESS_ROWS } from "../../../lib/config/access_variables.ts";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import type { AddressList } from "../../../lib/config/access_kinds.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { formatPrefix } from "../../../lib/net/prefix.ts";
import { formatServices } from "../../../lib/net/service.ts";
import { findings, GOOD_STANZA, readTexts } from "../../support/config_files.ts";
import { assert, assertEquals } from "../../assert.ts";

const NAT = "ENABLE_IPT_FORWARDING Y\nENABLE_IPT_SNAT Y\n";

/** The stanzas of a file that must load. */
function stanzas(access: string, conf = "", more: Record<string, string> = {}): Stanza[] {
  const { config, diagnostics } = readTexts({ conf, access, more, folders: ["/gpg"] });
  assert(config !== undefined, JSON.stringify(diagnostics));
  return config.stanzas.map(({ stanza }) => stanza);
}

/** The stanza of a valid file with these lines added. */
function stanza(lines: string, conf = ""): Stanza {
  const [first] = stanzas(GOOD_STANZA + lines, conf);
  assert(first !== undefined);
  return first;
}

function warnings(access: string, conf = ""): string[] {
  return findings(readTexts({ access, conf }).diagnostics, "warning");
}

function prefixes(list: AddressList): string {
  return list === "any" ? "any" : list.map(formatPrefix).join(" ");
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("a stanza has its defaults", () => {
  const found = stanza("");
  assertEquals(found, {
    number: 1,
    position: { file: "a", line: 1, column: 1 },
    sourceText: "ANY",
    source: "any",
    destination: "any",
    restrictPorts: [],
    encryptionKey: new TextEncoder().encode("abcdefgh"),
    encryptionMode: "cbc",
    hmac: { key: new TextEncoder().encode("hmackey1"), type: "sha256" },
    accessTimeout: 30,
    maxTimeout: 300,
    maxRules: 2000,
    maxPacketsPerMinute: 1000,
    requireSourceAddress: true,
    forceMasquerade: false,
    forwardAll: false,
    disableDnat: false,
  });
});

Deno.test("each SOURCE starts a stanza, and stanzas are numbered in the order read", () => {
  const found = stanzas(`${GOOD_STANZA}\n${GOOD_STANZA}OPEN_PORTS tcp/1\n${GOOD_STANZA}`);
  assertEquals(found.map(({ number, position }) => [number, position.line]), [[1, 1], [2, 6], [
    3,
    11,
  ]]);
  assertEquals(found.map(({ openPorts }) => openPorts?.length), [undefined, 1, undefined]);
});

Deno.test("perl's colons and semicolons are not part of names and values", () => {
  const [found] = stanzas("SOURCE: ANY;\nOPEN_PORTS: tcp/22;\nKEY: a:b;\n");
  assertEquals([found?.sourceText, text(found?.encryptionKey)], ["ANY", "a:b"]);
  assertEquals(formatServices(found?.openPorts ?? []), "tcp/22");
});

Deno.test("addresses may be IPv4 and IPv6, with prefix or mask, and ANY covers them all", () => {
  const destination = (list: string) => prefixes(stanza(`DESTINATION ${list}`).destination);
  assertEquals(
    destination("192.0.2.9/24 , 10.0.0.0/255.0.0.0,198.51.100.7"),
    "192.0.2.0/24 10.0.0.0/8 198.51.100.7",
  );
  assertEquals(destination("2001:DB8::1/32, ::ffff:192.0.2.1"), "2001:db8::/32 192.0.2.1");
  for (const any of ["ANY", "any", "192.0.2.1, Any"]) assertEquals(destination(any), "any");
});

Deno.test("ports are protocol/port, in any case, with blanks around the commas", () => {
  const found = stanza("OPEN_PORTS TCP/22 , udp/053\nRESTRICT_PORTS tcp/25");
  assertEquals(formatServices(found.openPorts ?? []), "tcp/22,udp/53");
  assertEquals(formatServices(found.restrictPorts), "tcp/25");
});

Deno.test("keys are text or base64, with or without padding, and the last one counts", () => {
  const key = (lines: string) => text(stanza(lines).encryptionKey);
  assertEquals(key("KEY pass phrase"), "pass phrase");
  assertEquals(key("KEY gr\u00fcn"), "gr\u00fcn");
  assertEquals(key("KEY_BASE64 aGVsbG8="), "hello");
  assertEquals(key("KEY_BASE64 aGVsbG8"), "hello");
  assertEquals(key("KEY_BASE64 aGVsbG8= \t"), "hello");
  assertEquals(key("KEY_BASE64 aGVsbG8=\nKEY x"), "x");
  const { hmac } = stanza("HMAC_KEY_BASE64 aGVsbG8=\nHMAC_DIGEST_TYPE sha3_512");
  assertEquals([text(hmac?.key), hmac?.type], ["hello", "sha3_512"]);
});

Deno.test("legacy mode uses the first 16 bytes of a key and warns", () => {
  const lines = `KEY ${"0123456789".repeat(4)}\nENCRYPTION_MODE Legacy`;
  assertEquals(text(stanza(lines).encryptionKey), "0123456789012345");
  assertEquals(warnings(GOOD_STANZA + lines).filter((found) => found.includes("truncating")), [
    "a:5:5 Warning: truncating encryption key in legacy mode to 16 bytes for access stanza source: 'ANY'",
  ]);
});

Deno.test("MAX_FW_TIMEOUT caps FW_ACCESS_TIMEOUT where it is written", () => {
  const timeouts = (lines: string) => {
    const { accessTimeout, maxTimeout } = stanza(lines);
    return [accessTimeout, maxTimeout];
  };
  assertEquals(timeouts("FW_ACCESS_TIMEOUT 60\nMAX_FW_TIMEOUT 20"), [20, 20]);
  assertEquals(timeouts("FW_ACCESS_TIMEOUT 1000"), [1000, 1000]);
  assertEquals(timeouts("MAX_FW_TIMEOUT 20"), [20, 20]);
  assertEquals(timeouts("FW_ACCESS_TIMEOUT 0\nMAX_FW_TIMEOUT 0"), [30, 300]);
  assertEquals(timeouts("CMD_CYCLE_TIMER 301"), [30, 300], "a timer without a cycle");
  const cycle = "CMD_CYCLE_OPEN /bin/open $SRC\nCMD_CYCLE_CLOSE NONE\n";
  assertEquals(timeouts(`${cycle}CMD_CYCLE_TIMER 301`), [30, 301]);
  assertEquals(warnings(`${GOOD_STANZA}FW_ACCESS_TIMEOUT 60\nMAX_FW_TIMEOUT 20`), [
    "a:6:16 Warning: MAX_FW_TIMEOUT < FW_ACCESS_TIMEOUT, honoring MAX_FW_TIMEOUT for stanza source: 'ANY' (#1)",
  ]);
});

Deno.test("a stanza expires at local midnight or at a second, and 0 means never", () => {
  const seconds = new Date(2030, 0, 2).getTime() / 1000;
  assertEquals(stanza("ACCESS_EXPIRE 1/2/30").expires, seconds);
  assertEquals(stanza("ACCESS_EXPIRE 01/02/2030").expires, seconds);
  assertEquals(stanza("ACCESS_EXPIRE_EPOCH 2000000000").expires, 2000000000);
  assertEquals(stanza("ACCESS_EXPIRE 1/2/2030\nACCESS_EXPIRE_EPOCH 5").expires, 5);
  assertEquals(stanza("ACCESS_EXPIRE_EPOCH 0").expires, undefined);
});

Deno.test("REQUIRE_SOURCE is REQUIRE_SOURCE_ADDRESS, and the last one counts", () => {
  assertEquals(stanza("REQUIRE_SOURCE N").requireSourceAddress, false);
  assertEquals(stanza("REQUIRE_SOURCE_ADDRESS N\nREQUIRE_SOURCE y").requireSourceAddress, true);
});

Deno.test("commands run only where they are enabled", () => {
  const lines = "CMD_EXEC_USER nobody\nCMD_EXEC_GROUP nogroup\nCMD_SUDO_EXEC_USER nobody";
  assertEquals(stanza(lines).commandExecution, undefined);
  const enabled = `${lines}\nENABLE_CMD_EXEC Y`;
  const user = { name: "nobody", uid: 65534, gid: 65534 };
  const group = { name: "nogroup", gid: 65534 };
  assertEquals(stanza(enabled).commandExecution, { user, group });
  assertEquals(stanza(`${enabled}\nENABLE_CMD_SUDO_EXEC Y`).commandExecution, {
    user,
    group,
    sudo: { user },
  });
});

Deno.test("a command cycle has a close command with a timer, or NONE", () => {
  const cycle = (lines: string) => stanza(`CMD_CYCLE_OPEN /bin/open $SRC\n${lines}`).cycle;
  const open = "/bin/open $SRC";
  assertEquals(cycle("CMD_CYCLE_CLOSE NONE"), { open });
  assertEquals(cycle("CMD_CYCLE_CLOSE NONE\nCMD_CYCLE_TIMER 9"), { open, timer: 9 });
  assertEquals(cycle("CMD_CYCLE_CLOSE none x\nCMD_CYCLE_TIMER 9"), {
    open,
    close: "none x",
    timer: 9,
  });
});

Deno.test("NAT targets are host and port, and '0.0.0.0 0' with FORWARD_ALL is not a target", () => {
  const nat = (lines: string) => stanza(lines, NAT);
  assertEquals(nat("FORCE_NAT 192.0.2.1 \t 22").forceNat?.port, 22);
  assertEquals(nat("FORCE_NAT 2001:db8::1 22").forceNat?.address.text, "2001:db8::1");
  assertEquals(nat("FORWARD_ALL Y\nFORCE_NAT 0.0.0.0 0").forceNat, undefined);
  assertEquals(nat("FORWARD_ALL Y\nFORCE_NAT 192.0.2.1 0").forceNat?.port, 0);
  const { forceSnat, forwardAll } = nat("FORWARD_ALL Y\nFORCE_SNAT 192.0.2.7");
  assertEquals([forceSnat?.text, forwardAll], ["192.0.2.7", true]);
});

Deno.test("a passphrase or GPG_ALLOW_NO_PW switches GnuPG on", () => {
  const lines = "SOURCE ANY\nREQUIRE_SOURCE Y\nHMAC_KEY h\nGPG_DECRYPT_ID me@example\n";
  const [locked] = stanzas(
    `${lines}GPG_DECRYPT_PW p w\nGPG_REMOTE_ID 1234ABCD, 00ff00ff\nGPG_HOME_DIR /gpg\n`,
    "GPG_EXE /opt/gpg",
  );
  assertEquals(locked?.gpg, {
    homeDirectory: "/gpg",
    program: "/opt/gpg",
    requireSignature: true,
    ignoreSignatureErrors: false,
    remoteIds: ["1234ABCD", "00ff00ff"],
    fingerprints: [],
    decryptId: "me@example",
    passphrase: "p w",
  });
  const [open] = stanzas(`${lines}GPG_ALLOW_NO_PW Y\nGPG_DISABLE_SIG Y\n`);
  assertEquals(open?.gpg?.passphrase, undefined);
  assertEquals([open?.gpg?.requireSignature, open?.gpg?.homeDirectory], [false, "/root/.gnupg"]);
  assertEquals(stanza("GPG_DECRYPT_ID x").gpg, undefined);
});

Deno.test("key ids are accepted in the form in which gpg prints them", () => {
  const head = "SOURCE ANY\nGPG_ALLOW_NO_PW Y\nHMAC_KEY h\n";
  const [stanza] = stanzas(
    `${head}GPG_REMOTE_ID 0x1234abcd, 0XFF00FF00\n` +
      "GPG_FINGERPRINT_ID 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567\n",
  );
  assertEquals(stanza?.gpg?.remoteIds, ["1234abcd", "FF00FF00"]);
  assertEquals(stanza?.gpg?.fingerprints, ["0123456789ABCDEF0123456789ABCDEF01234567"]);
  for (const list of ["0x0x12345678", "0x", "1234ABCD 5678ABCD", "0x1234567"]) {
    const { config } = readTexts({ access: `${head}GPG_REMOTE_ID ${list}` });
    assertEquals(config, undefined, list);
  }
});

Deno.test("perl's PERMIT_CLIENT_PORTS and ENABLE_FORWARD_ACCESS can only restrict", () => {
  assertEquals(stanza("OPEN_PORTS tcp/22\nPERMIT_CLIENT_PORTS Y").openPorts?.length, 1);
  assertEquals(stanza("ENABLE_FORWARD_ACCESS Y").refuseForwardNat, undefined);
  assertEquals(stanza("ENABLE_FORWARD_ACCESS N").refuseForwardNat, true);
});

Deno.test("a line of the perl daemon is a warning that says what it does, and which port OPEN_PORTS lists", () => {
  assertEquals(warnings(`${GOOD_STANZA}ENABLE_FORWARD_ACCESS Y`), [
    "a:5:23 ENABLE_FORWARD_ACCESS Y: without effect, since fwknopd.conf switches NAT on",
  ]);
  assertEquals(warnings(`${GOOD_STANZA}ENABLE_FORWARD_ACCESS no`), [
    "a:5:23 ENABLE_FORWARD_ACCESS N: NAT requests are refused, but for ports of this host",
  ]);
  assertEquals(warnings(`${GOOD_STANZA}OPEN_PORTS tcp/22\nENABLE_FORWARD_ACCESS Y`).slice(-1), [
    "a:5:12 OPEN_PORTS beside ENABLE_FORWARD_ACCESS Y: list the outside port, for stanza source: 'ANY' (#1)",
  ]);
});

Deno.test("a stanza without HMAC key or REQUIRE_SOURCE_ADDRESS is a warning at its SOURCE", () => {
  assertEquals(warnings("\nSOURCE ANY\nKEY a\n"), [
    "a:2:1 Warning: no HMAC key, so packets are not authenticated for stanza source: 'ANY' (#1)",
    "a:2:1 Warning: REQUIRE_SOURCE_ADDRESS not enabled for access stanza source: 'ANY'",
  ]);
});

Deno.test("the warning about a GnuPG stanza without HMAC key says what follows from it", () => {
  const gpg = "SOURCE ANY\nGPG_ALLOW_NO_PW Y\nREQUIRE_SOURCE_ADDRESS Y\n";
  const signed = `${gpg}GPG_REMOTE_ID ABCD1234\n`;
  const lack = (access: string): string[] =>
    warnings(access).flatMap((text) => /no HMAC key, so (.*) for stanza/.exec(text)?.[1] ?? []);
  assertEquals(lack(signed), ["any packet from SOURCE starts gpg"]);
  for (
    const access of [
      `${signed}KEY a\n`,
      `${signed}GPG_IGNORE_SIG_VERIFY_ERROR Y\n`,
      `${gpg}GPG_DISABLE_SIG Y\n`,
    ]
  ) assertEquals(lack(access), ["packets are not authenticated"], access);
});

Deno.test("lines that are valid but probably not meant are warnings", () => {
  const warn = (lines: string, conf = "") => warnings(GOOD_STANZA + lines, conf);
  assertEquals(warn("OPEN_PORTS tcp/22;udp/53"), [
    "a:5:12 The text after ';' is not part of the value of OPEN_PORTS",
  ]);
  assertEquals(warn("OPEN_PORTS tcp/22; # ssh"), []);
  assertEquals(warn("KEY a;#b"), [
    "a:5:5 The text after ';' is not part of the value of KEY",
    "a:5:5 KEY is set twice in one stanza; the last one counts",
  ]);
  assertEquals(warn("GPG_DECRYPT_PW p \nGPG_DISABLE_SIG Y\nGPG_REQUIRE_SIG Y"), [
    "a:5:16 The blanks after the value of GPG_DECRYPT_PW are not part of it",
    "a:6:17 Warning: GPG_REQUIRE_SIG and GPG_DISABLE_SIG are both set, will check sigs (stanza source: 'ANY' #1)",
  ]);
  assertEquals(
    warn("REQUIRE_USERNAME bob   # the boss\nCMD_CYCLE_OPEN x $SRC#1\nCMD_CYCLE_CLOSE NONE"),
    [
      "a:5:24 The '#' and what follows it are part of the value of REQUIRE_USERNAME",
    ],
  );
  assertEquals(warn("REQUIRE_USERNAME CORP\\bob"), [
    "a:5:18 No packet can carry the user name 'CORP\\bob'",
  ]);
  assertEquals(warn(`REQUIRE_USERNAME ${"u".repeat(49)}`).length, 1);
  assertEquals(warn(`REQUIRE_USERNAME ${"u".repeat(48)}`), []);
  assertEquals(stanzas("SOURCE ANY\nKEY passw # it\n")[0]?.encryptionKey?.length, 10);
  assertEquals(warn("KEY_BASE64 aGVsbG8="), [
    "a:5:12 KEY and KEY_BASE64 are both set; KEY_BASE64 counts for stanza source: 'ANY' (#1)",
  ]);
  assertEquals(warn("CMD_CYCLE_OPEN ufw allow $PORT\nCMD_CYCLE_CLOSE NONE"), [
    "a:5:16 CMD_CYCLE_OPEN names no address, so it may admit everybody for stanza source: 'ANY' (#1)",
  ]);
  assertEquals(warn("FORCE_NAT 192.0.2.1 22\nFORCE_MASQUERADE Y", "ENABLE_IPT_FORWARDING Y"), [
    "a:6:18 With iptables every grant with FORCE_MASQUERADE fails without ENABLE_IPT_SNAT in fwknopd.conf, for stanza source: 'ANY' (#1)",
  ]);
  const gpg = "GPG_ALLOW_NO_PW Y\nGPG_REQUIRE_SIG N\nGPG_REMOTE_ID 12345678";
  assertEquals(warn(gpg), ["a:6:17 GPG_REQUIRE_SIG N has no effect"]);
  assertEquals(warn("RESTRIC_PORTS tcp/1\n # note"), [
    "a:5:1 [*] Ignoring unknown access parameter: 'RESTRIC_PORTS' in a",
    "a:6:2 [*] Ignoring unknown access parameter: '#' in a",
  ]);
  assertEquals(warnings(`OPEN_PORTS tcp/1\n%include_keys k\n${GOOD_STANZA}`), [
    "a:1:1 OPEN_PORTS stands before the first SOURCE of a and is ignored",
    "a:2:1 %include_keys stands before the first SOURCE of a and is ignored",
  ]);
});

Deno.test("if two lines contradict each other, the stricter one counts or the other is a warning", () => {
  const gpg = (lines: string, keyFile = "GPG_DISABLE_SIG Y\n") => {
    const head = "SOURCE ANY\nREQUIRE_SOURCE_ADDRESS Y\nHMAC_KEY h\nGPG_ALLOW_NO_PW Y\n";
    const { config, diagnostics } = readTexts({ access: head + lines, more: { k: keyFile } });
    const texts = diagnostics.map(({ severity, text }) => `${severity}: ${text}`);
    return [config?.stanzas[0]?.stanza.gpg?.requireSignature, ...texts];
  };
  const both =
    "warning: Warning: GPG_REQUIRE_SIG and GPG_DISABLE_SIG are both set, will check sigs (stanza source: 'ANY' #1)";
  for (
    const lines of [
      "GPG_REQUIRE_SIG Y\nGPG_DISABLE_SIG Y",
      "GPG_DISABLE_SIG Y\nGPG_REQUIRE_SIG Y",
      "GPG_REQUIRE_SIG Y\n%include_keys k",
      "%include_keys k\nGPG_REQUIRE_SIG Y",
    ]
  ) {
    assertEquals(gpg(lines), [true, both], lines);
  }
  // A key file may belong to a user: it does not override what the stanza says about signatures.
  const weaker = "GPG_REQUIRE_SIG N\nGPG_DISABLE_SIG Y\nGPG_REMOTE_ID 00000000\n";
  assertEquals(gpg("GPG_REQUIRE_SIG Y\nGPG_REMOTE_ID 12345678\n%include_keys k", weaker), [
    true,
    "warning: GPG_REQUIRE_SIG of the key file has no effect: the stanza sets it itself",
    "warning: GPG_REMOTE_ID of the key file has no effect: the stanza sets it itself",
    both,
  ]);
  assertEquals(gpg("GPG_DISABLE_SIG Y\nGPG_REMOTE_ID 12345678"), [
    false,
    "warning: Warning: GPG_REQUIRE_SIG should really be enabled for stanza source: 'ANY' (#1)",
  ]);
  assertEquals(gpg("GPG_IGNORE_SIG_VERIFY_ERROR Y\nGPG_REMOTE_ID 12345678"), [
    true,
    "warning: GPG_IGNORE_SIG_VERIFY_ERROR Y makes signatures prove nothing for stanza source: 'ANY' (#1)",
  ]);

  const nat = "ENABLE_IPT_FORWARDING Y\nENABLE_IPT_SNAT Y\n";
  const warn = (lines: string) =>
    warnings(GOOD_STANZA + lines, nat).map((text) => text.replace(/^\S+ /, ""));
  const stanza = "for stanza source: 'ANY' (#1)";
  assertEquals(warn("ACCESS_EXPIRE 01/01/2000\nACCESS_EXPIRE_EPOCH 0"), [
    `ACCESS_EXPIRE and ACCESS_EXPIRE_EPOCH are both set; ACCESS_EXPIRE_EPOCH counts ${stanza}`,
  ]);
  assertEquals(warn("FORWARD_ALL Y\nRESTRICT_PORTS tcp/25\nOPEN_PORTS tcp/22"), [
    `OPEN_PORTS limits only what a packet may name: FORWARD_ALL Y forwards every port ${stanza}`,
    `RESTRICT_PORTS limits only what a packet may name: FORWARD_ALL Y forwards every port ${stanza}`,
  ]);
  assertEquals(warn("FORWARD_ALL N\nOPEN_PORTS tcp/22"), []);
  assertEquals(
    warn("ENABLE_FORWARD_ACCESS N\nFORCE_NAT 192.0.2.1 22").at(-1),
    `ENABLE_FORWARD_ACCESS N does not keep FORCE_NAT from forwarding ${stanza}`,
  );
  const user = "ENABLE_CMD_EXEC Y\nCMD_SUDO_EXEC_USER nobody\n";
  assertEquals(warn(user), [
    `CMD_SUDO_EXEC_USER has no effect without ENABLE_CMD_SUDO_EXEC Y ${stanza}`,
  ]);
  assertEquals(warn(`${user}ENABLE_CMD_SUDO_EXEC Y`), []);
});

Deno.test("a warning about an unknown name suggests a known name or what to do instead", () => {
  const hint = (line: string) => readTexts({ access: GOOD_STANZA + line }).diagnostics[0]?.hint;
  assertEquals(hint("RESTRIC_PORTS tcp/1"), "Did you mean RESTRICT_PORTS?");
  assertEquals(hint("%includ x"), "Did you mean %include?");
  assertEquals(
    hint("keytype Base 64 key"),
    "Only OpenWrt's web interface uses it; remove the line",
  );
  assertEquals(hint("MAX_ACCESS_TIMEOUT 5"), "Its name is MAX_FW_TIMEOUT now");
});

Deno.test("%include reads a file in place, and the stanza before it continues after it", () => {
  const one = "SOURCE 192.0.2.1\nKEY one\n";
  const found = stanzas(`${GOOD_STANZA}%include one\nOPEN_PORTS tcp/7\n${GOOD_STANZA}`, "", {
    one,
  });
  assertEquals(found.map(({ sourceText }) => sourceText), ["ANY", "192.0.2.1", "ANY"]);
  assertEquals(found.map(({ openPorts }) => openPorts?.length), [1, undefined, undefined]);
  assertEquals(found[1]?.position, { file: "one", line: 1, column: 1 });
});

Deno.test("included files may be two levels deep, not three", () => {
  const more = { b: "%include c\n", c: `${GOOD_STANZA}`, d: "%include_folder e\n" };
  assertEquals(stanzas("%include b\n", "", more).length, 1);
  const deep = { ...more, c: "%include d\n" };
  const { diagnostics } = readTexts({ access: "%include b\n", more: deep });
  assertEquals(findings(diagnostics, "error"), [
    "c:1:1 [*] Refusing to go deeper than 3 levels. Lost in Limbo: 'c'",
  ]);
  const circle = readTexts({ access: "%include a\n" });
  assertEquals(findings(circle.diagnostics, "error").length, 1);
});

Deno.test("folders are read in the order of their names, *.conf only", () => {
  const named = (name: string): string => `SOURCE ${name}\nKEY k\n`;
  const more = {
    // Returned in reverse order, so the test does not depend on the order of the file system.
    "d/a.conf": named("192.0.2.1"),
    "d/C.conf": named("192.0.2.3"),
    "d/c.conf.bak": "rubbish",
    "d/b.conf": named("192.0.2.2"),
    "d/notes.txt": "rubbish",
  };
  const sources = ["192.0.2.3", "192.0.2.1", "192.0.2.2"];
  const included = stanzas("%include_folder d/\n", "", more);
  assertEquals(included.map(({ sourceText }) => sourceText), sources);
  const { config } = readTexts({ access: "", more, options: { "access-folder": "d/" } });
  assertEquals(config?.settings.ACCESS_FOLDER, "d");
  assertEquals(config?.stanzas.map((entry) => entry.stanza.sourceText), sources);
});

Deno.test("a folder without stanza is an error", () => {
  const options = { "access-folder": "empty" };
  const { diagnostics } = readTexts({ options, folders: ["empty"] });
  assertEquals(findings(diagnostics, "error"), [
    "Fatal, could not find any valid access.conf stanzas",
  ]);
});

Deno.test("%include_keys reads only keys from a file", () => {
  const k = "KEY_BASE64 aGVsbG8=\nHMAC_KEY: hmac;\nOPEN_PORTS tcp/1\n%include a\nSOURCE ANY\n";
  const access = "SOURCE ANY\nREQUIRE_SOURCE Y\n%include_keys k\nOPEN_PORTS tcp/8\n";
  const [found] = stanzas(access, "", { k });
  assertEquals([text(found?.encryptionKey), text(found?.hmac?.key)], ["hello", "hmac"]);
  assertEquals(formatServices(found?.openPorts ?? []), "tcp/8");
  assertEquals(findings(readTexts({ access, more: { k } }).diagnostics, "warning"), [
    "k:3:1 Ignoring invalid entry: 'OPEN_PORTS'",
    "k:4:1 Ignoring invalid entry: '%include'",
    "k:5:1 Ignoring invalid entry: 'SOURCE'",
  ]);
});

Deno.test("an unusable key file leaves out only its own stanza, with a warning", () => {
  const access = `SOURCE 192.0.2.1\n%include_keys k\nOPEN_PORTS tcp/8\n${GOOD_STANZA}`;
  const cases: Record<string, [Record<string, string>, string]> = {
    missing: [
      {},
      "a:2:1 [*] Data error in included keyfile: 'k', skipping stanza.\n[*] Access file: 'k' was not found.",
    ],
    empty: [
      { k: "\n" },
      "a:1:1 [*] Data error in included keyfile: 'k', skipping stanza.\n[*] No keys found for access stanza source: '192.0.2.1'",
    ],
    wrong: [
      { k: "KEY a\nKEY_BASE64 ###\n" },
      "k:2:12 [*] Data error in included keyfile: 'k', skipping stanza.\n[*] KEY_BASE64 argument '<see the access.conf file>' " +
      "doesn't look like base64-encoded data.",
    ],
    malformed: [
      { k: "KEY a\nKEY\n" },
      "k:2:1 [*] Data error in included keyfile: 'k', skipping stanza.\n[*] Invalid access file entry in k at line 2.",
    ],
  };
  for (const [name, [more, warning]] of Object.entries(cases)) {
    const { config, diagnostics } = readTexts({ access, more });
    assertEquals(config?.stanzas.map((entry) => [entry.stanza.number, entry.stanza.sourceText]), [
      [1, "ANY"],
    ], name);
    assertEquals(findings(diagnostics, "warning"), [warning], name);
  }
  const alone = readTexts({ access: "SOURCE ANY\n%include_keys k\n" });
  assertEquals(findings(alone.diagnostics, "error").length, 1);
});

Deno.test("a mistake in the main file is an error even if the stanza has a key file", () => {
  const access = "SOURCE ANY\n%include_keys k\nOPEN_PORTS x\n";
  const { diagnostics } = readTexts({ access, more: { k: "KEY a\n" } });
  assertEquals(findings(diagnostics, "error"), [
    "a:3:12 [*] Parse error on access port entry: x\n[*] Fatal invalid OPEN_PORTS in access stanza",
  ]);
});

Deno.test("no text makes the parser throw, and every stanza that loads has a key", () => {
  const name = fc.constantFrom(
    "SOURCE",
    "%include",
    "%include_keys",
    ...ACCESS_ROWS.map((r) => r.name),
  );
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("ANY", "Y", "N", "1", "tcp/22", "192.0.2.1", "192.0.2.1 22", "k", "a", "NONE"),
  );
  const line = fc.tuple(name, value).map((parts) => parts.join(" "));
  const lines = fc.array(line, { maxLength: 12 }).map((all) => `${GOOD_STANZA}${all.join("\n")}\n`);
  const isError = ({ severity }: Diagnostic): boolean => severity === "error";
  fc.assert(
    fc.property(fc.oneof(lines, fc.string({ unit: "binary" })), (access) => {
      const { config, diagnostics } = readTexts({ access, conf: NAT, more: { k: "KEY zz\n" } });
      assertEquals(config === undefined, diagnostics.some(isError));
      for (const { stanza: found } of config?.stanzas ?? []) {
        assert(found.encryptionKey !== undefined || found.gpg !== undefined);
        assert(found.accessTimeout <= found.maxTimeout);
      }
    }),
    { numRuns: 300 },
  );
});
