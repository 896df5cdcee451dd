import { assertEquals } from "../../assert.ts";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import { findings, readTexts } from "../../support/config_files.ts";

/** Stands before the lines of each case, so these start on line 3. */
const HEAD = "SOURCE ANY\nKEY abcdefgh\n";
const LONG = "x".repeat(256);
const HMAC_TYPES = "{md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512}";

/** Lines, and the errors that they must give. */
type Case = readonly [lines: string, ...errors: string[]];

const FATAL: readonly Case[] = [
  ["OPEN_PORTS", "a:3:1 [*] Invalid access file entry in a at line 3."],
  ["  ", "a:3:1 [*] Invalid access file entry in a at line 3."],
  [" #note", "a:3:2 [*] Invalid access file entry in a at line 3."],
  ["KEY gr\uFFFDn", "a:3:7 [*] Invalid access file entry in a at line 3."],
  // 5.3, value by value
  [
    "REQUIRE_SOURCE_ADDRESS 1",
    "a:3:24 [*] REQUIRE_SOURCE_ADDRESS value '1' is neither Y nor N",
  ],
  ["FW_ACCESS_TIMEOUT -1", "a:3:19 [*] FW_ACCESS_TIMEOUT value not in range."],
  ["FW_ACCESS_TIMEOUT 30s", "a:3:19 [*] FW_ACCESS_TIMEOUT value not in range."],
  ["MAX_FW_TIMEOUT 8388609", "a:3:16 [*] MAX_FW_TIMEOUT value not in range."],
  ["CMD_CYCLE_TIMER 0", "a:3:17 [*] CMD_CYCLE_TIMER value not in range [1,8388608]."],
  ["NAME al ice", "a:3:8 [*] Invalid NAME 'al ice' in access stanza"],
  ["NAME älice", "a:3:6 [*] Invalid NAME 'älice' in access stanza"],
  [`NAME ${"x".repeat(33)}`, `a:3:38 [*] Invalid NAME '${"x".repeat(33)}' in access stanza`],
  [
    "KEY __changeme__",
    "a:3:5 [*] KEY value is not properly set in stanza source 'ANY' in access file: 'a'",
  ],
  [
    "HMAC_KEY_BASE64 __CHANGEME__",
    "a:3:17 [*] HMAC_KEY_BASE64 value is not properly set in stanza source 'ANY' in access file: 'a'",
  ],
  [
    "GPG_DECRYPT_PW __CHANGEME__",
    "a:3:16 [*] GPG_DECRYPT_PW value is not properly set in stanza source 'ANY' in access file: 'a'",
  ],
  ...["####", "aGVs bG8=", "a", "aGVsbG9=", "aGVsbG8==", "aGVsbG8=x"].map((text): Case => [
    `KEY_BASE64 ${text}`,
    "a:3:12 [*] KEY_BASE64 argument '<see the access.conf file>' doesn't look like base64-encoded data.",
  ]),
  [
    "HMAC_DIGEST_TYPE sha512 x",
    `a:3:18 [*] HMAC_DIGEST_TYPE argument 'sha512 x' must be one of ${HMAC_TYPES}`,
  ],
  ...["PCBC", "cbcx"].map((text): Case => [
    `ENCRYPTION_MODE ${text}`,
    `a:3:17 [*] Unrecognized ENCRYPTION_MODE '${text}', use {CBC,CTR,legacy,Asymmetric}`,
  ]),
  ...["2030-1-1", "1/2", "13/45/2030", "2/29/2030", "0/1/2030", "1/2/2030 x", "1/2/203", "1/1/1970"]
    .map((text): Case => [
      `ACCESS_EXPIRE ${text}`,
      `a:3:15 [*] Fatal: invalid date value '${text}' (need MM/DD/YYYY) for access stanza expiration time`,
    ]),
  ...["abc", "-5", "99999999999999999999"].map((text): Case => [
    `ACCESS_EXPIRE_EPOCH ${text}`,
    `a:3:21 [*] Fatal: invalid epoch seconds value '${text}' for access stanza expiration time`,
  ]),
  [
    "CMD_EXEC_USER ghost",
    "a:3:15 [*] Unable to determine UID for CMD_EXEC_USER: Not a user on this system.",
  ],
  [
    "CMD_EXEC_GROUP nobody",
    "a:3:16 [*] Unable to determine GID for CMD_EXEC_GROUP: Not a group on this system.",
  ],
  [
    "CMD_SUDO_EXEC_USER nogroup",
    "a:3:20 [*] Unable to determine UID for CMD_SUDO_EXEC_USER: Not a user on this system.",
  ],
  [
    "CMD_SUDO_EXEC_GROUP ghosts",
    "a:3:21 [*] Unable to determine GID for CMD_SUDO_EXEC_GROUP: Not a group on this system.",
  ],
  [
    "GPG_HOME_DIR /nowhere",
    "a:3:14 [-] unable to lstat() path: /nowhere: No such file or directory",
  ],
  ["GPG_REMOTE_ID 1234ABCD, xyz", "a:3:25 [*] Fatal invalid GPG_REMOTE_ID list in access stanza"],
  ["GPG_FINGERPRINT_ID aa", "a:3:20 [*] Fatal invalid GPG_FINGERPRINT_ID list in access stanza"],
  // 5.5
  ["DESTINATION foo", "a:3:13 [*] Fatal error parsing IP to int for: foo"],
  ["DESTINATION 192.0.2.1,", "a:3:23 [*] Fatal error parsing IP to int for: "],
  ["DESTINATION 192.0.2.1, 10.1", "a:3:24 [*] Fatal error parsing IP to int for: 10.1"],
  ["DESTINATION !192.0.2.1", "a:3:13 [*] Fatal error parsing IP to int for: !192.0.2.1"],
  ["DESTINATION 192.0.2.1 # me", "a:3:13 [*] Fatal error parsing IP to int for: 192.0.2.1 # me"],
  ["DESTINATION any 192.0.2.1", "a:3:13 [*] Fatal error parsing IP to int for: any 192.0.2.1"],
  ["DESTINATION 192.0.2.1/", "a:3:22 [*] Missing mask value."],
  ["DESTINATION 192.0.2.1/0", "a:3:23 [*] Invalid IP mask str '0'."],
  ["DESTINATION 192.0.2.1/33", "a:3:23 [*] Invalid IP mask str '33'."],
  ["DESTINATION 192.0.2.1/255.0.255.0", "a:3:23 [*] Invalid IP mask str '255.0.255.0'."],
  ["DESTINATION 2001:db8::/129", "a:3:24 [*] Invalid IP mask str '129'."],
  // 5.6
  ["OPEN_PORTS tcp", "a:3:12 [*] Parse error on access port entry: tcp"],
  ["OPEN_PORTS tcp/22,", "a:3:19 [*] Parse error on access port entry: "],
  ["OPEN_PORTS tcp/22, 3389/tcp", "a:3:20 [*] Invalid protocol in access port entry: 3389/tcp"],
  ["OPEN_PORTS icmp/1", "a:3:12 [*] Invalid protocol in access port entry: icmp/1"],
  ...["tcp/70000", "tcp/22-30", "tcp/0", "tcp/22 # ssh", "tcp/ 22"].map((text): Case => [
    `RESTRICT_PORTS ${text}`,
    `a:3:20 [*] Invalid port '${text}' in access request, must be in [1,65535]`,
  ]),
  // 5.4
  [
    "KEY " + "k".repeat(33),
    "a:3:5 [*] KEY has 33 bytes, must be in [1,32] for access stanza source: 'ANY'",
  ],
  [
    "HMAC_KEY " + "k".repeat(129),
    "a:3:10 [*] HMAC_KEY has 129 bytes, must be in [1,128] for access stanza source: 'ANY'",
  ],
  [
    "HMAC_KEY abcdefgh",
    "a:3:10 [*] The encryption passphrase and HMAC key should not be identical for access stanza source: 'ANY'",
  ],
  [
    "HMAC_KEY_BASE64 YWJjZGVmZ2g=",
    "a:3:17 [*] The encryption passphrase and HMAC key should not be identical for access stanza source: 'ANY'",
  ],
  [
    "GPG_DECRYPT_PW p\nHMAC_KEY p\nGPG_DISABLE_SIG Y",
    "a:4:10 [*] The encryption passphrase and HMAC key should not be identical for access stanza source: 'ANY'",
  ],
  [
    "REQUIRE_HMAC Y",
    "a:3:14 [*] REQUIRE_HMAC needs an HMAC key for access stanza source: 'ANY'",
  ],
  [
    "ENCRYPTION_MODE Asymmetric",
    "a:3:17 [*] ENCRYPTION_MODE Asymmetric needs GnuPG for access stanza source: 'ANY'",
  ],
  [
    "PERMIT_CLIENT_PORTS N",
    "a:3:21 [*] PERMIT_CLIENT_PORTS N needs OPEN_PORTS for access stanza source: 'ANY'",
  ],
  [
    "CMD_CYCLE_OPEN /bin/open $SRC",
    "a:3:16 [*] Cannot set CMD_CYCLE_OPEN without also setting CMD_CYCLE_CLOSE: 'ANY'",
  ],
  [
    "CMD_CYCLE_CLOSE NONE",
    "a:3:17 [*] Cannot set CMD_CYCLE_CLOSE without also setting CMD_CYCLE_OPEN: 'ANY'",
  ],
  [
    "CMD_CYCLE_OPEN a $SRC\nCMD_CYCLE_CLOSE b",
    "a:4:17 [*] Must set the CMD_CYCLE_TIMER for command cycle functionality: 'ANY'",
  ],
  [
    "CMD_CYCLE_OPEN a $SRC\nCMD_CYCLE_CLOSE NONEx\nCMD_CYCLE_TIMER 5",
    "a:4:17 [*] CMD_CYCLE_CLOSE 'NONEx' starts with NONE for access stanza source: 'ANY'",
  ],
  [`CMD_CYCLE_OPEN ${LONG}`, "a:3:16 [*] CMD_CYCLE_OPEN command is too long: 'ANY'"],
  [`CMD_CYCLE_CLOSE ${LONG}`, "a:3:17 [*] CMD_CYCLE_CLOSE command is too long: 'ANY'"],
  [
    "GPG_ALLOW_NO_PW Y",
    "a:1:1 Warning: Must have either sig ID's or fingerprints to check via GPG_REMOTE_ID or " +
    "GPG_FINGERPRINT_ID (stanza source: 'ANY' #1)",
  ],
  [
    "FORCE_NAT 192.0.2.1 22",
    "a:3:11 [*] FORCE_NAT requires either ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT in fwknopd.conf",
  ],
  [
    "FORWARD_ALL Y\nFORCE_SNAT 192.0.2.1",
    "a:4:12 [*] FORCE_SNAT requires either ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT in fwknopd.conf",
    "a:3:13 [*] FORWARD_ALL requires ENABLE_IPT_FORWARDING in fwknopd.conf",
  ],
  // 5.2
  ["%include", "a:3:1 [*] Invalid access file entry in a at line 3."],
  ["%include nope", "a:3:1 [*] Access file: 'nope' was not found."],
  ["%include_folder nope", "a:3:1 [*] Access folder: 'nope' could not be opened."],
  // Every error is found, not only the first.
  [
    "OPEN_PORTS tcp\nFW_ACCESS_TIMEOUT x",
    "a:3:12 [*] Parse error on access port entry: tcp",
    "a:4:19 [*] FW_ACCESS_TIMEOUT value not in range.",
  ],
];

