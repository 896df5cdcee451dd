/**
 * From settings to the packet on its way. The subcommand and the C client's command line both end here.
 *
 * @module
 */
import { CommandLines } from "../lib/client/command_lines.ts";
import { DescriptorLines } from "../lib/client/descriptor_lines.ts";
import { deliver } from "../lib/client/deliver.ts";
import { gatherKeys, type KnockKeys } from "../lib/client/keys.ts";
import { composeMessage, makePacket, type PacketIngredients } from "../lib/client/make_packet.ts";
import type { Dialect } from "../lib/dialect.ts";
import { savePacket } from "../lib/client/packet_file.ts";
import { Problem } from "../lib/client/problem.ts";
import { buildRequest, type KnockRequest } from "../lib/client/request.ts";
import type { Sent } from "../lib/client/send.ts";
import type { Settings } from "../lib/client/settings.ts";
import { isRaw } from "../lib/config/transport.ts";
import { chooseUserName, loginName } from "../lib/client/user_name.ts";
import { admitsAnySource } from "../lib/client/validate.ts";
import { present } from "../lib/config/present.ts";
import { randomBytes, randomDigits, randomPort } from "../lib/crypto/random.ts";
import type { Address } from "../lib/net/address.ts";
import type { Context } from "./context.ts";
import { type Knock, KnockOutput } from "./knock_output.ts";

/** A knock that was made, and what left this host; a test leaves nothing. */
export interface KnockResult {
  readonly knock: Knock;
  readonly sent?: Sent;
  /** The address service that told the address to admit, if one was asked. */
  readonly resolvedBy?: string;
}

/** Called right before a packet goes to an address. */
export type KnockWatcher = (knock: Knock, address: Address) => void;

/** Makes the packet and sends it, or in a test opens it again. The settings are valid. */
export async function sendKnock(
  given: Settings,
  context: Context,
  dialect: Dialect,
  watcher?: KnockWatcher,
): Promise<KnockResult | Problem> {
  const settings = withSourcePort(given);
  const output = new KnockOutput(context, settings, dialect);
  if (settings.test !== true && admitsAnySource(settings)) output.warnOfAnySource();
  const address = await addressToAdmit(settings, output);
  if (address instanceof Problem) return address;
  const request = buildRequest(settings, { address: address.text, drawPort: randomPort });
  if (request instanceof Problem) return request;
  const made = await make(request, settings, output);
  if (made instanceof Problem) return made;
  const result = await emit(made, settings, output, watcher);
  const { via: resolvedBy } = address;
  return result instanceof Problem ? result : { ...result, ...present({ resolvedBy }) };
}

/** No system assigns the port of a packet that is made by hand. */
function withSourcePort(settings: Settings): Settings {
  const { transport, sourcePort } = settings;
  if (!isRaw(transport) || sourcePort !== undefined) return settings;
  return { ...settings, sourcePort: randomPort() };
}

/** The address to admit, and who told it. Without one the message cannot be built, and the request says so. */
async function addressToAdmit(
  settings: Settings,
  output: KnockOutput,
): Promise<{ readonly text: string; readonly via?: string } | Problem> {
  const { allow, resolve } = settings;
  if (allow?.kind === "address") return { text: allow.text };
  if (allow?.kind === "source") return { text: "0.0.0.0" };
  // A command is not worth asking a third party (`docs/spec/client.md` 8).
  if (resolve !== true || settings.command !== undefined) return { text: "" };
  const { clearUrls, resolveAddress } = await import("../lib/client/resolve_address.ts");
  for (const url of clearUrls(settings)) output.warnOfClearUrl(url);
  const resolved = await resolveAddress(settings);
  if (resolved instanceof Problem) return resolved;
  output.tellResolved(resolved);
  return { text: resolved.address.text, via: resolved.via };
}

/** Names, times, keys and random values join the request. */
async function make(
  request: KnockRequest,
  settings: Settings,
  output: KnockOutput,
): Promise<Knock | Problem> {
  const ingredients: PacketIngredients = {
    username: chooseUserName({
      setting: settings.user,
      env: (name) => output.context.env(name),
      loginName,
    }),
    usernameFromEnvironment: settings.user === undefined,
    timestamp: Math.floor(Date.now() / 1000) + (settings.timeOffset ?? 0),
    randomValue: randomDigits(16),
    salt: randomBytes(8),
  };
  const missing = settings.useGpg
    ? await (await import("../lib/client/gpg.ts")).gpgPathProblem(settings)
    : undefined;
  if (missing !== undefined) return missing;
  const keys = await readKeys(settings);
  if (keys instanceof Problem) return keys;
  if (keys.cutToLegacy) output.warnOfLegacyKey();
  const message = composeMessage(request, ingredients);
  const packet = await makePacket(message, settings, keys, ingredients);
  if (packet instanceof Problem) return packet;
  output.tellPassphrase();
  const port = settings.randomPort ? randomPort() : settings.serverPort;
  return { request, message, packet, keys, port };
}

async function readKeys(settings: Settings): Promise<KnockKeys | Problem> {
  const lines = new DescriptorLines();
  const commands = new CommandLines();
  try {
    return await gatherKeys(settings, {
      // Most stanzas hold their keys.
      prompt: async (text) => (await import("../lib/client/secret_prompt.ts")).promptSecret(text),
      readLine: (descriptor) => lines.readLine(descriptor),
      readCommandLine: (command) => commands.readLine(command),
    });
  } finally {
    lines.close();
  }
}

/** Shows, saves and sends, or in a test opens the packet again. */
async function emit(
  made: Knock,
  settings: Settings,
  output: KnockOutput,
  watcher: KnockWatcher | undefined,
): Promise<KnockResult | Problem> {
  const { packetText } = made.packet;
  output.tellMade(made);
  if (settings.packetFile !== undefined) {
    const append = settings.appendPacket === true;
    const unsaved = await savePacket(settings.packetFile, packetText, append);
    if (unsaved !== undefined) output.warn(unsaved);
  }
  output.tellDelivery(made);
  if (settings.test) return await output.tellTest(made) ?? { knock: made };
  const watch = watcher === undefined
    ? undefined
    : (address: Address): void => watcher(made, address);
  const sent = await deliver(packetText, settings, made.port, watch);
  if (sent instanceof Problem) return sent;
  output.tellSent(sent, made);
  return { knock: made, sent };
}
