/**
 * Opens the listeners that the settings ask for, as one capture.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { listenersOf, openedPorts } from "../config/listeners.ts";
import { PROTOCOL_NUMBERS, type Service } from "../net/service.ts";
import type { Capture, Datagram, Receive } from "./datagram.ts";
import type { OpenedCapture, OpeningContext } from "./listener.ts";
import { OPENERS } from "./listeners.ts";
import { SeveralCaptures } from "./several.ts";

/** The line by which scripts recognize that the server is ready, for every capture. */
const LOOP = "Starting fwknopd main event loop.";

/**
 * Opens the main listener, then those beside it.
 *
 * @throws {HintedError} when one cannot be opened. Nothing stays open then.
 */
export async function captureFromSettings(
  settings: ServerSettings,
  context: OpeningContext,
): Promise<OpenedCapture> {
  const opened: OpenedCapture[] = [];
  try {
    for (const name of listenersOf(settings)) {
      opened.push(await OPENERS[name](settings, context));
    }
  } catch (error) {
    for (const { capture } of opened) await capture.close();
    throw error;
  }
  const [main, ...beside] = opened;
  if (main === undefined) throw new TypeError("There is always a main listener");
  const announcements = [...beside, main].flatMap(({ announcements }) => announcements);
  const own = main.seesOthers ? withoutPorts(main.capture, openedPorts(settings)) : main.capture;
  return {
    capture: beside.length === 0
      ? main.capture
      : new SeveralCaptures([own, ...beside.map(({ capture }) => capture)]),
    announcements: [...announcements, LOOP],
  };
}

/** A port that listeners of both settings open, `UDP 62201`: the second cannot be opened beside the first. */
export function sharedPort(a: ServerSettings, b: ServerSettings): string | undefined {
  const ports = (settings: ServerSettings): string[] =>
    openedPorts(settings).map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`);
  return ports(a).find((port) => ports(b).includes(port));
}

/** A listener with a port reads it itself. Its packets that a sniffer sees too would be replays. */
function withoutPorts(capture: Capture, ports: readonly Service[]): Capture {
  const isServed = ({ protocol, destinationPort }: Datagram): boolean =>
    ports.some((port) =>
      protocol === PROTOCOL_NUMBERS[port.protocol] && destinationPort === port.port
    );
  return {
    description: capture.description,
    run: (receive: Receive) =>
      capture.run((datagram) => {
        if (!isServed(datagram)) receive(datagram);
      }),
    statistics: () => capture.statistics(),
    close: () => capture.close(),
  };
}
