/**
 * A program for tests: takes the PID file of its first argument, prints that it has, and waits. The following words, up
 * to a `--`, are signals to ignore.
 *
 * @module
 */
import { PidFile } from "../../lib/daemon/pid_file.ts";

const [path = "", ...words] = Deno.args;
const ignored = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
const file = PidFile.acquire(path);
for (const name of ignored) Deno.addSignalListener(name as Deno.Signal, () => {});
Deno.addSignalListener("SIGHUP", () => console.log("reload"));
console.log("held");
setInterval(() => file, 1000);
