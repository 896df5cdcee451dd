import { getoptMessage } from "../../../lib/config/getopt_message.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("each mistake has the words of the GNU C library", () => {
  const name = "test";
  assertEquals(
    [
      getoptMessage({ kind: "unknown option", typed: "tset", name: "tset" }),
      getoptMessage({ kind: "unknown letter", letter: "%" }),
      getoptMessage({ kind: "ambiguous", typed: "s", names: ["spoof", "server"] }),
      getoptMessage({ kind: "unwanted value", name, value: "x" }),
      getoptMessage({ kind: "missing value", name }),
      getoptMessage({ kind: "missing value", name, letter: "D" }),
    ],
    [
      "unrecognized option '--tset'",
      "invalid option -- '%'",
      "option '--s' is ambiguous; possibilities: '--spoof' '--server'",
      "option '--test' doesn't allow an argument",
      "option '--test' requires an argument",
      "option requires an argument -- 'D'",
    ],
  );
});
