/**
 * Keeping the debugger out.
 *
 * @module
 */
import { prepareToIgnoreUsr1 } from "../../ffi/ignored_signal.ts";

/** The runtime begins to listen half a second after its start, or later when it is busy. */
const LISTENING = 5000;
const INTERVAL = 50;

/**
 * From 2.9.2 on `deno run` answers SIGUSR1 by opening its debugger on a port of the loopback, where every user of the
 * host could run code as the daemon. The signal is ignored instead, as the C daemon ignores it: now, and again and again
 * until the runtime has begun to listen. Disposing of the result leaves it ignored.
 */
export function ignoreDebuggerSignal(): Disposable {
  const ignore = prepareToIgnoreUsr1();
  ignore();
  const repetition = setInterval(ignore, INTERVAL);
  const end = setTimeout(() => clearInterval(repetition), LISTENING);
  return {
    [Symbol.dispose]: () => {
      clearInterval(repetition);
      clearTimeout(end);
    },
  };
}
