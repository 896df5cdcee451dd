/**
 * A program for tests, run inside a namespace: sniffs as its argument says (JSON, options of the sniffer, and
 * `dropFfi`) and prints every notice and packet as a line of JSON. Ends at the end of standard input.
 *
 * @module
 */
import { Sniffer } from "../../lib/capture/sniffer.ts";
import { HintedError } from "../../lib/errors/hinted_error.ts";

const { dropFfi, ...given } = JSON.parse(Deno.args[0] ?? "");
const print = (value: unknown) => console.log(JSON.stringify(value));

try {
  const sniffer = new Sniffer({
    filter: "udp port 62201",
    snapLength: 1600,
    promiscuous: false,
    anyDirection: false,
    exitWhenDown: true,
    ...given,
    notify: print,
  });
  if (dropFfi) await Deno.permissions.revoke({ name: "ffi" });
  print({ ready: sniffer.description });
  const running = sniffer.run((datagram) =>
    print({
      from: datagram.source.text,
      to: datagram.destination.text,
      port: datagram.destinationPort,
      protocol: datagram.protocol,
      text: new TextDecoder().decode(datagram.payload),
    })
  );
  const ended = Deno.stdin.readable.pipeTo(new WritableStream()).then(() => sniffer.close());
  await running;
  await ended;
  print({ statistics: sniffer.statistics() });
} catch (error) {
  if (!(error instanceof HintedError)) throw error;
  print({ failed: error.message, hint: error.hint });
  Deno.exit(1);
}
