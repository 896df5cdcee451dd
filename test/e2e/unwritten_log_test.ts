import { assertEquals } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest, until } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";

/** Without REQUIRE_SOURCE_ADDRESS the daemon logs a warning before the log is open. */
const ACCESS = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n";

/** Scripts that run a program with standard error in a state, by the name of the state. */
const STATES: Readonly<Record<string, string>> = {
  "full": 'exec "$@" 2>/dev/full',
  "closed": 'exec "$@" 2>&-',
  "a pipe without a reader": 'exec 3>&1; { exec "$@" 2>&1 1>&3; } | true',
};

for (const [state, script] of Object.entries(STATES)) {
  namespaceTest(
    `a daemon in the foreground whose standard error is ${state} runs, grants and stops`,
    { programs: ["iptables", "bash"] },
    (lab) =>
      withFolder(async (folder) => {
        const server = await lab.namespace("server");
        const settings = `FWKNOP_RUN_DIR ${folder}/run\nFIREWALL iptables\nENABLE_UDP_SERVER Y\n`;
        Deno.writeTextFileSync(`${folder}/fwknopd.conf`, settings, { mode: 0o600 });
        Deno.writeTextFileSync(`${folder}/access.conf`, ACCESS, { mode: 0o600 });
        const files = ["-c", `${folder}/fwknopd.conf`];
        const access = ["-a", `${folder}/access.conf`];
        const daemon = server.spawn(
          ["bash", "-c", script, "bash", ...SOURCE_PROGRAM, "serve", "-f", ...files, ...access],
          { stdin: "null", stdout: "null", stderr: "null" },
        );
        const rules = async (): Promise<string> => (await server.run("iptables", "-S")).stdout;
        const isListening = async (): Promise<boolean> =>
          (await server.run("ss", "-lun")).stdout.includes(":62201");
        await until("it listens", isListening, 30);
        const send = 'printf %s "$1" > /dev/udp/127.0.0.1/62201';
        await server.must("bash", "-c", send, "bash", seal().packetText);
        await until("the port is open", async () => (await rules()).includes("192.0.2.44"));
        assertEquals((await server.run(...SOURCE_PROGRAM, "stop", ...files)).code, 0);
        await daemon.status;
        assertEquals((await rules()).includes("FWKNOP"), false);
      }),
  );
}
