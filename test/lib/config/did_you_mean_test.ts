import fc from "property-testing";
import { nearestWord } from "../../../lib/config/did_you_mean.ts";
import { ACCESS_NAMES, FWKNOPD_NAMES } from "../../../lib/config/known_names.ts";
import { unknownNameHint } from "../../../lib/config/unknown_name.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a name with one letter changed, left out or doubled is found again, unless another name is as near", () => {
  const names = [...FWKNOPD_NAMES.names, ...ACCESS_NAMES.names].filter(({ length }) => length > 5);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.nat({ max: 2 }), (name, at, how) => {
      const place = at % name.length;
      const middle = ["", "#", `${name[place]}${name[place]}`][how] ?? "";
      const written = name.slice(0, place) + middle + name.slice(place + 1);
      const found = nearestWord(written, names);
      assertEquals(found !== undefined && changes(written, found) <= changes(written, name), true);
    }),
  );
});

/** Number of characters that differ after the common start and end are removed. */
function changes(a: string, b: string): number {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end;
}

Deno.test("a name with another word in one part is not near", () => {
  assertEquals(
    nearestWord("ENABLE_IPT_INPUT", ["ENABLE_IPT_SNAT", "ENABLE_IPT_OUTPUT"]),
    undefined,
  );
  assertEquals(
    nearestWord("ENABLE_IPT_OUTPT", ["ENABLE_IPT_SNAT", "ENABLE_IPT_OUTPUT"]),
    "ENABLE_IPT_OUTPUT",
  );
});

Deno.test("the hint about a name in the wrong file names the right file, and that about an old name the new name", () => {
  const hints:
    readonly (readonly [file: "fwknopd.conf" | "access.conf", name: string, hint: string])[] = [
      ["fwknopd.conf", "ENABLE_CMD_EXEC", "It belongs in access.conf"],
      ["fwknopd.conf", "REQUIRE_SOURCE_ADDRESS", "It belongs in access.conf"],
      ["fwknopd.conf", "ACCESS_TIMEOUT", "Use FW_ACCESS_TIMEOUT, in access.conf"],
      ["fwknopd.conf", "ENABLE_CMD_EXECS", "Did you mean ENABLE_CMD_EXEC, in access.conf?"],
      ["access.conf", "PCAP_INTF", "It belongs in fwknopd.conf"],
      ["access.conf", "FIREWALL_TYPE", "FIREWALL chooses the firewall now"],
      ["access.conf", "GPG_PATH", "Its name is GPG_EXE now"],
      [
        "access.conf",
        "EXTERNAL_CMD_OPEN",
        "Use CMD_CYCLE_OPEN and CMD_CYCLE_CLOSE in access.conf: as it stands, the port itself is opened",
      ],
      [
        "fwknopd.conf",
        "ENABLE_IPT_INPUT",
        "Rules of the INPUT chain are always added; IPT_INPUT_ACCESS in fwknopd.conf names it",
      ],
      ["fwknopd.conf", "NOTHING_LIKE_IT", "The line has no effect"],
    ];
  for (const [file, name, hint] of hints) {
    const [own, other] = file === "access.conf"
      ? [ACCESS_NAMES, FWKNOPD_NAMES]
      : [FWKNOPD_NAMES, ACCESS_NAMES];
    assertEquals(unknownNameHint(name, own, other), hint, name);
  }
});
