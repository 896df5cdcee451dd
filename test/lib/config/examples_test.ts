import { ACCESS_ROWS } from "../../../lib/config/access_variables.ts";
import { FWKNOPD_ROWS } from "../../../lib/config/fwknopd_variables.ts";
import { findings, readTexts } from "../../support/config_files.ts";
import { assert, assertEquals } from "../../assert.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url);

function example(name: string): string {
  return Deno.readTextFileSync(new URL(name, EXAMPLES));
}

/** Settings, stanzas, and what they ask for beyond plain ports. */
const PAIRS: readonly (readonly [conf: string, access: string, ...beyond: string[]])[] = [
  ["ssh/fwknopd.conf", "ssh/access.conf"],
  ["ssh/fwknopd-udp.conf", "ssh/access.conf"],
  ["rdp/fwknopd.conf", "rdp/access.conf", "ENABLE_IPT_FORWARDING", "FORCE_NAT"],
  [
    "gateway/fwknopd.conf",
    "gateway/access.conf",
    ...["ENABLE_IPT_FORWARDING", "ENABLE_IPT_SNAT", "SNAT_TRANSLATE_IP"],
    ...["FORCE_SNAT", "FORWARD_ALL", "DISABLE_DNAT"],
  ],
  [
    "gateway/fwknopd.conf",
    "gateway/access-minimal.conf",
    ...["ENABLE_IPT_FORWARDING", "ENABLE_IPT_SNAT", "SNAT_TRANSLATE_IP"],
    ...["FORWARD_ALL", "DISABLE_DNAT"],
  ],
  [
    "ipset/fwknopd.conf",
    "ipset/access.conf",
    ...["CMD_CYCLE_OPEN", "CMD_CYCLE_CLOSE", "CMD_CYCLE_TIMER"],
  ],
  ...["ufw/access.conf", "ufw/access-open.conf"].map((access) =>
    [
      "ufw/fwknopd.conf",
      access,
      ...["CMD_CYCLE_OPEN", "CMD_CYCLE_CLOSE", "CMD_CYCLE_TIMER"],
    ] as const
  ),
  [
    "openwrt/generated/fwknopd.conf",
    "openwrt/generated/access.conf",
    ...["ENABLE_IPT_FORWARDING", "FORCE_NAT"],
  ],
  // Its chain variables differ from the defaults only by the direction that is dropped.
  ["legacy/fwknop.conf", "legacy/access.conf", "ENABLE_IPT_FORWARDING"],
];

for (const [conf, access, ...beyond] of PAIRS) {
  Deno.test(`examples/${conf} loads with examples/${access}`, () => {
    const outcome = readTexts({ conf: example(conf), access: example(access) });
    assertEquals(findings(outcome.diagnostics, "error"), []);
    assertEquals(outcome.config?.stanzas.length, 1);
    const missing = beyond.filter((wanted) =>
      [...FWKNOPD_ROWS, ...ACCESS_ROWS].some(({ name, honoured }) =>
        name === wanted && honoured === false
      )
    );
    const named = outcome.unhonoured.map(({ text }) =>
      /^\[\*\] (\S+) is set/.exec(text)?.[1] ?? ""
    );
    assertEquals(named.toSorted(), missing.toSorted());
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
