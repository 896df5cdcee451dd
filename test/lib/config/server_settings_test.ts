import fc from "property-testing";
import { parseFwknopdConf } from "../../../lib/config/fwknopd_conf.ts";
import { parseFwknopdValue } from "../../../lib/config/fwknopd_value.ts";
import { FWKNOPD_ROWS, type ServerSettings } from "../../../lib/config/fwknopd_variables.ts";
import { natSwitches } from "../../../lib/config/nat_switches.ts";
import { readBrokenSettings } from "../../../lib/config/settings_files.ts";
import { SERVER_OPTIONS } from "../../../lib/config/server_options.ts";
import { resolveServerSettings } from "../../../lib/config/server_settings.ts";
import { findings, givenOptions, memoryFiles, readTexts } from "../../support/config_files.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";

function settings(conf: string, options: Record<string, string | true> = {}): ServerSettings {
  const { resolved, diagnostics } = resolveServerSettings(
    [parseFwknopdConf(conf, "f")],
    givenOptions(options),
    SERVER_OPTIONS,
  );
  assert(resolved !== undefined, JSON.stringify(diagnostics));
  return resolved.settings;
}

function warningsOf(conf: string): string[] {
  return findings(readTexts({ conf }).diagnostics, "warning");
}

Deno.test("an empty file gives the typed defaults", () => {
  const found = settings("");
  assertEquals(found.UDPSERV_PORT, 62201);
  assertEquals(found.ENABLE_UDP_SERVER, false);
  assertEquals(found.ENABLE_SPA_PACKET_AGING, true);
  assertEquals(found.SYSLOG_FACILITY, "LOG_DAEMON");
  assertEquals(found.FIREWALL, "auto");
  assertEquals(found.VERBOSE, 0);
  assertEquals(found.SNAT_TRANSLATE_IP, undefined);
  assertEquals(found.ACCESS_FOLDER, undefined);
  assertEquals(found.IPT_INPUT_ACCESS, {
    target: "ACCEPT",
    table: "filter",
    from: "INPUT",
    jumpPosition: 1,
    name: "FWKNOP_INPUT",
  });
});

Deno.test("the last value of a name wins, an override file over the main file, an option over both", () => {
  assertEquals(settings("PCAP_INTF a\nPCAP_INTF b").PCAP_INTF, "b");
  const layered = (options: Record<string, string>) =>
    readTexts({
      conf: "PCAP_INTF a\nPCAP_FILTER x\nUDPSERV_PORT 1",
      more: { o1: "PCAP_INTF b\nPCAP_FILTER y", o2: "PCAP_INTF c" },
      options: { "override-config": "o1,o2", ...options },
    }).config?.settings;
  assertEquals(layered({})?.PCAP_INTF, "c");
  assertEquals(layered({})?.PCAP_FILTER, "y");
  assertEquals(layered({})?.UDPSERV_PORT, 1);
  assertEquals(layered({ interface: "d" })?.PCAP_INTF, "d");
});

Deno.test("the main file can name its override files, and the option wins over it", () => {
  const conf = "OVERRIDE_CONFIG o1\nPCAP_INTF a";
  const more = { o1: "PCAP_INTF b", o2: "PCAP_INTF c" };
  assertEquals(readTexts({ conf, more }).config?.settings.PCAP_INTF, "b");
  const options = { "override-config": "o2" };
  assertEquals(readTexts({ conf, more, options }).config?.settings.PCAP_INTF, "c");
});

Deno.test("the main file is read once", () => {
  const { diagnostics } = readTexts({ conf: "NO_SUCH_NAME x" });
  assertEquals(diagnostics.length, 1);
});

Deno.test("the PID file and the digests follow the run folder", () => {
  const fromFile = settings("FWKNOP_RUN_DIR /a/;");
  assertEquals(fromFile.FWKNOP_PID_FILE, "/a/fwknopd.pid");
  assertEquals(fromFile.DIGEST_FILE, "/a/digest.cache");
  const fromOption = settings("FWKNOP_RUN_DIR /a\nDIGEST_FILE $FWKNOP_RUN_DIR/d", {
    "run-dir": "/b",
  });
  assertEquals(fromOption.FWKNOP_PID_FILE, "/b/fwknopd.pid");
  // Already replaced when the option is applied, as in the C daemon.
  assertEquals(fromOption.DIGEST_FILE, "/a/d");
});

