/**
 * The run of one knock, from options to the packet on its way. The subcommand and the C client's command
 * line both end here; they differ in their voice and in the files they leave behind.
 *
 * @module
 */
import { DescriptorLines } from "../lib/client/descriptor_lines.ts";
import { deliver } from "../lib/client/deliver.ts";
import { gatherKeys, type KnockKeys } from "../lib/client/keys.ts";
import { loadSettings } from "../lib/client/load_settings.ts";
import { composeMessage, makePacket, type PacketIngredients } from "../lib/client/make_packet.ts";
import type { Dialect } from "../lib/client/number.ts";
import { savePacket } from "../lib/client/packet_file.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { buildRequest, type KnockRequest } from "../lib/client/request.ts";
import { promptSecret } from "../lib/client/secret_prompt.ts";
import { DEFAULTS, type Settings } from "../lib/client/settings.ts";
import { chooseUserName, loginName } from "../lib/client/user_name.ts";
import { admitsAnySource, validateSettings } from "../lib/client/validate.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { randomBytes, randomDigits, randomPort } from "../lib/crypto/random.ts";
import type { SpaMessage } from "../lib/spa/message.ts";
import type { SealedPacket } from "../lib/spa/packet.ts";
import { openClientRc } from "./client_rc.ts";
import { type Context, ExitCode } from "./context.ts";
import { type Knock, KnockOutput } from "./knock_output.ts";
import { describeDiagnostic, describeProblem } from "./problem_text.ts";

/** Runs `fwknop knock`. */
export async function runKnock(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const problem = await knock(options, context, "native");
  if (problem === undefined) return ExitCode.ok;
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}

/** Makes and sends one packet; returns what kept it from that, not yet told to the user. */
async function knock(
  options: GivenOptions,
  context: Context,
  dialect: Dialect,
): Promise<Problem | undefined> {
  const settings = await readSettings(options, context, dialect);
  if (settings instanceof Problem) return settings;
  const invalid = validateSettings(settings, {
    savesByDestination: false,
    sends: settings.test !== true,
  });
  if (invalid !== undefined) return invalid;
  const output = new KnockOutput(context, settings, dialect);
  if (settings.test !== true && admitsAnySource(settings)) output.warnOfAnySource();

  const request = buildRequest(settings, { address: addressOf(settings), drawPort: randomPort });
  if (request instanceof Problem) return request;
  const made = await make(request, settings, output);
  if (made instanceof Problem) return made;
  return await emit(made, settings, output);
}

/** The rc file and the options, put together; warnings and errors of the file are told here. */
async function readSettings(
  options: GivenOptions,
  context: Context,
  dialect: Dialect,
): Promise<Settings | Problem> {
  const absent = UNAVAILABLE.find((name) => options.has(name));
  if (absent !== undefined) return usageProblem(`--${absent} cannot be used yet`);
  const rc = await openClientRc(options, context, dialect);
  if (rc instanceof Problem) return rc;
  const loaded = loadSettings({
    ...rc,
    stanza: options.value("named-config"),
    saves: options.has("save-rc-stanza"),
    options,
    dialect,
  });
  if (loaded instanceof Problem) return loaded;
  if ("errors" in loaded) {
    const [last, ...others] = loaded.errors.toReversed();
    for (const error of others.toReversed()) context.err(describeDiagnostic(error, dialect));
    return new Problem(last?.text ?? "", { ...last });
  }
  for (const warning of loaded.warnings) context.err(describeDiagnostic(warning, dialect));
  return loaded.settings;
}

const UNAVAILABLE = ["save-rc-stanza", "force-stanza", "stanza-list"];

/** The address to admit. Without one the message cannot be built, and the request says so. */
function addressOf({ allow }: Settings): string {
  return allow?.kind === "address" ? allow.text : allow?.kind === "source" ? "0.0.0.0" : "";
}

/** Names, times, keys and random values join the request. */
async function make(
  request: KnockRequest,
  settings: Settings,
  output: KnockOutput,
): Promise<Knock | Problem> {
  const ingredients: PacketIngredients = {
    username: chooseUserName({ setting: settings.user, env: output.context.env, loginName }),
    usernameFromEnvironment: settings.user === undefined,
    timestamp: Math.floor(Date.now() / 1000) + (settings.timeOffset ?? 0),
    randomValue: randomDigits(16),
    salt: randomBytes(8),
  };
  const message = composeMessage(request, ingredients);
  const lines = new DescriptorLines();
  let keys: KnockKeys | Problem;
  try {
    keys = await gatherKeys(settings, {
      prompt: promptSecret,
      readLine: (descriptor) => lines.readLine(descriptor),
    });
  } finally {
    lines.close();
  }
  if (keys instanceof Problem) return keys;
  if (keys.cutToLegacy) output.warnOfLegacyKey();
  const packet = makePacket(message, settings, keys, ingredients);
  if (packet instanceof Problem) return packet;
  return knockOf(request, message, packet, keys, settings);
}

function knockOf(
  request: KnockRequest,
  message: SpaMessage,
  packet: SealedPacket,
  keys: KnockKeys,
  settings: Settings,
): Knock {
  const port = settings.randomPort ? randomPort() : settings.serverPort ?? DEFAULTS.serverPort;
  return { request, message, packet, keys, port };
}

/** Shows, saves and sends, or in a test opens the packet again. */
async function emit(
  made: Knock,
  settings: Settings,
  output: KnockOutput,
): Promise<Problem | undefined> {
  output.tellMade(made);
  if (settings.packetFile !== undefined) {
    const unsaved = await savePacket(
      settings.packetFile,
      made.packet.packetText,
      settings.appendPacket === true,
    );
    if (unsaved !== undefined) output.warn(unsaved);
  }
  output.tellDelivery(made);
  if (settings.test) return output.tellTest(made);
  const sent = await deliver(made.packet.packetText, settings, made.port);
  if (sent instanceof Problem) return sent;
  output.tellSent(sent, made);
  return undefined;
}
