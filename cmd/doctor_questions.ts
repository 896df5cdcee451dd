/**
 * What the configuration asks of the host's firewall.
 *
 * @module
 */
import { commandWords } from "../lib/config/command_words.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import { natSwitches } from "../lib/config/nat_switches.ts";
import type { Stanza } from "../lib/config/stanza.ts";
import type { FirewallChoice } from "../lib/firewall/choose.ts";
import type { DoctorQuestions } from "../lib/doctor/doctor.ts";
import { sameService, type Service } from "../lib/net/service.ts";
import type { LoadedServerConfig } from "./load_server_config.ts";

/**
 * The questions of `doctor`, and of `serve` at its start.
 *
 * @param ipv6 whether others reach this host by IPv6.
 */
export function doctorQuestions(
  { settings, stanzas }: LoadedServerConfig,
  { kind, command }: FirewallChoice,
  ipv6: boolean,
): DoctorQuestions {
  // What stands before the program, such as "ip netns exec NAME", stands before the other one too.
  const wrapper = commandWords(command).slice(0, -1);
  const { forwarding, localNat } = natSwitches(settings);
  const nat = forwarding || localNat;
  return {
    kind,
    iptables: kind === "iptables" ? command : [...wrapper, "iptables"].join(" "),
    nft: kind === "nft" ? command : [...wrapper, "nft"].join(" "),
    ...chainsOf(kind, settings),
    protect: settings.NFT_PROTECT ?? [],
    services: servicesOf(stanzas),
    ipv6,
    forwarding,
    ...(kind === "firewalld" ? { firewalld: command } : {}),
    ...(kind === "pf" ? { pf: { command, anchor: settings.PF_ANCHOR_NAME, nat } } : {}),
    ...(kind === "ipfw"
      ? {
        ipfw: {
          command,
          start: settings.IPFW_START_RULE_NUM,
          checkState: settings.IPFW_ADD_CHECK_STATE,
        },
      }
      : {}),
    spaServices: spaServicesOf(settings),
  };
}

/** Where SPA packets have to come in; what is sniffed is seen before rules drop it. */
function spaServicesOf(settings: ServerSettings): Service[] {
  const udp: Service = { protocol: "udp", port: settings.UDPSERV_PORT };
  const tcp: Service = { protocol: "tcp", port: settings.TCPSERV_PORT };
  return [
    ...(settings.ENABLE_UDP_SERVER ? [udp] : []),
    ...(settings.ENABLE_TCP_SERVER ? [tcp] : []),
  ];
}

/** firewalld makes use of its chains where its backend is iptables. */
function chainsOf(
  kind: FirewallChoice["kind"],
  settings: ServerSettings,
): Pick<DoctorQuestions, "chains"> {
  if (kind !== "iptables" && kind !== "firewalld") return {};
  const names = kind === "iptables" ? "IPT" : "FIREWD";
  const input = settings[`${names}_INPUT_ACCESS`];
  return { chains: { input, forward: settings[`${names}_FORWARD_ACCESS`] } };
}

/** What stanzas open; ssh where none of them says. */
function servicesOf(stanzas: readonly Stanza[]): Service[] {
  const services: Service[] = [];
  for (const service of stanzas.flatMap(({ openPorts }) => openPorts ?? [])) {
    if (!services.some((known) => sameService(known, service))) services.push(service);
  }
  return services.length > 0 ? services : [{ protocol: "tcp", port: 22 }];
}
