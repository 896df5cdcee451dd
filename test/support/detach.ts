/**
 * A program for tests: becomes a daemon that holds the PID file of its first argument. The second argument is the
 * outcome: `well`, `badly` (fails with status 3) or `killed` (ends by a signal before it is ready).
 *
 * @module
 */
import { isDetached, ownCommand, reportReady, startDetached } from "../../lib/daemon/detach.ts";
import { PidFile } from "../../lib/daemon/pid_file.ts";

const [path = "", manner = ""] = Deno.args;
if (!isDetached()) {
  const outcome = await startDetached(ownCommand(Deno.args));
  console.log(JSON.stringify(outcome));
  Deno.exit(outcome.started ? 0 : outcome.code);
}
if (manner === "badly") {
  console.error("the reason");
  Deno.exit(3);
}
if (manner === "killed") Deno.kill(Deno.pid, "SIGKILL");
const file = PidFile.acquire(path);
reportReady((text) => Deno.stdout.writeSync(new TextEncoder().encode(text)));
console.log("unread");
console.error("unread");
setInterval(() => file, 1000);
