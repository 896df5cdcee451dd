import { refusalLines } from "../../lib/report/refusal_line.ts";
import { describePacket } from "../../lib/server/describe_packet.ts";
import { refuse, tie } from "../../lib/server/refusal.ts";
import { assert, assertEquals } from "../assert.ts";
import { datagram } from "../support/packet.ts";

Deno.test("the filter for log watchers finds the line and its source address", () => {
  const page = Deno.readTextFileSync("docs/log-format.md");
  const [, pattern = ""] = /^failregex = (.*)$/m.exec(page) ?? [];
  const filter = new RegExp(pattern.replace("<HOST>", "(\\S+)"));
  const packet = describePacket(datagram("", "192.0.2.9"), 1);
  const reason = refuse("port-denied", { service: "tcp/23", reason: "OPEN_PORTS" });
  const [line] = refusalLines(tie(reason, packet, [3]));
  assert(line !== undefined);
  // fail2ban has cut the time off by then; the journal has no host before the name.
  for (const start of ["host fwknopd[4711]: ", "fwknopd[4711]: "]) {
    assertEquals(filter.exec(start + line.text)?.[1], "192.0.2.9");
  }
});
