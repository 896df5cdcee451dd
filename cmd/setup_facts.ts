/**
 * Examines this host and makes the plan of a set-up. Changes nothing.
 *
 * @module
 */
import {
  formatClientStanza,
  formatServerStanza,
  invitationTerms,
  withoutKeys,
} from "../lib/client/invitation.ts";
import { Problem } from "../lib/client/problem.ts";
import { withFile } from "../lib/config/access_addition.ts";
import { GivenOptions } from "../lib/config/option.ts";
import {
  type LoadedServerConfig,
  readServerConfig,
  readUsableConfig,
} from "../lib/config/server_config.ts";
import { isSniffing } from "../lib/config/sniffed_interfaces.ts";
import { type GeneratedKeys, generateKeys } from "../lib/crypto/key_generation.ts";
import { missingPcap } from "../lib/capture/pcap_presence.ts";
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import { formatDiagnostic } from "../lib/errors/diagnostic.ts";
import { isSystemdRunning } from "../lib/daemon/service_manager.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { ifThere } from "../lib/files/if_there.ts";
import { askEachOnce, askHost } from "../lib/firewall/ask.ts";
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { doctorQuestions, readHostFacts } from "../lib/firewall/doctor_questions.ts";
import { FIREWALLS } from "../lib/firewall/firewalls.ts";
import { readReach } from "../lib/firewall/netfilter/reach.ts";
import type { NetfilterKind } from "../lib/firewall/netfilter/questions.ts";
import { formatServices, sameService } from "../lib/net/service.ts";
import { withBlock } from "../lib/setup/block.ts";
import { chooseClosing, type ClosingChoice, closingSettings } from "../lib/setup/closing.ts";
import type { SetupHost } from "../lib/setup/host.ts";
import {
  ACCESS_FILE,
  CONFIG_FILE,
  CONFIG_FOLDER,
  SERVICE,
  TRIAL_ACCESS,
  TRIAL_CONFIG,
  UNITS,
} from "../lib/setup/places.ts";
import {
  RUN_FOLDER,
  type ServerManager,
  type SetupFacts,
  STATE_FOLDER,
} from "../lib/setup/plan.ts";
import type { SetupRequest } from "./setup_request.ts";
import { systemFiles } from "./system_files.ts";

/** The plan, and what the rest of the set-up needs to know. */
export interface SetupPlan {
  readonly facts: SetupFacts;
  /** The configuration of the trial. */
  readonly config: LoadedServerConfig;
  /** What the client gets; it holds keys. */
  readonly clientStanza: string;
  readonly keys: GeneratedKeys;
}

/** @throws {HintedError} if this host cannot be set up as it is. */
export async function planSetup(request: SetupRequest, host: SetupHost): Promise<SetupPlan> {
  const present = readUsableConfig(new GivenOptions([]), systemFiles);
  refuseBusyHost(present);
  await refuseLeftRules(present);
  const { given, settings } = present;
  if (settings.ACCESS_FOLDER !== undefined) {
    throw new HintedError(
      `${CONFIG_FILE} sets ACCESS_FOLDER: this host has a configuration already`,
      {
        hint: `fwknop invite ${request.client} --server ${request.server} --access ${
          formatServices(request.services)
        } --install`,
      },
    );
  }
  const choice = await chooseFor(request, present);
  const wanted = [
    ...(isSniffing(settings) && !given.has("PCAP_INTF")
      ? [["PCAP_INTF", request.interfaces.join(", ")] as const]
      : []),
    ...closingSettings(choice, request.services),
  ];
  const missing = wanted.filter(([name, value]) => {
    const written = given.get(name as "FIREWALL")?.text;
    if (written === undefined) return true;
    if (name === "NFT_PROTECT" ? covers(present, request) : written === value) return false;
    throw new HintedError(`${CONFIG_FILE} sets ${name} ${written}, and this host needs ${value}`, {
      hint: `Set ${name} ${value} there, or remove the line, then fwknop setup again`,
    });
  });
  const { stanza, clientStanza, keys } = makeClient(request);
  const conf = host.read(CONFIG_FILE);
  const access = host.read(ACCESS_FILE);
  const lines = missing.map(([name, value]) => `${name.padEnd(28)}${value}\n`).join("");
  const stays = choice.firewall === "firewalld" ? "FLUSH_FIREWD_AT_EXIT" : "FLUSH_IPT_AT_EXIT";
  // The server that takes over when the set-up is confirmed adopts the grants of the trial.
  const keeps = given.has(stays) ? "" : `${stays.padEnd(28)}N\n`;
  const facts: SetupFacts = {
    services: request.services,
    choice,
    config: {
      lines,
      shown: lines,
      trial: withBlock(conf ?? "", lines + keeps),
      isThere: conf !== undefined,
    },
    access: {
      lines: stanza,
      shown: withoutKeys(stanza),
      trial: withBlock(access ?? "", stanza),
      isThere: access !== undefined,
    },
    hasConfigFolder: isThere(CONFIG_FOLDER),
    manager: await findManager(choice, host),
  };
  return { facts, config: readTrialConfig(facts), clientStanza, keys };
}

