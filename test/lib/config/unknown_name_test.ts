import { type KnownNames, unknownNameHint } from "../../../lib/config/unknown_name.ts";
import { assertEquals, assertMatch } from "../../assert.ts";

const ACCESS: KnownNames = {
  file: "access.conf",
  names: ["SOURCE", "KEY_BASE64"],
  retired: [{ name: "DATA_COLLECT_MODE", advice: "It has no effect" }],
};
const SERVER: KnownNames = {
  file: "fwknopd.conf",
  names: ["PCAP_INTF"],
  retired: [{ name: "HOSTNAME", advice: "The host's own name is taken" }],
};

Deno.test("an unknown name gets the advice that fits best", () => {
  const hint = (name: string) => unknownNameHint(name, ACCESS, SERVER);
  assertEquals(hint("#SOURCE"), "A comment must start in the first column");
  assertEquals(hint("DATA_COLLECT_MODE"), "It has no effect");
  assertEquals(hint("GPG_PATH"), "Its name is GPG_EXE now");
  assertEquals(hint("PCAP_INTF"), "It belongs in fwknopd.conf");
  assertEquals(hint("HOSTNAME"), "The host's own name is taken");
  assertEquals(hint("SUORCE"), "Did you mean SOURCE?");
  assertMatch(hint("PCAP_INFT"), /^Did you mean PCAP_INTF, in fwknopd\.conf\?$/);
  assertEquals(hint("XYZXYZXYZ"), "The line has no effect");
});
