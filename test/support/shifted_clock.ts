/**
 * Runs `fwknop` with a wrong clock: the first argument is the number of seconds by which it is late.
 *
 * @module
 */
import { processContext } from "../../cmd/context.ts";
import { runFwknop } from "../../cmd/run.ts";

const [late = "0", ...args] = Deno.args;
const now = Date.now;
Date.now = () => now() - Number(late) * 1000;
Deno.exit(await runFwknop(args, processContext()));
