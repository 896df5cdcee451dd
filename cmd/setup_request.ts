/**
 * What a set-up is asked for: the options, what this host says, and what a person answers.
 *
 * @module
 */
import { CLIENT_NAME_HINT, isClientName } from "../lib/config/client_name.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { parseNumber } from "../lib/config/number.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { parseAddress } from "../lib/net/address.ts";
import { isHostName } from "../lib/net/host_name.ts";
import { isPrivate } from "../lib/net/private_address.ts";
import { formatServices, parseServices, sameService, type Service } from "../lib/net/service.ts";
import { readConnections } from "../lib/firewall/netfilter/connections.ts";
import type { SetupHost } from "../lib/setup/host.ts";
import { defaultInterfaces, readRouteTables } from "../lib/setup/interfaces.ts";
import { findSshSession, type SshSession } from "../lib/setup/session.ts";
import { MAX_SECONDS } from "../lib/setup/timer.ts";
import type { Context } from "./context.ts";
import type { TypedLines } from "./typed_lines.ts";

/** What is asked for. */
export interface SetupRequest {
  readonly services: readonly Service[];
  readonly client: string;
  /** Name or address of this host, as the client reaches it. */
  readonly server: string;
  readonly interfaces: readonly string[];
  /** `resolve`, `source` or an address, as in `fwknop invite`. */
  readonly allowIp: string;
  /** Seconds until everything is taken out, unless it is confirmed. */
  readonly within: number;
  /** The session of the administrator, if there is one. */
  readonly session: SshSession | undefined;
}

/** The shortest time in which a person can knock and connect, in seconds. */
const MIN_SECONDS = 5;
const USUAL_SECONDS = 120;

/** Puts a question with a proposed answer; an empty line takes the proposal. */
type Ask = (question: string, proposal: string | undefined, option: string) => Promise<string>;

/**
 * Completes the options.
 *
 * @param typed lines of the terminal; absent: nothing is asked, and the proposals are taken.
 * @throws {HintedError} for a value that cannot be used, or one that only a person knows.
 */
export async function readSetupRequest(
  options: GivenOptions,
  host: SetupHost,
  context: Context,
  typed: TypedLines | undefined,
): Promise<SetupRequest> {
  const session = findSshSession(context.env("SSH_CONNECTION"));
  const ask = asker(typed, context);
  const given = async (option: string, question: string, proposal: string | undefined) =>
    options.value(option) ?? await ask(question, proposal, option);
  const within = readSeconds(options.value("confirm-within"));
  const interfaces = readInterfaces(options.value("interface"), session);
  const services = readServices(
    await given("port", "Which port to close", formatServices(await sshServices(host, session))),
  );
  const client = readClient(
    await given("client", "Name of the first client", proposedClient(context)),
  );
  const server = readServer(
    await given(
      "server",
      "Name or address by which the client reaches this host",
      ownAddress(session),
    ),
  );
  const allowIp = options.value("allow-ip") ?? proposedAllowIp(server, session);
  return { services, client, server, interfaces, allowIp, within, session };
}

function asker(typed: TypedLines | undefined, context: Context): Ask {
  return async (question, proposal, option) => {
    if (typed === undefined) {
      if (proposal !== undefined) return proposal;
      throw new HintedError(`setup needs --${option}`, { hint: `${question}?` });
    }
    for (;;) {
      context.out(`${question}${proposal === undefined ? "" : ` [${proposal}]`}: `);
      const line = await typed.next();
      if (line === undefined) throw new HintedError("setup ends: nothing was changed");
      const answer = line.trim() || proposal;
      if (answer !== undefined) return answer;
    }
  };
}

function readSeconds(text: string | undefined): number {
  const seconds = parseNumber(text ?? String(USUAL_SECONDS), MIN_SECONDS, MAX_SECONDS, "native");
  if (seconds !== undefined) return seconds;
  throw new HintedError(
    `--confirm-within "${text}" must be a number of seconds from ${MIN_SECONDS} to ${MAX_SECONDS}`,
  );
}

