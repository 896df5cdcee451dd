import { dumpConfigText } from "../../../lib/config/dump.ts";
import { dumpConfigJson } from "../../../lib/config/dump_json.ts";
import { readServerConfig, type ServerConfig } from "../../../lib/config/server_config.ts";
import { givenOptions, GOOD_STANZA, memoryFiles, readTexts } from "../../support/config_files.ts";
import { assert, assertEquals } from "../../assert.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url);

function configOf(input: Parameters<typeof readTexts>[0]): ServerConfig {
  const { config, diagnostics } = readTexts(input);
  assert(config !== undefined, JSON.stringify(diagnostics));
  return config;
}

function line(config: ServerConfig, name: string): string | undefined {
  const pattern = new RegExp(`^(?: *[0-9]+\\. ${name} +=  '(.*)'| *${name}:  (.*))$`, "m");
  const [, setting, value] = pattern.exec(dumpConfigText(config)) ?? [];
  return setting ?? value;
}

for (const folder of ["ssh", "rdp"]) {
  Deno.test(`the dump of examples/${folder} is the C daemon's, byte for byte`, () => {
    const read = (name: string): string =>
      Deno.readTextFileSync(new URL(`${folder}/${name}`, EXAMPLES));
    const files = memoryFiles({
      "/etc/fwknop/fwknopd.conf": read("fwknopd.conf"),
      "/etc/fwknop/access.conf": read("access.conf"),
    });
    const { config } = readServerConfig(givenOptions({}), files);
    assert(config !== undefined);
    assertEquals(dumpConfigText(config), read("dump-config.txt"));
  });
}

Deno.test("the dump shows settings as written, and defaults that refer to others in full", () => {
  const conf = "ENABLE_UDP_SERVER yes\nFWKNOP_RUN_DIR /x/\nMAX_SNIFF_BYTES 0100\nPCAP_FILE /p";
  const config = configOf({ conf });
  assertEquals(line(config, "ENABLE_UDP_SERVER"), "yes");
  assertEquals(line(config, "MAX_SNIFF_BYTES"), "0100");
  assertEquals(line(config, "DIGEST_FILE"), "/x/digest.cache");
  assertEquals(line(config, "ENABLE_SPA_PACKET_AGING"), "N");
  assertEquals(line(config, "VERBOSE"), "<not set>");
});

Deno.test("variables that the C daemon does not have follow its own, if they are set", () => {
  assertEquals(line(configOf({}), "FIREWALL"), undefined);
  const config = configOf({ conf: "FIREWALL iptables\nALLOW_ANY_USER_AGENT Y\nNFQ_PORT 62201" });
  const numbered = dumpConfigText(config).split("\n").filter((text) => /^ 5[4-9]\./.test(text));
  assertEquals(numbered.map((text) => text.split(/ +/)[2]), [
    "FAULT_INJECTION_TAG",
    "ALLOW_ANY_USER_AGENT",
    "NFQ_PORT",
    "FIREWALL",
  ]);
});

Deno.test("each build of the C daemon has its own variables", () => {
  const names = (build: Parameters<typeof dumpConfigText>[1]): string =>
    dumpConfigText(configOf({}), build).split("\n").flatMap((text) =>
      /^ *[0-9]+\. (\S+)/.exec(text)?.[1] ?? []
    ).join(" ");
  assert(names("firewalld").includes("ENABLE_NAT_DNS ENABLE_FIREWD_FORWARDING"));
  assert(names("firewalld").includes("ENABLE_FIREWD_SNAT SNAT_TRANSLATE_IP ENABLE_FIREWD_OUTPUT"));
  assert(names("pf").includes("ENABLE_NAT_DNS PF_ANCHOR_NAME PF_EXPIRE_INTERVAL FWKNOP_RUN_DIR"));
  assert(names("ipfw").includes("ENABLE_NAT_DNS FLUSH_IPFW_AT_INIT FLUSH_IPFW_AT_EXIT IPFW_START"));
  assert(!names("ipfw").includes("IPT_"));
});

Deno.test("no dump contains a key", () => {
  const access = "SOURCE ANY\nKEY S3cretKey\nHMAC_KEY S3cretHmac\nGPG_DECRYPT_PW S3cretPw\n" +
    "GPG_REMOTE_ID 12345678\nSOURCE ANY\nKEY_BASE64 UzNjcmV0\nHMAC_KEY_BASE64 UzNjcmV0Mg==\n";
  const config = configOf({ access });
  for (const text of [dumpConfigText(config), JSON.stringify(dumpConfigJson(config))]) {
    assert(!/S3cret|UzNjcmV0/.test(text));
    // Nor as the numbers of its bytes.
    assert(!/83,\s*51,\s*99/.test(text));
  }
});

Deno.test("JSON has the typed settings under their names", () => {
  const conf = "UDPSERV_PORT 1\nENABLE_UDP_SERVER Y\nIPT_INPUT_ACCESS ACCEPT,filter,INPUT,2,X,1";
  const { settings } = dumpConfigJson(configOf({ conf })) as Record<
    string,
    Record<string, unknown>
  >;
  assertEquals(settings?.["UDPSERV_PORT"], 1);
  assertEquals(settings?.["ENABLE_UDP_SERVER"], true);
  assertEquals(settings?.["IPT_INPUT_ACCESS"], "ACCEPT,filter,INPUT,2,X,1");
  assertEquals(settings?.["PCAP_FILE"], null);
  assertEquals(settings?.["ENABLE_PCAP_ANY_DIRECTION"], false);
});

Deno.test("JSON has the stanzas with the effective time-outs and the lengths of the keys", () => {
  const access = `${GOOD_STANZA}FW_ACCESS_TIMEOUT 60\nMAX_FW_TIMEOUT 20\nOPEN_PORTS tcp/22`;
  const { stanzas } = dumpConfigJson(configOf({ access })) as {
    stanzas: Record<string, unknown>[];
  };
  const [stanza] = stanzas;
  assertEquals([stanza?.["number"], stanza?.["file"], stanza?.["line"]], [1, "a", 1]);
  assertEquals([stanza?.["SOURCE"], stanza?.["OPEN_PORTS"]], ["ANY", "tcp/22"]);
  assertEquals([stanza?.["FW_ACCESS_TIMEOUT"], stanza?.["MAX_FW_TIMEOUT"]], [20, 20]);
  assertEquals([stanza?.["KEY_LEN"], stanza?.["HMAC_KEY_LEN"]], [8, 8]);
  assertEquals(stanza?.["REQUIRE_SOURCE_ADDRESS"], true);
  assertEquals("KEY" in (stanza ?? {}), false);
  assertEquals(JSON.parse(JSON.stringify(stanza)), stanza);
});
