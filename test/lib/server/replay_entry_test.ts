import {
  formatReplayEntry,
  parseReplayEntry,
  parseSeenMessage,
} from "../../../lib/server/replay_entry.ts";
import { assertEquals } from "../../assert.ts";

const DIGEST = "A".repeat(43);
const ENTRY = {
  digest: DIGEST,
  protocol: 17,
  source: "192.0.2.7",
  sourcePort: 40000,
  destination: "2001:db8::1",
  destinationPort: 62201,
  time: 1700000000,
};
const LINE = `${DIGEST} 17 192.0.2.7 40000 2001:db8::1 62201 1700000000`;

Deno.test("an entry is the C daemon's line, with the message on a comment line below it", () => {
  assertEquals(formatReplayEntry(ENTRY), `${LINE}\n`);
  const message = { digest: "B".repeat(42) + "A", timestamp: 1699999999 };
  const text = formatReplayEntry({ ...ENTRY, message });
  const [first = "", second = ""] = text.split("\n");
  assertEquals(parseReplayEntry(first), ENTRY);
  assertEquals(parseSeenMessage(second), message);
});

Deno.test("a line without exactly seven valid fields is not an entry", () => {
  assertEquals(parseReplayEntry(`  ${LINE.replaceAll(" ", " \t")} `), ENTRY);
  for (
    const line of [
      "",
      `${LINE} more`,
      LINE.replace(/ \d+$/, ""),
      LINE.replace(DIGEST, "A".repeat(42)),
      LINE.replace(DIGEST, `${"A".repeat(42)}!`),
      LINE.replace("192.0.2.7", "192.0.2"),
      LINE.replace("40000", "-1"),
      LINE.replace("1700000000", "17000000000"),
    ]
  ) assertEquals(parseReplayEntry(line), undefined, line);
});

Deno.test("another comment is not a message", () => {
  for (
    const line of ["# message", `# message ${DIGEST}`, `# note ${DIGEST} 1`, `#message ${DIGEST} 1`]
  ) assertEquals(parseSeenMessage(line), undefined, line);
});
