/**
 * The table of listeners: where the daemon gets packets from, as far as the settings decide it.
 * `lib/capture/listeners.ts` opens them.
 *
 * @module
 */
import type { Service } from "../net/service.ts";
import type { FwknopdName, ServerPart, ServerSettings } from "./fwknopd_variables.ts";

/** The name of a listener: a row of a variable that shapes it has the name in `parts`. */
export type ListenerName = Exclude<ServerPart, "firewall" | "firewall place" | "files">;

/** The variables that hold a number. */
type NumberName = {
  [Name in FwknopdName]: ServerSettings[Name] extends number ? Name : never;
}[FwknopdName];

/** One listener. */
interface Listener {
  /** Whether the settings ask for it. */
  readonly isOn: (settings: ServerSettings) => boolean;
  /** It is opened beside another one. Of those without this mark, the first that is on is opened. */
  readonly beside?: true;
  /** The port that it opens, and that SPA packets have to reach. */
  readonly port?: { readonly protocol: Service["protocol"]; readonly variable: NumberName };
}

/** A port that a listener opens, and the variable that holds its number. */
export interface OpenedPort extends Service {
  readonly variable: NumberName;
}

const LISTENERS: { readonly [Name in ListenerName]: Listener } = {
  "queue": { isOn: (settings) => settings.ENABLE_NFQ_CAPTURE },
  "UDP server": {
    isOn: (settings) => settings.ENABLE_UDP_SERVER,
    port: { protocol: "udp", variable: "UDPSERV_PORT" },
  },
  "TCP server": {
    isOn: (settings) => settings.ENABLE_TCP_SERVER,
    beside: true,
    port: { protocol: "tcp", variable: "TCPSERV_PORT" },
  },
  /** libpcap, on interfaces or with the file PCAP_FILE. */
  "sniffer": { isOn: () => true },
};

/** The listeners that these settings ask for: the main one, then those beside it. */
export function listenersOf(
  settings: ServerSettings,
): [main: ListenerName, ...beside: ListenerName[]] {
  const isOn = Object.entries(LISTENERS).filter(([, { isOn }]) => isOn(settings));
  const names = (beside: boolean): ListenerName[] =>
    isOn.filter(([, listener]) => (listener.beside === true) === beside)
      .map(([name]) => name as ListenerName);
  const [main = "sniffer"] = names(false);
  return [main, ...names(true)];
}

/** The port that a listener opens with these settings; `undefined` for one that opens none. */
export function portOf(name: ListenerName, settings: ServerSettings): OpenedPort | undefined {
  const { port } = LISTENERS[name];
  return port === undefined ? undefined : { ...port, port: settings[port.variable] };
}

/** The ports that the listeners of these settings open. */
export function openedPorts(settings: ServerSettings): OpenedPort[] {
  return listenersOf(settings).flatMap((name) => portOf(name, settings) ?? []);
}
