/**
 * A server that is reloaded many times, each time with another firewall: prints how many of them are still in memory.
 * Started with `--v8-flags=--expose-gc`; the argument is a folder for its files.
 *
 * @module
 */
import { loadServerConfig } from "../../cmd/load_server_config.ts";
import type { ServeLog } from "../../cmd/serve_log.ts";
import { openSetup, type ServeLife } from "../../cmd/serve_setup.ts";
import type { Firewall } from "../../lib/firewall/firewall.ts";
import { ReplayCache } from "../../lib/server/replay_cache.ts";
import { Server } from "../../lib/server/server.ts";
import { BufferContext } from "./buffer_context.ts";
import { givenOptions } from "./config_files.ts";
import { pcapBytes } from "./pcap_bytes.ts";

const RELOADS = 20;
const [folder = "."] = Deno.args;

function load(round: number) {
  const lines = [
    `FWKNOP_RUN_DIR ${folder}`,
    `PCAP_FILE ${folder}/none.pcap`,
    "FIREWALL iptables",
    `ENABLE_RULE_PREPEND ${round % 2 === 0 ? "Y" : "N"}`,
  ];
  Deno.writeTextFileSync(`${folder}/f`, `${lines.join("\n")}\n`, { mode: 0o600 });
  const options = givenOptions({
    "config-file": `${folder}/f`,
    "access-file": `${folder}/a`,
  });
  const config = loadServerConfig(options, new BufferContext());
  if (config === undefined) throw new Error("The configuration has an error");
  return config;
}

Deno.writeTextFileSync(`${folder}/a`, "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n", {
  mode: 0o600,
});
Deno.writeFileSync(`${folder}/none.pcap`, pcapBytes(1, []));

const silent = () => {};
const log = { observe: silent, firewall: silent, cycle: silent, info: silent, debug: silent };
const life: ServeLife = {
  testMode: true,
  log: { ...log, warning: silent } as unknown as ServeLog,
  ending: new AbortController().signal,
  replay: new ReplayCache(),
};
const firewalls: WeakRef<Firewall>[] = [];
let setup = await openSetup(load(0), life);
const server = new Server(setup, {
  observe: silent,
  replay: life.replay,
  now: () => 0,
  packetLimit: 0,
});
const run = server.run();
for (let round = 1; round <= RELOADS; round++) {
  if (setup.firewall !== undefined) firewalls.push(new WeakRef(setup.firewall));
  setup = await openSetup(load(round), life, setup);
  await server.adopt(setup);
}
await new Promise((resolve) => setTimeout(resolve));
(globalThis as unknown as { gc: () => void }).gc();
const alive = firewalls.filter((firewall) => firewall.deref() !== undefined).length;
console.log(`${alive} of ${firewalls.length}`);
server.stop();
await run;
