/**
 * fwknop: Single Packet Authorization. Hands the arguments to `cmd/`; the only place that ends the process.
 *
 * @module
 */
import { processContext } from "./cmd/context.ts";
import { runFwknop } from "./cmd/run.ts";

if (import.meta.main) Deno.exit(await runFwknop(Deno.args, processContext()));
