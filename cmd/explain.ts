/**
 * `fwknop explain`.
 *
 * @module
 */
import { EXPLAIN_OPTIONS } from "../lib/config/explain_options.ts";
import type { CommandDefinition } from "./command.ts";

/** Why was I refused? */
export const explain: CommandDefinition = {
  brief: "Say what the server makes of a captured packet, step by step",
  group: "When it does not work",
  description: [
    "Takes packet texts, files that hold one a line, and pcap or pcapng files, for example",
    "",
    "  tcpdump -w knock.pcap udp port 62201",
    "  fwknop explain knock.pcap",
    "",
    "Packets of a capture file are judged at the time they were captured, others now. Nothing is changed, and the",
    "server's replay file is only read. The exit status is 0 when the server would take every packet.",
  ].join("\n"),
  options: EXPLAIN_OPTIONS,
  words: { placeholder: "PACKET...", brief: "A packet text, or the name of a file" },
  load: async () => (await import("./explain_run.ts")).runExplain,
};