Deno.test("'$NAME' at the start of a value is replaced by its value so far, and the suffix is kept", () => {
  const conf = "FWKNOP_RUN_DIR /a\nDIGEST_FILE $FWKNOP_RUN_DIR/d\nFWKNOP_RUN_DIR /b";
  assertEquals(settings(conf).DIGEST_FILE, "/a/d");
  assertEquals(settings("FWKNOP_RUN_DIR /a\nGPG_EXE x$FWKNOP_RUN_DIR").GPG_EXE, "x$FWKNOP_RUN_DIR");
});

Deno.test("'$NAME' without suffix does not get the suffix of an earlier one", () => {
  const conf =
    "FWKNOP_RUN_DIR /a\nDIGEST_FILE $FWKNOP_RUN_DIR/d.c\nFWKNOP_PID_FILE $FWKNOP_RUN_DIR";
  assertEquals(settings(conf).FWKNOP_PID_FILE, "/a");
});

Deno.test("a line with a '$NAME' that is not set is dropped with a warning", () => {
  const conf = "DIGEST_FILE $FWKNOP_RUN_DIR/d\nPCAP_INTF $constructor";
  assertEquals(warningsOf(conf), [
    "f:1:13 [*] Invalid embedded variable in: '$FWKNOP_RUN_DIR/d'",
    "f:2:11 [*] Invalid embedded variable in: '$constructor'",
  ]);
  assertEquals(settings(conf).DIGEST_FILE, "/run/fwknop/digest.cache");
});

Deno.test("text after the blank of a '$NAME' value is dropped with a warning", () => {
  const conf = "FWKNOP_RUN_DIR /a\nDIGEST_FILE $FWKNOP_RUN_DIR/d x";
  assertEquals(settings(conf).DIGEST_FILE, "/a/d");
  assertEquals(warningsOf(conf), [
    "f:2:13 The text after the blank is not part of the value of DIGEST_FILE",
  ]);
});

Deno.test("each -v adds one to VERBOSE of the file", () => {
  assertEquals(settings("VERBOSE 1", { verbose: true }).VERBOSE, 2);
  assertEquals(settings("", { verbose: true }).VERBOSE, 1);
});

Deno.test("a switch sets its variable to Y", () => {
  const found = settings("ENABLE_UDP_SERVER N", { "udp-server": true, "pcap-any-direction": true });
  assertEquals([found.ENABLE_UDP_SERVER, found.ENABLE_PCAP_ANY_DIRECTION], [true, true]);
});

Deno.test("packets of a capture file are not aged unless fwknopd.conf says so", () => {
  assertEquals(settings("PCAP_FILE /x").ENABLE_SPA_PACKET_AGING, false);
  assertEquals(settings("", { "pcap-file": "/x" }).ENABLE_SPA_PACKET_AGING, false);
  assertEquals(settings("PCAP_FILE /x\nENABLE_SPA_PACKET_AGING Y").ENABLE_SPA_PACKET_AGING, true);
});

Deno.test("if two settings contradict each other, the stricter one counts or the other is a warning", () => {
  const read = (conf: string, options = {}) => {
    const { config, diagnostics } = readTexts({ conf, options });
    return { settings: config?.settings, warnings: findings(diagnostics, "warning") };
  };
  const [ipt, firewd] = ["ENABLE_IPT_FORWARDING", "ENABLE_FIREWD_FORWARDING"];
  for (const lines of [`${ipt} N\n${firewd} Y`, `${firewd} N\n${ipt} Y`]) {
    const { settings, warnings } = read(lines);
    assert(settings !== undefined && !natSwitches(settings).forwarding, lines);
    assertMatch(warnings.join(), /^f:2:\d+ ENABLE_\w+ Y and ENABLE_\w+ N contradict/);
  }
  const { settings, warnings } = read("ENABLE_FIREWD_FORWARDING Y");
  assert(settings !== undefined && natSwitches(settings).forwarding);
  assertEquals(warnings, []);
  assertEquals(read("ENABLE_SPA_PACKET_AGING N\nMAX_SPA_PACKET_AGE 60").warnings, [
    "f:2:20 MAX_SPA_PACKET_AGE has no effect with ENABLE_SPA_PACKET_AGING N",
  ]);
  assertEquals(read("DIGEST_FILE /x\nENABLE_DIGEST_PERSISTENCE N").warnings, [
    "f:1:13 DIGEST_FILE has no effect with ENABLE_DIGEST_PERSISTENCE N",
  ]);
  // An error, because there is no such folder; the test looks at the warning.
  assertMatch(
    read("ACCESS_FOLDER /no\nACCESS_FILE /x").warnings.join(),
    /^f:1:15 ACCESS_FILE is not read: ACCESS_FOLDER is set as well$/,
  );
  assertEquals(read("ACCESS_FILE /x", { "access-folder": "/no" }).warnings, []);
});