/** The settings are read before anything is written, as the server of the trial will read them. */
function readTrialConfig({ config, access }: SetupFacts): LoadedServerConfig {
  const files = withFile(
    withFile(systemFiles, TRIAL_CONFIG, config.trial),
    TRIAL_ACCESS,
    access.trial,
  );
  const options = new GivenOptions([
    { name: "config-file", value: TRIAL_CONFIG },
    { name: "access-file", value: TRIAL_ACCESS },
  ]);
  const outcome = readServerConfig(options, files);
  if (outcome.config !== undefined) {
    const { settings, given, stanzas } = outcome.config;
    return { settings, given, stanzas: stanzas.map(({ stanza }) => stanza) };
  }
  const error = outcome.diagnostics.find(({ severity }) => severity === "error");
  throw new HintedError(
    `The server would not start with the configuration of this host: ${
      error === undefined ? "" : formatDiagnostic(error).trim()
    }`,
    { hint: `Repair ${CONFIG_FILE} and ${ACCESS_FILE}: fwknop dump-config lists the errors` },
  );
}

function refuseBusyHost({ settings }: Pick<LoadedServerConfig, "settings">): void {
  const missing = isSniffing(settings) ? missingPcap() : undefined;
  if (missing !== undefined) throw new HintedError(missing.text, { hint: missing.hint });
  const pid = runningDaemon(settings.FWKNOP_PID_FILE);
  if (pid === undefined) return;
  throw new HintedError(`A server runs here already (pid=${pid}), so there is nothing to set up`, {
    hint:
      "One more client: fwknop invite NAME --install. Whether the port is closed: fwknop doctor",
  });
}

/** Rules that an earlier server left: a set-up could not tell them from its own. */
async function refuseLeftRules({ settings }: Pick<LoadedServerConfig, "settings">): Promise<void> {
  const ask = askEachOnce(askHost);
  for (const { signs } of FIREWALLS) {
    const reason = await signs.own?.({ settings, ask });
    if (reason === undefined) continue;
    throw new HintedError(`A server that no longer runs has left its rules: ${reason}`, {
      hint: "fwknop fw-flush, then fwknop setup again",
    });
  }
}

async function chooseFor(
  request: SetupRequest,
  { settings, given }: Pick<LoadedServerConfig, "settings" | "given">,
): Promise<ClosingChoice> {
  const { kind, command } = await chooseFirewall(settings, given);
  const facts = readHostFacts({
    settings: { ...settings, PCAP_INTF: request.interfaces.join(",") },
    given,
  });
  const questions = {
    ...doctorQuestions({ settings, stanzas: [] }, facts),
    services: request.services,
  };
  const found = await readReach(kind as NetfilterKind, questions, { settings, command });
  const mayUseNft = !given.has("FIREWALL") || ["nft", "auto"].includes(settings.FIREWALL);
  return chooseClosing({ ...found, hasNft: found.hasNft && mayUseNft }, kind);
}

function covers(
  { settings }: Pick<LoadedServerConfig, "settings">,
  request: SetupRequest,
): boolean {
  return request.services.every((service) =>
    settings.NFT_PROTECT?.some((it) => sameService(it, service)) === true
  );
}

function makeClient(
  { client, server, services, allowIp }: SetupRequest,
): { readonly stanza: string; readonly clientStanza: string; readonly keys: GeneratedKeys } {
  const terms = invitationTerms(
    client,
    new GivenOptions([
      { name: "server", value: server },
      { name: "access", value: formatServices(services) },
      { name: "allow-ip", value: allowIp },
    ]),
  );
  if (terms instanceof Problem) {
    const { hint } = terms.facts;
    throw new HintedError(terms.text, hint === undefined ? {} : { hint });
  }
  const keys = generateKeys({});
  const stanza = formatServerStanza(terms, keys, new Date()).replace(/^\n/, "");
  return { stanza, clientStanza: formatClientStanza(terms, keys), keys };
}

/** Folders from which systemd may start a program that sees no home folders. */
const SYSTEM_PROGRAM = /^\/(usr|opt)\//;

async function findManager(choice: ClosingChoice, host: SetupHost): Promise<ServerManager> {
  if (!isSystemdRunning()) return { kind: "none", hasState: isThere(RUN_FOLDER) };
  const program = Deno.execPath();
  if (!Deno.build.standalone || !SYSTEM_PROGRAM.test(program)) {
    throw new HintedError(`systemd cannot run ${program} as a service`, {
      hint: Deno.build.standalone
        ? `${program} install, then /usr/local/bin/fwknop setup`
        : "deno task build, then dist/fwknop install, then fwknop setup",
    });
  }
  const installed = await host.run(["systemctl", "cat", SERVICE]);
  const isHardened = installed.stdout.includes("LoadCredential=fwknopd.conf");
  const unit = await needsRoot(choice, host) ? "compatible" : "hardened";
  const isInstalled = installed.code === 0;
  if (isInstalled && isHardened && unit === "compatible") {
    throw new HintedError(`${SERVICE} runs without root, and ${choice.firewall} needs root here`, {
      hint: `fwknop print unit-compatible > ${UNITS}/${SERVICE}, then fwknop setup again`,
    });
  }
  return { kind: "systemd", program, unit, isInstalled, hasState: isThere(STATE_FOLDER) };
}

/** firewalld asks who it is that changes rules, and the lock of iptables-legacy is a file of root. */
async function needsRoot({ firewall }: ClosingChoice, host: SetupHost): Promise<boolean> {
  if (firewall !== "iptables") return firewall === "firewalld";
  return (await host.run(["iptables", "--version"])).stdout.includes("legacy");
}

function isThere(path: string): boolean {
  return ifThere(() => Deno.statSync(path)) !== undefined;
}
