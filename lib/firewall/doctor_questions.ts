/**
 * What the configuration needs from the host's firewall.
 *
 * @module
 */
import { openedPorts } from "../config/listeners.ts";
import { natSwitches } from "../config/nat_switches.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import { interfaceNames, isSniffing } from "../config/sniffed_interfaces.ts";
import { hasGlobalIpv6, hasLinkIpv6 } from "./global_ipv6.ts";
import type { DoctorQuestions } from "../doctor/questions.ts";
import { askedServices } from "../doctor/asked_services.ts";

/** What the system reports; read before permissions are dropped. */
export interface HostFacts {
  /** Whether other hosts can reach this host over IPv6. */
  readonly ipv6: boolean;
  /** Whether hosts on the same link can. */
  readonly linkIpv6?: boolean;
  /** The interfaces on which clients arrive; absent: all of them. */
  readonly interfaces?: readonly string[];
}

/** Reads the facts from the system. */
export function readHostFacts(config: Pick<LoadedServerConfig, "settings" | "given">): HostFacts {
  const interfaces = strangerInterfaces(config);
  const facts = { ipv6: hasGlobalIpv6(), linkIpv6: hasLinkIpv6(interfaces) };
  return { ...facts, ...(interfaces === undefined ? {} : { interfaces }) };
}

/**
 * The interfaces of PCAP_INTF, if the daemon sniffs or the configuration sets it. `undefined` if rules match their
 * packets by other interface names: an interface may belong to a bridge or carry a VLAN.
 */
function strangerInterfaces(
  { settings, given }: Pick<LoadedServerConfig, "settings" | "given">,
): readonly string[] | undefined {
  if (Deno.build.os !== "linux" || !(isSniffing(settings) || given.has("PCAP_INTF"))) {
    return undefined;
  }
  const names = interfaceNames(settings);
  return names.length > 0 && names.every(standsAlone) ? names : undefined;
}

function standsAlone(name: string): boolean {
  if (!/^[^/]+$/.test(name)) return false;
  try {
    return !Array.from(Deno.readDirSync(`/sys/class/net/${name}`))
      .some((entry) => entry.name === "master" || entry.name.startsWith("upper_"));
  } catch {
    return false;
  }
}

/** The questions that `fwknop doctor` asks, and the daemon at its start. */
export function doctorQuestions(
  { settings, stanzas }: Pick<LoadedServerConfig, "settings" | "stanzas">,
  { ipv6, linkIpv6, interfaces }: HostFacts,
): DoctorQuestions {
  const switches = natSwitches(settings);
  return {
    ...askedServices(stanzas, switches),
    ...(interfaces === undefined ? {} : { interfaces }),
    ipv6,
    ...(linkIpv6 === undefined ? {} : { linkIpv6 }),
    forwarding: switches.forwarding,
    // None for a sniffer: it sees packets before rules drop them.
    spaServices: openedPorts(settings).map(({ protocol, port }) => ({ protocol, port })),
  };
}
