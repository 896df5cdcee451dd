import { assert, assertEquals, assertMatch } from "../assert.ts";
import { CLIENTS, knockWith, stanzaOf, withReadableFolder } from "../support/command_knock.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { MountedNamespace } from "../support/mounted_namespace.ts";
import {
  failsInNamespace,
  type Lab,
  type Namespace,
  namespaceTest,
  until,
} from "../support/namespace.ts";
import { echoService, reach } from "../support/tcp.ts";

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";
const OTHER = "198.51.100.45";
const EXAMPLES = new URL("../../examples/", import.meta.url).pathname;

/** A server with a service on TCP port 22, and a client with two addresses. */
async function twoHosts(lab: Lab): Promise<{ server: Namespace; client: Namespace }> {
  const server = await lab.namespace("server");
  const client = await lab.namespace("client");
  await lab.cable(
    { namespace: server, device: "eth0", addresses: [`${SERVER}/24`] },
    { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`, `${OTHER}/24`] },
  );
  return { server, client };
}

async function isOpen(client: Namespace): Promise<boolean> {
  return await reach(client, SERVER, 22, 1) !== undefined;
}

function knock(client: Namespace, ...options: readonly string[]): Promise<void> {
  return knockWith(CLIENTS.reference, client, SERVER, "-a", CLIENT, ...options);
}

/** The policy that most hosts have, and a rule that accepts the packet. */
async function dropEverythingElse(server: Namespace): Promise<void> {
  for (
    const words of [
      "-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
      "-A INPUT -p udp --dport 62201 -j ACCEPT",
      "-P INPUT DROP",
    ]
  ) await server.must("iptables", "-w", ...words.split(" "));
}

const IPTABLES_CYCLE = (seconds: number): string =>
  stanzaOf(
    "OPEN_PORTS tcp/22",
    "CMD_CYCLE_OPEN iptables -w -I INPUT -s $SRC -p $PROTO --dport $PORT -j ACCEPT",
    "CMD_CYCLE_CLOSE iptables -w -D INPUT -s $SRC -p $PROTO --dport $PORT -j ACCEPT",
    `CMD_CYCLE_TIMER ${seconds}`,
  );

async function openings(server: Namespace): Promise<number> {
  const rules = await server.must("iptables", "-S", "INPUT");
  return rules.split("\n").filter((line) => line.includes("--dport 22 ")).length;
}

namespaceTest(
  "the ipset example adds a member with the client's time, and the kernel removes it",
  {
    programs: ["fwknop", "iptables", "ipset"],
    unavailable: () => failsInNamespace("ipset", "create", "try", "hash:ip,port"),
  },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      await server.must("sh", `${EXAMPLES}ipset/setup.sh`);
      await server.must(
        "iptables",
        "-w",
        "-I",
        "INPUT",
        "-p",
        "udp",
        "--dport",
        "62201",
        "-j",
        "ACCEPT",
      );
      const service = await echoService(server, SERVER, 22, "welcome");
      const accessConf = Deno.readTextFileSync(`${EXAMPLES}ipset/access.conf`);
      const keys = [...accessConf.matchAll(/^(?:HMAC_)?KEY_BASE64\s+(\S+)$/gm)]
        .map(([, key = ""]) => key);
      const daemon = await startOurs(server, { folder, accessConf });
      const [key = "", hmac = ""] = keys;
      const secrets = ["--key-base64-rijndael", key, "--key-base64-hmac", hmac, "--use-hmac"];
      const to = ["--no-rc-file", "-D", SERVER, "-a", CLIENT, "-A", "tcp/22"];
      assert(!await isOpen(client), "closed before the knock");
      await client.must(...CLIENTS.reference, ...to, ...secrets, "-f", "4");
      await daemon.line(
        /Running CMD_CYCLE_OPEN command: \/usr\/sbin\/ipset -exist add fwknop_allow/,
      );
      let seconds = 0;
      await until("the member is there", async () => {
        const list = await server.must("ipset", "list", "fwknop_allow");
        seconds = Number(/198\.51\.100\.44,tcp:22 timeout ([0-9]+)/.exec(list)?.[1] ?? 0);
        return seconds > 0;
      });
      assert(seconds <= 4, `${seconds} s`);
      assert(await isOpen(client), "open after it");
      await until("the kernel has removed it", async () => !await isOpen(client), 15);
      // Every stanza is a cycle, so the daemon made no chain.
      assert(!(await server.must("iptables-save")).includes("FWKNOP"));
      assert(!await exists(`${folder}/run/pending-closes.json`));
      await daemon.stop();
      await service.stop();
    }),
);

namespaceTest(
  "a cycle of iptables opens, a second packet moves its close to a later time, and the close leaves no rule",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      await dropEverythingElse(server);
      const service = await echoService(server, SERVER, 22, "welcome");
      const daemon = await startOurs(server, { folder, accessConf: IPTABLES_CYCLE(4) });
      await knockWith(CLIENTS.ours, client, SERVER, "-a", CLIENT, "-A", "tcp/22");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 4 seconds: iptables -w -D INPUT/);
      assert(await isOpen(client));
      await knock(client, "-A", "tcp/22");
      await until("it is opened twice", async () => await openings(server) === 2);
      await daemon.line(
        /^\[198\.51\.100\.44\] \(stanza #1\) Timer expired, running CMD_CYCLE_CLOSE/,
      );
      await until("nothing is left", async () => await openings(server) === 0);
      assert(!await isOpen(client));
      assertEquals((Deno.statSync(`${folder}/run/pending-closes.json`).mode ?? 0) & 0o777, 0o600);
      await daemon.stop();
      await service.stop();
    }),
);

namespaceTest(
  "fw-list lists an open cycle, and fw-flush makes the server close it at once",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      await dropEverythingElse(server);
      const daemon = await startOurs(server, { folder, accessConf: IPTABLES_CYCLE(300) });
      await knock(client, "-A", "tcp/22");
      await daemon.line(/Running CMD_CYCLE_OPEN command/);
      await until("it is open", async () => await openings(server) === 1);
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const fwknop = (...words: string[]): Promise<string> =>
        server.must(...SOURCE_PROGRAM, ...words, ...files);
      assertMatch(
        await fwknop("fw-list"),
        /^198\.51\.100\.44 +tcp\/22 +(300|29\d) +1 +- +command cycle$/m,
      );
      const [listed] = JSON.parse(await fwknop("fw-list", "--json"));
      assertEquals([listed.kind, listed.address, listed.stanza], ["cycle", CLIENT, 1]);

      assertMatch(await fwknop("fw-flush"), /^Closed 1 command cycle$/m);
      assertEquals(await openings(server), 0);
      await daemon.line(/Got SIGUSR2\. Revoked every grant: 0 rules, 1 command cycle$/);
      assertMatch(await fwknop("fw-list"), /^No rules of fwknop are in force$/m);

      // Without a server no process has the command.
      await knock(client, "-A", "tcp/22");
      await until("it is open again", async () => await openings(server) === 1);
      await daemon.stop("SIGKILL");
      assertMatch(await fwknop("fw-flush"), /^1 command cycle not closed yet/m);
      assertEquals(await openings(server), 1);
    }),
);

namespaceTest(
  "the server checks the ports of a cycle first and caps its time",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const accessConf = `${IPTABLES_CYCLE(4)}MAX_FW_TIMEOUT 20\n`;
      const daemon = await startOurs(server, { folder, accessConf });
      await knock(client, "-A", "tcp/80");
      await daemon.line(/One or more requested protocol\/ports was denied per access\.conf\./);
      await knock(client, "-A", "tcp/22", "-f", "60000");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 20 seconds/);
      await daemon.stop();
      assertEquals(await openings(server), 0, "closed when the daemon leaves");
    }),
);

namespaceTest(
  "after a daemon was killed, the next one closes what is overdue",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const files = { folder, accessConf: IPTABLES_CYCLE(3) };
      const daemon = await startOurs(server, files);
      await knock(client, "-A", "tcp/22");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in/);
      await kill(folder, daemon);
      await until("its time is over", () => dueOf(folder) < Date.now() / 1000);
      assertEquals(await openings(server), 1);
      const next = await startOurs(server, files);
      await next.line(/Timer expired, running CMD_CYCLE_CLOSE command/);
      await until("it is closed", async () => await openings(server) === 0);
      await next.stop();
    }),
);

namespaceTest(
  "with FLUSH_IPT_AT_EXIT N an open cycle survives a restart and a reload, and closes at its time",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const fwknopdConf = ["FLUSH_IPT_AT_EXIT N"];
      const files = { folder, accessConf: IPTABLES_CYCLE(6), fwknopdConf };
      const daemon = await startOurs(server, files);
      await knock(client, "-A", "tcp/22");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in/);
      await daemon.stop();
      assertEquals(await openings(server), 1, "kept over the restart");
      const next = await startOurs(server, files);
      Deno.kill(pidOf(folder), "SIGHUP");
      await next.line(/Re-starting fwknopd/);
      assertEquals(await openings(server), 1, "kept over the reload");
      await next.line(/Timer expired, running CMD_CYCLE_CLOSE command/);
      await until("it is closed", async () => await openings(server) === 0);
      await next.stop();
    }),
);

namespaceTest(
  "the narrow ufw example opens for the client's address alone, until the timer",
  { programs: ["fwknop", "iptables", "ufw"], unavailable: ufwUnavailable },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const own = await ufwIn(server, folder);
      const service = await echoService(server, SERVER, 22, "welcome");
      const accessConf = example("ufw/access.conf").replace(/TIMER.*/, "TIMER 5");
      const daemon = await startOurs(own, { folder, accessConf });
      assert(!await isOpen(client));
      await knockExample(client, accessConf);
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 5 seconds: \/usr\/sbin\/ufw delete/);
      assertMatch(await own.must("ufw", "status"), /22\/tcp +ALLOW +198\.51\.100\.44/);
      assert(await isOpen(client));
      assertEquals(await isOpenFrom(client, OTHER), false, "another address stays out");
      await daemon.line(/Timer expired, running CMD_CYCLE_CLOSE command/);
      await until("ufw has removed it", async () =>
        !(await own.must("ufw", "status")).includes("22/tcp"));
      // ufw writes its files before it changes the kernel.
      await until("the port is closed", async () =>
        !await isOpen(client), 10);
      await daemon.stop();
      await service.stop();
    }),
);

namespaceTest(
  "the wide ufw example opens for every address, with a warning at the start",
  { programs: ["fwknop", "iptables", "ufw"], unavailable: ufwUnavailable },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const own = await ufwIn(server, folder);
      const service = await echoService(server, SERVER, 22, "welcome");
      const accessConf = example("ufw/access-open.conf");
      const daemon = await startOurs(own, { folder, accessConf });
      assert(
        daemon.lines.some((line) => /CMD_CYCLE_OPEN names no address.*admit everybody/.test(line)),
        daemon.lines.join("\n"),
      );
      await knockExample(client, accessConf);
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 180 seconds/);
      assert(await isOpenFrom(client, OTHER), "another address comes in as well");
      await daemon.stop();
      assert(!(await own.must("ufw", "status")).includes("\n22 "), "closed when the daemon leaves");
      await service.stop();
    }),
);

namespaceTest(
  "the ufw recipe opens a port with the name of its protocol",
  { programs: ["fwknop", "iptables", "ufw"], unavailable: ufwUnavailable },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const own = await ufwIn(server, folder);
      const daemon = await startOurs(own, { folder, accessConf: recipeStanza("ufw", 60) });
      await knock(client, "-A", "tcp/22");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 60 seconds/);
      assertMatch(await own.must("ufw", "status"), /22\/tcp +ALLOW +198\.51\.100\.44/);
      await daemon.stop();
      assert(!(await own.must("ufw", "status")).includes("22/tcp"));
    }),
);

namespaceTest(
  "the recipe for Docker's published ports opens DOCKER-USER for the client's address",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const container = await lab.namespace("container");
      await lab.cable(
        { namespace: server, device: "docker0", addresses: ["172.17.0.1/16"] },
        { namespace: container, device: "eth0", addresses: ["172.17.0.2/16"] },
      );
      await container.route("default", "via", "172.17.0.1");
      await server.must("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
      const published = "-p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80";
      await server.must("iptables", "-w", "-t", "nat", "-A", "PREROUTING", ...published.split(" "));
      await server.must("iptables", "-w", "-N", "DOCKER-USER");
      await server.must("iptables", "-w", "-A", "DOCKER-USER", "-j", "RETURN");
      await server.must("iptables", "-w", "-A", "FORWARD", "-j", "DOCKER-USER");
      for (const line of recipeBlocks("Published ports of Docker")[0]?.trim().split("\n") ?? []) {
        await server.must(...line.split(" "));
      }
      const service = await echoService(container, "172.17.0.2", 80, "container");
      const isPublished = async (): Promise<boolean> =>
        await reach(client, SERVER, 8080, 1) !== undefined;
      const accessConf = recipeStanza("Published ports of Docker", 5);
      const daemon = await startOurs(server, { folder, accessConf });
      assert(!await isPublished(), "closed before the knock");
      await knock(client, "-A", "tcp/8080");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 5 seconds/);
      assert(await isPublished(), "open after it");
      await daemon.line(/Timer expired, running CMD_CYCLE_CLOSE command/);
      await until("it is closed", async () => !await isPublished(), 10);
      await daemon.stop();
      await service.stop();
    }),
);

namespaceTest(
  "the rules of a router that is reached by ssh open and close, and the router accepts the two commands alone",
  { programs: ["fwknop", "iptables", "ssh", "sshd", "ssh-keygen"] },
  (lab) =>
    withReadableFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const router = await lab.namespace("router");
      await lab.cable(
        { namespace: server, device: "eth1", addresses: ["203.0.113.1/24"] },
        { namespace: router, device: "eth0", addresses: ["203.0.113.2/24"] },
      );
      const sshd = await startSshd(router, folder);
      const ssh = `ssh -F ${folder}/router.ssh router`;
      const accessConf = recipeStanza("A router over ssh", 3)
        .replaceAll("/etc/fwknop/router.ssh", `${folder}/router.ssh`);
      const daemon = await startOurs(server, { folder, accessConf });
      await knock(client, "-A", "tcp/8443");
      await daemon.line(/Running CMD_CYCLE_CLOSE command in 3 seconds/);
      const rule = "-A FORWARD -s 198.51.100.44/32 -p tcp -m tcp --dport 8443 -j ACCEPT";
      assert((await router.must("iptables", "-S", "FORWARD")).includes(rule));
      await daemon.line(/Timer expired, running CMD_CYCLE_CLOSE command/);
      await until("the router has closed", async () =>
        !(await router.must("iptables", "-S", "FORWARD")).includes(rule));
      const other = await server.run(...ssh.split(" "), "open", "1.2.3.4;id", "tcp", "22");
      assert(other.code !== 0 && !other.stdout.includes("uid="), other.stdout + other.stderr);
      await daemon.stop();
      await sshd.stop();
    }),
);

/** The blocks of code below a heading of the recipes. */
function recipeBlocks(heading: string): string[] {
  const page = Deno.readTextFileSync(
    new URL("../../docs/recipes/command-cycles.md", import.meta.url),
  );
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return Array.from(section.matchAll(/^```[a-z]*\n([^]*?)^```$/gm), ([, code = ""]) => code);
}

/** The stanza below a heading, with keys that work and another timer. */
function recipeStanza(heading: string, seconds: number): string {
  const stanza = recipeBlocks(heading).find((block) => block.startsWith("SOURCE")) ?? "";
  return stanza.replace(/^KEY_BASE64 .*$/m, "KEY testtest")
    .replace(/^HMAC_KEY_BASE64 .*$/m, "HMAC_KEY hmackey1")
    .replace(/^CMD_CYCLE_TIMER .*$/m, `CMD_CYCLE_TIMER ${seconds}`);
}

function example(path: string): string {
  return Deno.readTextFileSync(`${EXAMPLES}${path}`);
}

async function knockExample(client: Namespace, accessConf: string): Promise<void> {
  const key = (name: string): string =>
    new RegExp(`^${name}\\s+(\\S+)$`, "m").exec(accessConf)?.[1] ?? "";
  await client.must(
    ...CLIENTS.reference,
    ...["--no-rc-file", "-D", SERVER, "-a", CLIENT, "-A", "tcp/22", "--use-hmac"],
    ...["--key-base64-rijndael", key("KEY_BASE64"), "--key-base64-hmac", key("HMAC_KEY_BASE64")],
  );
}

/** Whether a new connection from another address of the client is let in. */
async function isOpenFrom(client: Namespace, source: string): Promise<boolean> {
  const route = ["ip", "route", "replace", "198.51.100.0/24", "dev", "eth0", "src"];
  await client.must(...route, source);
  try {
    return await isOpen(client);
  } finally {
    await client.must(...route, CLIENT);
  }
}

/** Copies of the files that ufw changes, as they are after installation. */
async function ufwIn(server: Namespace, folder: string): Promise<Namespace> {
  await new Deno.Command("cp", { args: ["-a", "/etc/ufw", `${folder}/ufw`] }).output();
  const own = new MountedNamespace(server, `${folder}/enter-ufw`, [
    ["--bind", `${folder}/ufw`, "/etc/ufw"],
    ["-t", "tmpfs", "none", "/run"],
  ]);
  await own.must("ufw", "--force", "enable");
  await own.must("ufw", "allow", "62201/udp");
  return own;
}

function ufwUnavailable(): string | undefined {
  return failsInNamespace(
    "sh",
    "-c",
    "mount --bind /etc/ufw /etc/ufw && mount -t tmpfs none /run && ufw status",
  );
}

async function startSshd(router: Namespace, folder: string): Promise<LoggedProcess> {
  const path = (name: string): string => `${folder}/${name}`;
  for (const name of ["host_key", "client_key"]) {
    await router.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name));
  }
  const script = recipeBlocks("A router over ssh").find((block) => block.startsWith("#!")) ?? "";
  Deno.writeTextFileSync(path("router"), script, { mode: 0o755 });
  const key = Deno.readTextFileSync(path("client_key.pub"));
  Deno.writeTextFileSync(path("authorized_keys"), `restrict,command="${path("router")}" ${key}`);
  const host = Deno.readTextFileSync(path("host_key.pub"));
  Deno.writeTextFileSync(path("known_hosts"), `203.0.113.2 ${host}`);
  const config = recipeBlocks("A router over ssh").find((block) => block.startsWith("Host ")) ?? "";
  const here = config.replace("/etc/fwknop/router_key", path("client_key"))
    .replace("/etc/fwknop/router_known_hosts", path("known_hosts"));
  Deno.writeTextFileSync(path("router.ssh"), here);
  Deno.writeTextFileSync(
    path("sshd_config"),
    [
      "ListenAddress 203.0.113.2",
      `HostKey ${path("host_key")}`,
      `AuthorizedKeysFile ${path("authorized_keys")}`,
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "",
    ].join("\n"),
  );
  // sshd needs its own empty folder in /run.
  const own = new MountedNamespace(router, path("enter-router"), [
    ["-t", "tmpfs", "none", "/run", "&&", "mkdir", "/run/sshd"],
  ]);
  const sshd = await own.must("sh", "-c", "command -v sshd || echo /usr/sbin/sshd");
  const started = new LoggedProcess(
    own.spawn([sshd.trim(), "-D", "-e", "-f", path("sshd_config")], {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  await started.line(/listening on/);
  return started;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

function pidOf(folder: string): number {
  return Number(Deno.readTextFileSync(`${folder}/run/fwknopd.pid`));
}

async function kill(folder: string, daemon: LoggedProcess): Promise<void> {
  Deno.kill(pidOf(folder), "SIGKILL");
  await daemon.stop("SIGKILL");
}

function dueOf(folder: string): number {
  const { closes } = JSON.parse(Deno.readTextFileSync(`${folder}/run/pending-closes.json`));
  return Number(closes[0].due);
}