Deno.test("choices are matched in any case and returned in the case of the table", () => {
  assertEquals(settings("SYSLOG_FACILITY log_local7").SYSLOG_FACILITY, "LOG_LOCAL7");
  assertEquals(settings("FIREWALL IPTables").FIREWALL, "iptables");
});

Deno.test("lines that mean nothing are warnings with their position", () => {
  assertEquals(
    warningsOf("PCAP_INTF=eth0\n   \n # note\n#fine\npcap_intf x\nPCAP_INTF: x\nEMAIL_ADDRESSES y"),
    [
      "f:1:1 *Invalid config file entry in f at line 1.\n - 'PCAP_INTF=eth0'",
      "f:2:1 *Invalid config file entry in f at line 2.\n - '   '",
      "f:3:2 [*] Ignoring unknown configuration parameter: '#' in f",
      "f:5:1 [*] Ignoring unknown configuration parameter: 'pcap_intf' in f",
      "f:6:1 [*] Ignoring unknown configuration parameter: 'PCAP_INTF:' in f",
      "f:7:1 [*] Ignoring unknown configuration parameter: 'EMAIL_ADDRESSES' in f",
    ],
  );
});

Deno.test("a warning about an unknown name suggests a known name or what to do instead", () => {
  const hint = (conf: string) => readTexts({ conf }).diagnostics[0]?.hint;
  assertEquals(hint("PCAP_INFT eth0"), "Did you mean PCAP_INTF?");
  assertEquals(hint("pcap_filter x"), "Did you mean PCAP_FILTER?");
  assertEquals(hint("PCAP_PKT_FILE x"), "Its name is PCAP_FILE now");
  assertEquals(hint("shCmd /bin/sh"), "The perl server's path of a program; remove the line");
  assertEquals(hint("XYZZY 1"), "The line has no effect");
  assertEquals(hint("   # note"), "A comment must start in the first column");
  assertEquals(hint("  #note"), "A comment must start in the first column");
});

Deno.test("text after ';' is a warning, unless it is a comment", () => {
  assertEquals(warningsOf("PCAP_INTF eth0;ppp0"), [
    "f:1:11 The text after ';' is not part of the value of PCAP_INTF",
  ]);
  assertEquals(warningsOf("PCAP_INTF eth0; # the outside\nUDPSERV_PORT 1;;"), []);
});

Deno.test("a '#' later in a line is part of the value, with a warning", () => {
  const { diagnostics } = parseFwknopdConf("PCAP_FILTER udp port 62201 # spa\nLOCALE a#b\n", "f");
  assertEquals(findings(diagnostics, "warning"), [
    "f:1:28 The '#' and what follows it are part of the value of PCAP_FILTER",
  ]);
});

Deno.test("perl's seven fields and a rule position are accepted with a warning", () => {
  assertEquals(warningsOf("IPT_INPUT_ACCESS ACCEPT, src, filter, INPUT, 2, FWKNOP_INPUT, 3"), [
    "f:1:18 IPT_INPUT_ACCESS has the seven fields of the perl server; the direction is dropped",
    "f:1:18 The last field of IPT_INPUT_ACCESS, the rule position, has no effect",
  ]);
  const { IPT_INPUT_ACCESS } = settings("IPT_INPUT_ACCESS DROP,src,raw,FORWARD,2,X,1");
  assertEquals(IPT_INPUT_ACCESS.jumpPosition, 2);
});

