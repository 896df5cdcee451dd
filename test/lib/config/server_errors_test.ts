import { assertEquals } from "../../assert.ts";
import { findings, GOOD_STANZA, readTexts } from "../../support/config_files.ts";

/** A file, and the errors that it must give. */
const FATAL: readonly (readonly [conf: string, ...errors: string[]])[] = [
  ["MAX_SNIFF_BYTES 0", "f:1:17 [*] var MAX_SNIFF_BYTES value '0' not in the range 1-32768"],
  ["MAX_SNIFF_BYTES -1", "f:1:17 [*] var MAX_SNIFF_BYTES value '-1' not in the range 1-32768"],
  ["\nUDPSERV_PORT 5x", "f:2:14 [*] var UDPSERV_PORT value '5x' not in the range 1-65535"],
  ["UDPSERV_PORT 65536", "f:1:14 [*] var UDPSERV_PORT value '65536' not in the range 1-65535"],
  [
    "MAX_SPA_PACKET_AGE abc",
    "f:1:20 [*] var MAX_SPA_PACKET_AGE value 'abc' not in the range 1-100000",
  ],
  [
    "PCAP_DISPATCH_COUNT 0",
    "f:1:21 [*] var PCAP_DISPATCH_COUNT value '0' not in the range 1-8388608",
  ],
  [
    "RULES_CHECK_THRESHOLD 131072",
    "f:1:23 [*] var RULES_CHECK_THRESHOLD value '131072' not in the range 0-131071",
  ],
  ["VERBOSE -1", "f:1:9 [*] VERBOSE value '-1' not in the range (>0)"],
  ["SYSLOG_FACILITY log_local8", "f:1:17 Invalid SYSLOG_FACILITY setting 'log_local8'"],
  ["FIREWALL nftt", "f:1:10 Invalid FIREWALL setting 'nftt'"],
  ["FWKNOP_RUN_DIR run", "f:1:16 Path 'run' is not absolute."],
  [
    "ENABLE_SPA_PACKET_AGING true",
    "f:1:25 [*] ENABLE_SPA_PACKET_AGING value 'true' is neither Y nor N",
  ],
  [
    "IPT_INPUT_ACCESS ACCEPT, filter, INPUT",
    "f:1:18 Invalid IPT_INPUT_ACCESS specification, see fwknopd.conf comments",
  ],
  [
    "IPT_OUTPUT_ACCESS AC-CEPT,filter,OUTPUT,1,X,1",
    "f:1:19 Invalid IPT_OUTPUT_ACCESS specification, see fwknopd.conf comments",
  ],
  [
    "IPT_DNAT_ACCESS DNAT,nat,PREROUTING,70000,X,1",
    "f:1:17 Invalid IPT_DNAT_ACCESS specification, see fwknopd.conf comments",
  ],
  ["SNAT_TRANSLATE_IP 1.2.3", "f:1:19 Invalid IPv4 addr for SNAT_TRANSLATE_IP"],
  ["SNAT_TRANSLATE_IP ::1", "f:1:19 Invalid IPv4 addr for SNAT_TRANSLATE_IP"],
  [
    "SNAT_TRANSLATE_IP __CHANGEME__\nENABLE_IPT_SNAT Y",
    "f:1:19 Invalid IPv4 addr for SNAT_TRANSLATE_IP",
  ],
  [
    "IPFW_EXPIRE_SET_NUM 1",
    "f:1:21 [*] Cannot set identical ipfw active and expire sets.",
  ],
  ["ACCESS_FILE /gr\uFFFDn", "f:1:16 *Invalid config file entry in f at line 1."],
  [
    "VERBOSE x\nUDPSERV_PORT 0",
    "f:1:9 [*] VERBOSE value 'x' not in the range (>0)",
    "f:2:14 [*] var UDPSERV_PORT value '0' not in the range 1-65535",
  ],
];

Deno.test("every error of fwknopd.conf has the C daemon's text and a position", async (t) => {
  for (const [conf, ...errors] of FATAL) {
    await t.step(conf, () => {
      const { config, diagnostics } = readTexts({ conf });
      assertEquals(findings(diagnostics, "error").toSorted(), errors.toSorted());
      assertEquals(config, undefined);
    });
  }
});

Deno.test("the error about a value of an option names the option", () => {
  const { diagnostics } = readTexts({ options: { "run-dir": "run" } });
  assertEquals(diagnostics, [{
    severity: "error",
    text: "Path 'run' is not absolute.",
    hint: "given by --run-dir; FWKNOP_RUN_DIR must start with '/'",
  }]);
});

Deno.test("a placeholder is not an error if nothing needs the address", () => {
  const { config, diagnostics } = readTexts({ conf: "SNAT_TRANSLATE_IP __CHANGEME__" });
  assertEquals(config?.settings.SNAT_TRANSLATE_IP, undefined);
  assertEquals(diagnostics, []);
});

Deno.test("missing files are errors", () => {
  const missing = (options: Record<string, string>) =>
    findings(readTexts({ options }).diagnostics, "error");
  assertEquals(missing({ "config-file": "x" }), ["[*] Config file: 'x' was not found."]);
  assertEquals(missing({ "override-config": "f,x" }), ["[*] Config file: 'x' was not found."]);
  assertEquals(missing({ "access-file": "x" }), ["[*] Access file: 'x' was not found."]);
  assertEquals(missing({ "access-folder": "x/" }), ["[*] Access folder: 'x' could not be opened."]);
});

Deno.test("a variable without effect is accepted without a warning", () => {
  const conf = "PCAP_LOOP_SLEEP 7\nRULES_CHECK_THRESHOLD 0\nLOCALE x\n";
  assertEquals(readTexts({ conf }).diagnostics, []);
});

Deno.test("errors of both files are reported together, those of the settings first", () => {
  const { config, diagnostics } = readTexts({
    conf: "VERBOSE x\nENABLE_IPT_FORWARDING maybe\n",
    access: `${GOOD_STANZA}OPEN_PORTS tcp\nSOURCE ANY\nKEY a\nFORCE_NAT 192.0.2.1 22\n`,
  });
  assertEquals(config, undefined);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const places = errors.map(({ position }) => `${position?.file}:${position?.line}`);
  // It is not known whether FORCE_NAT is possible, so there is no error about it.
  assertEquals(places, ["f:2", "f:1", "a:5"]);
});
