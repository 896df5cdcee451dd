import { summarizeMessage } from "../../../lib/report/message_summary.ts";
import { assertEquals } from "../../assert.ts";

const MESSAGE = {
  type: 1,
  randomValue: "1234567890123456",
  username: "ali\nce",
  timestamp: 1000,
  version: "3.0.0",
  message: "192.0.2.1,tcp/22",
} as Parameters<typeof summarizeMessage>[0];

Deno.test("the summary of any message is one line and says when it was sent", () => {
  assertEquals(
    summarizeMessage(MESSAGE, 1005),
    "ali\\nce asks for 192.0.2.1,tcp/22, sent 5 s ago",
  );
  assertEquals(
    summarizeMessage({ ...MESSAGE, natAccess: "10.0.0.1,22", clientTimeout: 9 }, 990),
    "ali\\nce asks for 192.0.2.1,tcp/22 to 10.0.0.1,22 for 9 s, sent 10 s in the future",
  );
});
