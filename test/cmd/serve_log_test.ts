import { assertEquals } from "../assert.ts";
import { openServeLog } from "../../cmd/serve_log.ts";
import type { Context } from "../../cmd/context.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { readTexts } from "../support/config_files.ts";

Deno.test("a trace that nobody can read any more does not end the server", async () => {
  let tries = 0;
  const terminal: Context = {
    ...new BufferContext(),
    out: () => {},
    err: () => {
      tries++;
      throw new Error("Input/output error (os error 5)");
    },
    isErrorTerminal: true,
    env: () => undefined,
  };
  const settings = readTexts({ conf: "VERBOSE 1" }).config?.settings;
  if (settings === undefined) throw new TypeError("not a configuration");
  {
    using log = openServeLog(
      settings,
      { voice: "native", format: "text", toTerminal: true, toSyslog: false, showsCommands: false },
      terminal,
    );
    const packet = {
      number: 1,
      protocol: 17,
      source: "192.0.2.1",
      sourcePort: 40000,
      destination: "198.51.100.1",
      destinationPort: 62201,
      length: 5,
    };
    const refusal = { step: "screen", code: "not-spa", packet, stanzas: [], facts: {} } as const;
    log.observe({ kind: "refused", refusal });
    // As it does when the packet at hand is done.
    await Promise.resolve();
  }
  assertEquals(tries > 0, true);
});
