/**
 * A program for tests, run inside a namespace: takes NFQUEUE 7 for UDP port 62201, drops `ffi`, and prints every packet
 * as a line of JSON. Ends at the end of standard input.
 *
 * @module
 */
import { QueueServer } from "../../lib/capture/queue_server.ts";
import { HintedError } from "../../lib/errors/hinted_error.ts";

const print = (value: unknown) => console.log(JSON.stringify(value));

try {
  const server = await QueueServer.open({
    table: "mangle",
    chain: "FWKNOP_NFQ",
    port: 62201,
    queue: 7,
    programs: [["iptables"], ["ip6tables"]],
  }, 1600);
  await Deno.permissions.revoke({ name: "ffi" });
  print({ ready: server.description });
  const running = server.run(({ source, destination, payload }) =>
    print({
      from: source.text,
      to: destination.text,
      text: new TextDecoder().decode(payload),
    })
  );
  const ended = Deno.stdin.readable.pipeTo(new WritableStream()).then(() => server.close());
  await running;
  await ended;
  print({ statistics: server.statistics() });
} catch (error) {
  if (!(error instanceof HintedError)) throw error;
  print({ failed: error.message, hint: error.hint });
  Deno.exit(1);
}
