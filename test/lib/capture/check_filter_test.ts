import { checkFilter } from "../../../lib/capture/check_filter.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";

Deno.test("a filter that some kind of interface accepts is valid; another is reported with its text", () => {
  for (const filter of ["udp port 62201", "", "ether broadcast", "type mgt", "ifname lo"]) {
    checkFilter(filter);
  }
  assertThrows(() => checkFilter("udp port 62201 # spa"), (error: unknown) => {
    assert(error instanceof HintedError);
    assert(error.message.startsWith("[*] Error compiling pcap filter: "), error.message);
    assertEquals(
      error.hint,
      "PCAP_FILTER is 'udp port 62201 # spa'; a comment must stand on a line of its own",
    );
    return true;
  });
});
