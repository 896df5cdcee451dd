import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import type { ServerSettings } from "../../../lib/config/fwknopd_variables.ts";
import { firewallFromSettings } from "../../../lib/firewall/from_settings.ts";
import { assert, assertEquals } from "../../assert.ts";
import { readTexts } from "../../support/config_files.ts";

/** Names of the settings that a firewall of this kind reads. */
async function namesRead(kind: string): Promise<Set<string>> {
  const { config } = readTexts({ conf: `FIREWALL ${kind}\nENABLE_IPT_FORWARDING Y\n` });
  assert(config !== undefined);
  const names = new Set<string>();
  const settings: ServerSettings = new Proxy(config.settings, {
    get(target, name) {
      names.add(String(name));
      return Reflect.get(target, name);
    },
  });
  const firewall = await firewallFromSettings(settings, config.given, () => {}, {
    testMode: true,
  });
  assertEquals(firewall.kind, kind);
  return names;
}

for (const kind of ["iptables", "nft", "firewalld", "pf", "ipfw"]) {
  Deno.test(`a reload compares every setting that ${kind} reads`, async () => {
    const names = await namesRead(kind);
    assert(names.has("FIREWALL"), [...names].join());
    const forgotten = FWKNOPD_ROWS.filter(({ name, parts }) =>
      names.has(name) && !parts?.some((part) => part.startsWith("firewall"))
    );
    assertEquals(forgotten.map(({ name }) => name), []);
  });
}
