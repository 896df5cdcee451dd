/**
 * `fwknop version`.
 *
 * @module
 */
import { toJson } from "../lib/one_line.ts";
import { PROTOCOL_VERSION } from "../lib/spa/message.ts";
import { VERSION } from "../lib/version.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./context.ts";

/** Prints the version of the program and of the wire format. */
export const version: Command = {
  description: `
The JSON object has the members \`name\`, \`version\`, \`protocol\` (of the wire format), \`platform\`, \`build\` (release, test or
source), \`deno\` and \`v8\` (versions of the runtime) and \`keys\`: the ids of the keys whose releases \`fwknop upgrade\` takes.`,
  options: [{ name: "json", brief: "Print a JSON object" }],
  async run(options, _words, context) {
    if (options.has("json")) context.out(`${toJson(await facts())}\n`);
    else context.out(`fwknop ${VERSION}, FKO protocol version ${PROTOCOL_VERSION}\n`);
    return ExitCode.ok;
  },
};

async function facts(): Promise<Record<string, unknown>> {
  const { buildFacts } = await import("../lib/release/build_facts.ts");
  const { ownPlatform } = await import("../lib/release/artefact_name.ts");
  const { kind, keys } = buildFacts();
  return {
    name: "fwknop",
    version: VERSION,
    protocol: PROTOCOL_VERSION,
    platform: ownPlatform(),
    build: kind,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    keys: keys.map(({ id }) => id),
  };
}