Deno.test("a misspelt target of a chain is a warning when the file is read", () => {
  assertEquals(warningsOf("IPT_INPUT_ACCESS ACEPT, filter, INPUT, 1, FWKNOP_INPUT, 1"), [
    "f:1:18 IPT_INPUT_ACCESS: 'ACEPT' is not a target of iptables",
  ]);
  assertEquals(warningsOf("FIREWD_OUTPUT_ACCESS accept,filter,OUTPUT,1,X,1"), [
    "f:1:22 FIREWD_OUTPUT_ACCESS: 'accept' is not a target of iptables",
  ]);
  assertEquals(warningsOf("IPT_INPUT_ACCESS knocked_in, filter, INPUT, 1, FWKNOP_INPUT, 1"), []);
});

Deno.test("readBrokenSettings replaces an unusable value by the one before it, or by the default", () => {
  const read = (conf: string, more = {}, exposures = {}) =>
    readBrokenSettings(
      givenOptions({ "config-file": "f", "pid-file": "/p" }),
      memoryFiles({ f: conf, ...more }, { exposures }),
    );
  const { resolved, diagnostics } = read(
    "MAX_SPA_PACKET_AGE 60\nMAX_SPA_PACKET_AGE 2m\nTCPSERV_PORT x\nFWKNOP_RUN_DIR run\nNFT_PROTECT ssh\n\0\n",
  );
  assertEquals(resolved?.settings.MAX_SPA_PACKET_AGE, 60);
  assertEquals(resolved?.settings.TCPSERV_PORT, 62201);
  assertEquals(resolved?.settings.FWKNOP_RUN_DIR, "/run/fwknop");
  assertEquals(resolved?.settings.DIGEST_FILE, "/run/fwknop/digest.cache");
  assertEquals(resolved?.settings.FWKNOP_PID_FILE, "/p");
  assertEquals(resolved?.given.has("NFT_PROTECT"), false);
  assertEquals(findings(diagnostics, "error"), []);
  assertEquals(diagnostics.map(({ position }) => position?.line).toSorted(), [2, 3, 4, 5, 6]);
  assertEquals(read("OVERRIDE_CONFIG nope").resolved?.settings.OVERRIDE_CONFIG, "nope");
  // A missing main file may not be the one that was meant.
  assertEquals(
    readBrokenSettings(givenOptions({ "config-file": "no" }), memoryFiles({})).resolved,
    undefined,
  );
  // A file that another user can change must not name the program that root starts, or the process that it ends.
  const exposure = { text: "user 1000 owns /x", isOpenFolder: false };
  assertEquals(read("VERBOSE x", {}, { f: exposure }).resolved, undefined);
  assertEquals(read("VERBOSE x\nFIREWALL_EXE /x", {}, { "/x": exposure }).resolved, undefined);
});

Deno.test("no text and no option makes the parser throw", () => {
  const name = fc.constantFrom("PCAP_INTF", "VERBOSE", "IPT_INPUT_ACCESS", "DIGEST_FILE", "x");
  const line = fc.tuple(name, fc.string({ unit: "binary" })).map((parts) => parts.join(" "));
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.array(line).map((all) => all.join("\n")));
  fc.assert(fc.property(text, fc.string(), (conf, value) => {
    const resolve = (isBroken: boolean) =>
      resolveServerSettings(
        [parseFwknopdConf(conf, "f")],
        givenOptions({ "run-dir": value, locale: value }),
        SERVER_OPTIONS,
        isBroken,
      );
    const { resolved, diagnostics } = resolve(false);
    assertEquals(resolved === undefined, diagnostics.some((d) => d.severity === "error"));
    // readBrokenSettings returns settings for any text, and every value is one that could be written.
    const urgent = resolve(true).resolved;
    assert(urgent?.settings.FWKNOP_PID_FILE !== undefined);
    for (const [name, { text }] of urgent.given) {
      const row = FWKNOPD_ROWS.find((known) => known.name === name);
      assert(row !== undefined && parseFwknopdValue(row, text).error === undefined, name);
    }
    if (resolved !== undefined) assertEquals(urgent, resolved);
  }));
});