const FATAL_WITH_NAT: readonly Case[] = [
  ["FORCE_NAT 192.0.2.1", "a:3:11 [*] Fatal: invalid FORCE_NAT arg '192.0.2.1', need <IP> <PORT>"],
  [
    "FORCE_NAT 192.0.2.1 22 33",
    "a:3:11 [*] Fatal: invalid FORCE_NAT arg '192.0.2.1 22 33', need <IP> <PORT>",
  ],
  ["FORCE_NAT inside 22", "a:3:11 [*] Fatal: invalid FORCE_NAT IP 'inside'"],
  ["FORCE_NAT 0.0.0.0 22", "a:3:11 [*] Fatal: invalid FORCE_NAT IP '0.0.0.0'"],
  ["FORCE_NAT 192.0.2.1 70000", "a:3:21 [*] Fatal: invalid FORCE_NAT port '70000'"],
  ["FORCE_NAT 192.0.2.1 0", "a:3:11 [*] Fatal: invalid FORCE_NAT port '0'"],
  ["FORCE_SNAT foo", "a:3:12 [*] Fatal: invalid FORCE_SNAT IP 'foo'"],
  [
    "FORCE_SNAT 192.0.2.1",
    "a:3:12 [*] FORCE_SNAT/FORCE_MASQUERADE requires either FORCE_NAT or FORWARD_ALL: 'ANY'",
  ],
  [
    "FORCE_MASQUERADE Y",
    "a:3:18 [*] FORCE_SNAT/FORCE_MASQUERADE requires either FORCE_NAT or FORWARD_ALL: 'ANY'",
  ],
];

