/**
 * Makes and sends the packet of a plan, for the subcommand and for the C client's command line.
 *
 * @module
 */
import { CommandLines } from "../lib/client/command_lines.ts";
import { DescriptorLines } from "../lib/client/descriptor_lines.ts";
import { deliver, type Ports } from "../lib/client/deliver.ts";
import { gatherKeys, type KnockKeys } from "../lib/client/keys.ts";
import { composeMessage, makePacket, type PacketIngredients } from "../lib/client/make_packet.ts";
import type { Dialect } from "../lib/dialect.ts";
import {
  type Admission,
  admitsAnySource,
  type KeyPlan,
  type KnockPlan,
  type Route,
} from "../lib/client/plan.ts";
import { Problem } from "../lib/client/problem.ts";
import { buildRequest, type KnockRequest } from "../lib/client/request.ts";
import type { Sent } from "../lib/client/send.ts";
import { chooseUserName, loginName } from "../lib/client/user_name.ts";
import { present } from "../lib/config/present.ts";
import { randomBytes, randomDigits, randomPort } from "../lib/crypto/random.ts";
import type { Address } from "../lib/net/address.ts";
import type { Context } from "./context.ts";
import { KnockOutput } from "./knock_output.ts";
import type { Knock } from "./made_knock.ts";

/** A knock, and what left this host. A test sends nothing. */
export interface KnockResult {
  readonly knock: Knock;
  readonly sent?: Sent;
  /** The address service that answered the address to admit, if one was asked. */
  readonly resolvedBy?: string;
}

/** Called right before a packet goes to an address. */
export type KnockWatcher = (knock: Knock, address: Address) => void;

/** Makes the packet and sends it. A test opens it again instead. */
export async function sendKnock(
  plan: KnockPlan,
  context: Context,
  dialect: Dialect,
  watcher?: KnockWatcher,
): Promise<KnockResult | Problem> {
  const output = new KnockOutput(context, plan, dialect);
  if (!plan.isTest && admitsAnySource(plan.admission)) output.warnOfAnySource();
  const address = await addressToAdmit(plan.admission, output);
  if (address instanceof Problem) return address;
  const request = buildRequest(plan.request, { address: address.text, drawPort: randomPort });
  if (request instanceof Problem) return request;
  const made = await make(request, plan, output);
  if (made instanceof Problem) return made;
  const result = await emit(made, plan, output, watcher);
  const { via: resolvedBy } = address;
  return result instanceof Problem ? result : { ...result, ...present({ resolvedBy }) };
}

function drawPorts({ port, sourcePort }: Route): Ports {
  const draw = <Port>(given: Port | "random"): Port | number =>
    given === "random" ? randomPort() : given;
  return { port: draw(port), sourcePort: draw(sourcePort) };
}

/** The address to admit, and its source. Without an address the message cannot be built, and the request says so. */
async function addressToAdmit(
  admission: Admission,
  output: KnockOutput,
): Promise<{ readonly text: string; readonly via?: string } | Problem> {
  if (admission.kind === "address") return { text: admission.text };
  const { service } = admission;
  const { clearUrls, resolveAddress } = await import("../lib/client/resolve_address.ts");
  for (const url of clearUrls(service)) output.warnOfClearUrl(url);
  const resolved = await resolveAddress(service);
  if (resolved instanceof Problem) return resolved;
  output.tellResolved(resolved);
  return { text: resolved.address.text, via: resolved.via };
}

/** Makes the packet from the request, names, times, keys and random values. */
async function make(
  request: KnockRequest,
  { user, timeOffset, sealing, keys: keyPlan, route }: KnockPlan,
  output: KnockOutput,
): Promise<Knock | Problem> {
  const ingredients: PacketIngredients = {
    username: chooseUserName({
      setting: user,
      env: (name) => output.context.env(name),
      loginName,
    }),
    usernameFromEnvironment: user === undefined,
    timestamp: Math.floor(Date.now() / 1000) + timeOffset,
    randomValue: randomDigits(16),
    salt: randomBytes(8),
  };
  const missing = sealing.kind === "gpg"
    ? await (await import("../lib/client/gpg.ts")).gpgPathProblem(sealing)
    : undefined;
  if (missing !== undefined) return missing;
  const keys = await readKeys(keyPlan);
  if (keys instanceof Problem) return keys;
  if (keys.cutToLegacy) output.warnOfLegacyKey();
  const message = composeMessage(request, ingredients);
  const packet = await makePacket(message, sealing, keys, ingredients);
  if (packet instanceof Problem) return packet;
  output.tellPassphrase();
  return { request, message, packet, keys, ports: drawPorts(route) };
}

async function readKeys(plan: KeyPlan): Promise<KnockKeys | Problem> {
  const lines = new DescriptorLines();
  const commands = new CommandLines();
  try {
    return await gatherKeys(plan, {
      // Loaded only here, because most stanzas hold their keys.
      prompt: async (text) => (await import("../lib/client/secret_prompt.ts")).promptSecret(text),
      readLine: (descriptor) => lines.readLine(descriptor),
      readCommandLine: (command) => commands.readLine(command),
    });
  } finally {
    lines.close();
  }
}

/** Shows, saves and sends the packet. A test opens it again instead of sending it. */
async function emit(
  made: Knock,
  plan: KnockPlan,
  output: KnockOutput,
  watcher: KnockWatcher | undefined,
): Promise<KnockResult | Problem> {
  const { packetText } = made.packet;
  await output.tellMade(made);
  if (plan.packetFile !== undefined) {
    const { path, append } = plan.packetFile;
    const { savePacket } = await import("../lib/client/packet_file.ts");
    const unsaved = await savePacket(path, packetText, append);
    if (unsaved !== undefined) output.warn(unsaved);
  }
  output.tellDelivery(made);
  if (plan.isTest) return await output.tellTest(made) ?? { knock: made };
  const watch = watcher === undefined
    ? undefined
    : (address: Address): void => watcher(made, address);
  const sent = await deliver(packetText, plan, made.ports, watch);
  if (sent instanceof Problem) return sent;
  output.tellSent(sent, made);
  return { knock: made, sent };
}
