/**
 * What `fwknop doctor` does.
 *
 * @module
 */
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { Stanza } from "../lib/config/stanza.ts";
import { examineFirewall, type Finding } from "../lib/firewall/doctor.ts";
import { sameService, type Service } from "../lib/net/service.ts";
import { type Context, ExitCode } from "./context.ts";
import { loadServerConfig } from "./load_server_config.ts";

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "ok     ",
  bad: "WRONG  ",
  unclear: "unclear",
};

/** Examines the host; the files themselves are examined by being loaded. */
export async function runDoctor(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const config = loadServerConfig(options, context);
  if (config === undefined) return ExitCode.failure;
  const { settings, stanzas } = config;
  const findings = [
    ...await examineFirewall({
      command: settings.FIREWALL_EXE,
      services: servicesOf(stanzas),
      forwarding: settings.ENABLE_IPT_FORWARDING,
      ...(settings.ENABLE_UDP_SERVER ? { udpPort: settings.UDPSERV_PORT } : {}),
    }),
    ...examineInterface(settings),
  ];
  context.out(options.has("json") ? `${JSON.stringify(findings, null, 2)}\n` : format(findings));
  return findings.some(({ state }) => state === "bad") ? ExitCode.failure : ExitCode.ok;
}

function format(findings: readonly Finding[]): string {
  return findings.map(({ state, text, mend }) =>
    `${MARKS[state]}  ${text}\n${mend === undefined ? "" : `         ${mend}\n`}`
  ).join("");
}

/** What stanzas open; ssh where none of them says. */
function servicesOf(stanzas: readonly Stanza[]): Service[] {
  const services: Service[] = [];
  for (const service of stanzas.flatMap(({ openPorts }) => openPorts ?? [])) {
    if (!services.some((known) => sameService(known, service))) services.push(service);
  }
  return services.length > 0 ? services : [{ protocol: "tcp", port: 22 }];
}

/** Whether the interface to sniff on is there and up. */
function examineInterface(settings: ServerSettings): Finding[] {
  const name = settings.PCAP_INTF;
  if (settings.ENABLE_UDP_SERVER || name === "any" || Deno.build.os !== "linux") return [];
  try {
    const state = Deno.readTextFileSync(`/sys/class/net/${name}/operstate`).trim();
    if (state !== "down") return [{ state: "good", text: `The interface ${name} is there` }];
    return [{
      state: "bad",
      text: `The interface ${name} is down`,
      mend: `ip link set ${name} up`,
    }];
  } catch {
    return [{
      state: "bad",
      text: `There is no interface ${name}`,
      mend: "Name one with PCAP_INTF: ip -brief link",
    }];
  }
}
