import { findings, readTexts } from "../../support/config_files.ts";
import { assert, assertEquals } from "../../assert.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url);

function example(name: string): string {
  return Deno.readTextFileSync(new URL(name, EXAMPLES));
}

/** Settings and stanzas. */
const PAIRS: readonly (readonly [conf: string, access: string])[] = [
  ["ssh/fwknopd.conf", "ssh/access.conf"],
  ["ssh/fwknopd-udp.conf", "ssh/access.conf"],
  ["rdp/fwknopd.conf", "rdp/access.conf"],
  ["gateway/fwknopd.conf", "gateway/access.conf"],
  ["gateway/fwknopd.conf", "gateway/access-minimal.conf"],
  ["ipset/fwknopd.conf", "ipset/access.conf"],
  ["ufw/fwknopd.conf", "ufw/access.conf"],
  ["ufw/fwknopd.conf", "ufw/access-open.conf"],
  ["openwrt/generated/fwknopd.conf", "openwrt/generated/access.conf"],
  // Its chain variables differ from the defaults only by the direction, which is dropped.
  ["legacy/fwknop.conf", "legacy/access.conf"],
];

for (const [conf, access] of PAIRS) {
  Deno.test(`examples/${conf} loads with examples/${access}`, () => {
    const outcome = readTexts({ conf: example(conf), access: example(access) });
    assertEquals(findings(outcome.diagnostics, "error"), []);
    assertEquals(outcome.config?.stanzas.length, 1);
  });
}

Deno.test("the published short form of FORWARD_ALL is a forwarding stanza with its own time-out", () => {
  const { config } = readTexts({
    conf: example("gateway/fwknopd.conf"),
    access: example("gateway/access-minimal.conf"),
  });
  const stanza = config?.stanzas[0]?.stanza;
  assert(stanza !== undefined);
  assertEquals([stanza.forwardAll, stanza.forceNat, stanza.accessTimeout], [true, undefined, 1000]);
});