/** The first line of each text: the interop tests compare the C daemon's second line. */
function reasons(diagnostics: readonly Diagnostic[]): string[] {
  return findings(diagnostics, "error").map((text) => text.split("\n", 1)[0] ?? "");
}

async function check(t: Deno.TestContext, cases: readonly Case[], conf: string): Promise<void> {
  for (const [lines, ...errors] of cases) {
    await t.step(lines.slice(0, 60), () => {
      const { config, diagnostics } = readTexts({ conf, access: HEAD + lines });
      assertEquals(reasons(diagnostics), errors);
      assertEquals(config, undefined);
    });
  }
}

Deno.test("every error of a stanza has the C daemon's text and a position", async (t) => {
  await check(t, FATAL, "");
});

Deno.test("every error of a stanza with NAT has the C daemon's text and a position", async (t) => {
  await check(t, FATAL_WITH_NAT, "ENABLE_IPT_FORWARDING Y");
});

Deno.test("a stanza without key and a file without stanza are errors", () => {
  const errors = (access: string): string[] => reasons(readTexts({ access }).diagnostics);
  for (const lines of ["", "HMAC_KEY x\n", "GPG_DECRYPT_ID 1234\n", "GPG_ALLOW_NO_PW N\n"]) {
    assertEquals(errors(`\nSOURCE ANY\n${lines}`), [
      "a:2:1 [*] No keys found for access stanza source: 'ANY'",
    ]);
  }
  const noSource = ["[*] Could not find valid SOURCE stanza in access file: 'a'"];
  for (const access of ["", "# nothing\n", "KEY abc\n", "SOURCE:: ANY\nKEY abc\n"]) {
    assertEquals(errors(access), noSource);
  }
});

