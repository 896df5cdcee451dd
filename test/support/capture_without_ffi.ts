/**
 * A program for tests: captures a packet, drops the `ffi` permission, is idle for a second, captures another packet, and
 * prints the result as JSON.
 *
 * @module
 */
import { UdpServer } from "../../lib/capture/udp_server.ts";
import { UdpSender } from "./udp_sender.ts";

const sender = new UdpSender(4);
const server = new UdpServer(0);
const payloads: string[] = [];
let arrived = () => {};
const running = server.run((datagram) => {
  payloads.push(new TextDecoder().decode(datagram.payload));
  arrived();
});

async function sendAndWait(text: string): Promise<void> {
  const seen = new Promise<void>((resolve) => arrived = resolve);
  sender.send("127.0.0.1", server.port, new TextEncoder().encode(text));
  await seen;
}

/** CPU time of every thread of this process, from the scheduler's accounts. */
function cpuMilliseconds(): number {
  let nanoseconds = 0;
  for (const task of Deno.readDirSync("/proc/self/task")) {
    const line = Deno.readTextFileSync(`/proc/self/task/${task.name}/schedstat`);
    nanoseconds += Number(line.split(" ")[0]);
  }
  return nanoseconds / 1e6;
}

await sendAndWait("before");
await new Promise((resolve) => setTimeout(resolve, 200));
const start = cpuMilliseconds();
await new Promise((resolve) => setTimeout(resolve, 1000));
const idleMilliseconds = cpuMilliseconds() - start;
const { state } = await Deno.permissions.revoke({ name: "ffi" });
await sendAndWait("after");
server.close();
await running;
// A reload with another port does the same.
new UdpServer(0).close();
console.log(JSON.stringify({ state, payloads, idleMilliseconds }));
