import { openwrtAccess, openwrtConf, parseOpenwrt } from "../../../lib/config/openwrt.ts";
import { readServerConfig } from "../../../lib/config/server_config.ts";
import { assert, assertEquals } from "../../assert.ts";
import { findings, givenOptions, memoryFiles } from "../../support/config_files.ts";

const EXAMPLES = new URL("../../../examples/openwrt/", import.meta.url);
const example = (name: string): string => Deno.readTextFileSync(new URL(name, EXAMPLES));
const UCI = example("etc/config/fwknopd");

Deno.test("the example becomes OpenWrt's files, without options that only its web interface uses", () => {
  for (const text of [UCI, example("uci-show.txt")]) {
    const config = parseOpenwrt(text, "f");
    assertEquals(config.diagnostics, []);
    assert(config.isEnabled);
    assertEquals(openwrtConf(config), example("generated/fwknopd.conf"));
    assertEquals(
      openwrtAccess(config),
      example("generated/access.conf").replace(/^h?keytype .*\n/gm, ""),
    );
  }
});

function read(uci: string, options: Record<string, string> = {}, network = "") {
  const files = memoryFiles({ "/c/fwknopd": uci, "/c/network": network });
  return readServerConfig(givenOptions({ uci: "/c/fwknopd", ...options }), files);
}

Deno.test("the UCI file is read as the same configuration as the two files made of it", () => {
  const { config, diagnostics } = read(UCI);
  assertEquals(diagnostics, []);
  const files = memoryFiles({
    f: openwrtConf(parseOpenwrt(UCI, "f")),
    a: openwrtAccess(parseOpenwrt(UCI, "f")),
  });
  const plain = readServerConfig(givenOptions({ "config-file": "f", "access-file": "a" }), files);
  const bare = (outcome: typeof plain) => ({
    settings: { ...outcome.config?.settings, CONFIG_FILE: "", ACCESS_FILE: "" },
    stanzas: outcome.config?.stanzas.map(({ stanza }) => ({ ...stanza, position: undefined })),
  });
  assertEquals(bare({ ...plain, ...(config && { config }) }), bare(plain));
  assertEquals(config?.settings.EXIT_AT_INTF_DOWN, false);
  assertEquals(config?.settings.PCAP_INTF, "eth1");
});

const HEAD = "config global\n\toption uci_enabled '1'\nconfig config\n\toption PCAP_INTF 'eth1'\n";
const KEYS = "\toption KEY 'abcdefgh'\n\toption HMAC_KEY 'hmackey1'\n\toption REQUIRE_SOURCE y\n";

Deno.test("findings have positions of the UCI file", () => {
  const uci = `${HEAD}\toption MAX_SNIF_BYTES '9'\n\toption  MAX_SPA_PACKET_AGE  '0'\n` +
    `config access\n\toption OPEN_PORTS 'tcp/22, 3389/tcp'\n${KEYS}\toption SOURCE '192.0.2.1/99'\n`;
  const { diagnostics } = read(uci);
  assertEquals(findings(diagnostics, "warning"), [
    "/c/fwknopd:5:9 [*] Ignoring unknown configuration parameter: 'MAX_SNIF_BYTES' in /c/fwknopd",
  ]);
  assertEquals(findings(diagnostics, "error"), [
    "/c/fwknopd:6:31 [*] var MAX_SPA_PACKET_AGE value '0' not in the range 1-100000",
    "/c/fwknopd:7:18 [*] Invalid IP mask str '99'.\n[*] Fatal invalid SOURCE in access stanza",
    "/c/fwknopd:8:29 [*] Invalid protocol in access port entry: 3389/tcp\n[*] Fatal invalid OPEN_PORTS in access stanza",
  ]);
  const stanza = read(uci.replace("'0'", "'60'")).diagnostics;
  assertEquals(findings(stanza, "error"), [
    "/c/fwknopd:7:18 [*] Invalid IP mask str '99'.\n[*] Fatal invalid SOURCE in access stanza",
    "/c/fwknopd:8:29 [*] Invalid protocol in access port entry: 3389/tcp\n[*] Fatal invalid OPEN_PORTS in access stanza",
  ]);
});

Deno.test("options that OpenWrt sets itself, and options that make no sense, are reported", () => {
  const cases: readonly (readonly [uci: string, finding: string])[] = [
    [HEAD + "\toption EXIT_AT_INTF_DOWN y\n", "EXIT_AT_INTF_DOWN is always n on OpenWrt"],
    [HEAD + "config acess\n", "There is no section 'acess' in OpenWrt's fwknopd"],
    [HEAD + `config access\n${KEYS}`, "The section has no SOURCE"],
    [HEAD + "config access\n\toption SOURCE ''\n", "SOURCE is empty"],
    [HEAD + "config access\n\toption SOURCE ANY\n\toption OPEN_PORTS ''\n", "OPEN_PORTS is empty"],
    [HEAD.replace("'1'", "maybe"), "uci_enabled 'maybe' is neither on nor off"],
  ];
  for (const [uci, finding] of cases) {
    assertEquals(parseOpenwrt(uci, "f").diagnostics.map(({ text }) => text), [finding]);
  }
  const empty = parseOpenwrt(
    `${HEAD}config access\n\toption SOURCE ANY\n\toption KEY_BASE64 ''\n`,
    "f",
  );
  assertEquals([empty.diagnostics, openwrtAccess(empty)], [[], "SOURCE ANY\n"]);
});

Deno.test("uci_enabled decides whether the file counts", () => {
  for (
    const [value, isEnabled] of [["1", 1], ["on", 1], ["true", 1], ["yes", 1], ["enabled", 1], [
      "0",
      0,
    ], ["off", 0]]
  ) {
    const { isEnabled: found } = parseOpenwrt(
      `config global\n\toption uci_enabled ${value}\n`,
      "f",
    );
    assertEquals(found, isEnabled === 1, String(value));
  }
  const off = read(UCI.replace("uci_enabled '1'", "uci_enabled '0'"));
  const [warning = ""] = findings(off.diagnostics, "warning");
  assertEquals(warning, "uci_enabled is off in /c/fwknopd: the files in /etc/fwknop are read");
});

Deno.test("-i, the network, PCAP_INTF and wan name the interface, in this order", () => {
  const network = "config interface 'wan'\n\toption proto dhcp\n\toption device eth9\n" +
    "config interface 'dsl'\n\toption proto pppoe\n\toption device eth8\n" +
    "config interface 'lte'\n\toption proto qmi\n\toption device /dev/cdc-wdm0\n";

  const stanza = `config access\n\toption SOURCE ANY\n${KEYS}`;
  const named = `config network\n\toption network dsl\n`;
  const sniffed = (uci: string, options = {}) =>
    read(uci + stanza, options, network).config?.settings.PCAP_INTF;
  const bare = HEAD.replace("\toption PCAP_INTF 'eth1'\n", "");
  assertEquals(sniffed(HEAD), "eth1");
  assertEquals(sniffed(HEAD + named), "pppoe-dsl");
  assertEquals(sniffed(HEAD + named, { interface: "tun0" }), "tun0");
  assertEquals(sniffed(bare), "eth9");
  const { diagnostics } = read(HEAD + named.replace("dsl", "lte") + stanza, {}, network);
  assertEquals(findings(diagnostics, "error"), [
    "/c/fwknopd:6:17 /c/network does not name the interface of the network 'lte'",
  ]);
});

Deno.test("--uci excludes --config-file and --access-file", () => {
  assertEquals(findings(read(UCI, { "access-file": "a" }).diagnostics, "error"), [
    "--uci and --access-file exclude each other",
  ]);
});