function readServices(text: string): readonly Service[] {
  const services = parseServices(text.replaceAll(" ", ""));
  if (services !== undefined) {
    return services.filter((it, index) =>
      services.findIndex((other) => sameService(it, other)) === index
    );
  }
  throw new HintedError(`--port "${text}" must be a list such as tcp/22 or tcp/22,udp/51820`, {
    ...(/^[0-9]+$/.test(text) ? { hint: `Did you mean tcp/${text}?` } : {}),
  });
}

/** The name becomes that of a file too. */
function readClient(text: string): string {
  if (isClientName(text) && !/^[.-]/.test(text)) return text;
  throw new HintedError(`--client "${text}" cannot be the name of a client`, {
    hint: `${CLIENT_NAME_HINT}; it begins with neither . nor -`,
  });
}

function readServer(text: string): string {
  if (parseAddress(text) !== undefined || isHostName(text)) return text;
  throw new HintedError(`--server "${text}" must be a host name or an address`);
}

/**
 * The interfaces: those that are named, or those of the default routes, and the one by which the administrator came in.
 */
function readInterfaces(text: string | undefined, session: SshSession | undefined): string[] {
  const present = [...new Set(Deno.networkInterfaces().map(({ name }) => name))];
  if (text !== undefined) {
    const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
    const wrong = names.find((name) => name !== "any" && !present.includes(name));
    if (names.length > 0 && wrong === undefined) return names;
    throw new HintedError(`--interface "${text}" must be interfaces of this host`, {
      hint: `They are ${present.join(", ")}`,
    });
  }
  const own = Deno.networkInterfaces().filter(({ address, name }) =>
    name !== "lo" && parseAddress(address)?.text === session?.server.text
  );
  const found = [
    ...new Set([...defaultInterfaces(readRouteTables()), ...own.map((it) => it.name)]),
  ];
  if (found.length > 0) return found;
  throw new HintedError("No default route says on which interface clients arrive", {
    hint: `Name it: --interface ${present.find((name) => name !== "lo") ?? "eth0"}`,
  });
}

const SSH: Service = { protocol: "tcp", port: 22 };

/** The port of the session, and the ports on which sshd says that it listens. */
async function sshServices(
  host: SetupHost,
  session: SshSession | undefined,
): Promise<readonly Service[]> {
  if (session !== undefined) return [{ protocol: "tcp", port: session.port }];
  const { stdout } = await host.run(["sshd", "-T"]);
  const listening = new Set(
    readConnections().flatMap(({ state, local }) => state === "listening" ? [local.port] : []),
  );
  const ports = Array.from(stdout.matchAll(/^port ([0-9]+)$/gm), ([, port]) => Number(port))
    .filter((port) => listening.has(port));
  return ports.length === 0 ? [SSH] : ports.map((port) => ({ protocol: "tcp", port }));
}

function proposedClient(context: Context): string {
  const user = context.env("SUDO_USER") ?? "";
  return user !== "root" && isClientName(user) ? user : "admin";
}

/** The address of the session, or one that other hosts reach. */
function ownAddress(session: SshSession | undefined): string | undefined {
  if (session !== undefined) return session.server.text;
  const all = Deno.networkInterfaces().flatMap(({ name, address }) =>
    name === "lo" ? [] : parseAddress(address) ?? []
  );
  const usable = all.filter(({ text }) => !text.startsWith("fe80:"));
  return (usable.find((address) => !isPrivate(address)) ?? usable[0])?.text;
}

/** A web service says the address that the Internet sees. In a network of private addresses, that is another one. */
function proposedAllowIp(server: string, session: SshSession | undefined): string {
  const address = parseAddress(server);
  const isNear = session !== undefined
    ? isPrivate(session.client)
    : address !== undefined && isPrivate(address);
  return isNear ? "source" : "resolve";
}