Deno.test("a bad SOURCE is an error at its position", () => {
  const { diagnostics } = readTexts({ access: "SOURCE 192.0.2.1, nowhere\nKEY a\n" });
  assertEquals(reasons(diagnostics), [
    "a:1:19 [*] Fatal error parsing IP to int for: nowhere",
  ]);
});

Deno.test("no finding contains a key", () => {
  const secret = "S3cretS3cret";
  const lines = ["KEY", "KEY_BASE64", "HMAC_KEY", "HMAC_KEY_BASE64", "GPG_DECRYPT_PW"]
    .flatMap((name) => [`${name} ${secret}`, `${name} ${secret}#`, `${name} ${secret}; x  `]);
  for (
    const line of [
      ...lines,
      secret,
      `TOTP_SEED_BASE64 ${secret}`,
      `X=${secret}`,
      `KEY ${secret.repeat(20)}`,
      `KEY ${secret}\uFFFD`,
    ]
  ) {
    const { diagnostics } = readTexts({
      access: `${HEAD}${line}\nGPG_DISABLE_SIG Y\nHMAC_KEY ${secret}\n`,
    });
    assertEquals(JSON.stringify(diagnostics).includes(secret), false, line);
  }
});

Deno.test("the error about a group of other distributions suggests its name on this system", () => {
  const { diagnostics } = readTexts({ access: `${HEAD}CMD_EXEC_GROUP nobody\n` });
  assertEquals(
    diagnostics.find(({ severity }) => severity === "error")?.hint,
    "There is no group 'nobody'; here it is called nogroup",
  );
});

Deno.test("a bad value and the other errors of its stanza are reported together", () => {
  const errors = (lines: string) =>
    reasons(readTexts({ access: `SOURCE ANY\n${lines}` }).diagnostics);
  const port = "a:2:12 [*] Parse error on access port entry: tcp";
  assertEquals(errors("OPEN_PORTS tcp\n"), [
    port,
    "a:1:1 [*] No keys found for access stanza source: 'ANY'",
  ]);
  for (const key of ["KEY a", "GPG_DECRYPT_PW p", "KEY_BASE64 !", "%include_keys k"]) {
    assertEquals(
      errors(`OPEN_PORTS tcp\n${key}\n`).slice(1).join().includes("No keys"),
      false,
      key,
    );
  }
  const { diagnostics } = readTexts({ access: `${HEAD}OPEN_PORTS tcp\n` });
  assertEquals(findings(diagnostics, "warning").map((text) => text.slice(0, 49)), [
    "a:1:1 Warning: REQUIRE_SOURCE_ADDRESS not enabled",
  ]);
});
