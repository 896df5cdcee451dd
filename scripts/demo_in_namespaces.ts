/**
 * The demonstration on two machines made of network namespaces.
 *
 * @module
 */
import { CLIENT_ADDRESS, FirstKnock, SERVER_ADDRESS } from "../test/support/first_knock.ts";
import type { Lab } from "../test/support/namespace.ts";
import type { Narrator } from "./narrator.ts";

/** Seconds the port stays open: long enough to follow, short enough to wait for. */
const ACCESS_TIMEOUT = 8;

/** Throws the sentence when the condition does not hold. */
function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Runs the demonstration; throws when a step has another result. */
export async function demoInNamespaces(
  lab: Lab,
  folder: string,
  program: readonly string[],
  narrator: Narrator,
): Promise<void> {
  narrator.step("Two machines, joined by a cable");
  const stage = await FirstKnock.build({ lab, folder, program, accessTimeout: ACCESS_TIMEOUT });
  narrator.tell(
    `The server is ${SERVER_ADDRESS}, the client ${CLIENT_ADDRESS}. On the server a service`,
  );
  narrator.tell("listens on TCP port 22, and the firewall drops every new connection:");
  narrator.said(await stage.inputRules());
  narrator.tell("Both got the keys that `fwknop keygen` printed.");

  narrator.step("The server waits for a packet it can trust");
  narrator.typed("server", "fwknop serve -f -c fwknopd.conf -a access.conf");
  const daemon = await stage.serve();
  daemon.lines.forEach((line) => narrator.said(line));
  if (daemon.lines.some((line) => line.startsWith("Sniffing"))) {
    narrator.tell(
      "It reads packets from the interface: no port is open for them, and no socket listens.",
    );
  }
  daemon.onLine = (line) => narrator.said(line);

  narrator.step("The client tries to connect");
  must(!await stage.isOpen(), "The port is open although no client has knocked");
  narrator.seen("No answer. The client, or a scanner, cannot see that a service is there.");

  const wire = await stage.eavesdrop();
  narrator.step("The client knocks: one encrypted, authenticated UDP packet");
  narrator.typed("client", "fwknop knock -n server");
  const knocked = await stage.knock();
  must(knocked.code === 0, `fwknop knock ended with ${knocked.code}: ${knocked.stderr}`);
  await daemon.line(/Added access rule/);
  const packet = await wire.line(/^[A-Za-z0-9+\/]{100,}=*$/);
  await wire.stop();

  narrator.step("The client tries again");
  const session = await stage.connect(5);
  must(session !== undefined, "The port is closed although the client has knocked");
  narrator.seen(`Connected; the service says: ${session.banner}`);

  narrator.step("The server lists what is open, and for how long");
  narrator.typed("server", "fwknop fw-list");
  const list = await stage.list();
  must(list.includes(CLIENT_ADDRESS), `fw-list does not show the grant: ${list}`);
  narrator.said(list);

  narrator.step(`After ${ACCESS_TIMEOUT} seconds the rule is gone`);
  await daemon.line(/Removed rule/, { seconds: ACCESS_TIMEOUT + 5 });
  must(!await stage.isOpen(), "A new connection is let in although the rule has gone");
  narrator.seen("A new connection gets no answer any more.");
  must(await session.say("still there?") === "still there?", "The open session has died");
  narrator.seen(
    "The open session still works: established connections were never touched.",
  );

  narrator.step("An eavesdropper sends the same packet again");
  const before = daemon.lines.length;
  await stage.send(packet);
  await daemon.line(/Replay detected/, { from: before });
  must(!await stage.isOpen(), "A replayed packet has opened the port");
  narrator.seen("Refused, and nothing was opened.");

  await session.stop();
  daemon.onLine = () => {};
  await daemon.stop();
}
