/**
 * `fwknop setup` on a host that other hosts reach only by the port that it closes.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../support/namespace.ts";
import { StagedHost } from "../support/staged_host.ts";
import { connect, echoService, reach, reachEach, type Session } from "../support/tcp.ts";

const SERVER = "198.51.100.7";
const SERVER6 = "2001:db8::7";
const CLIENT = "198.51.100.44";
const BOTH = [[SERVER, 22], [SERVER6, 22]] as const;
const OPEN = ["ssh", "ssh"];
const CLOSED = [undefined, undefined];

/** The host that is set up, and a client on its cable. */
interface Scene {
  readonly lab: Lab;
  readonly host: StagedHost;
  readonly client: Namespace;
}

async function onHost(lab: Lab, body: (scene: Scene) => Promise<void>): Promise<void> {
  const host = await StagedHost.make(await lab.namespace("server"));
  const client = await lab.namespace("client");
  await lab.cable(
    { namespace: host, device: "eth0", addresses: [`${SERVER}/24`, `${SERVER6}/64`] },
    { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`, "2001:db8::44/64"] },
  );
  await host.route("default", "via", "198.51.100.1");
  const service = await echoService(host, "::", 22, "ssh");
  try {
    await body({ lab, host, client });
  } finally {
    await service.stop();
    await host.end();
  }
}

/** Starts a set-up that asks nothing. */
function start(host: Namespace, ...options: readonly string[]): LoggedProcess {
  const words = [...SOURCE_PROGRAM, "setup", "--yes", ...options];
  return new LoggedProcess(
    host.spawn(words, {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1", PATH: PATH },
    }),
  );
}

const PATH = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;

/** The rules of both programs without counters and handles, and the files that a set-up may write. */
async function listing(host: Namespace): Promise<string> {
  const rules = await Promise.all(
    ["iptables-save", "ip6tables-save", "nft list ruleset"].map((it) => host.run(...it.split(" "))),
  );
  const files = await host.must(
    ...["sh", "-c", "find /etc/fwknop /var/lib/fwknop* /run -not -name '*.lock' 2>&1; true"],
  );
  return [...rules.map(({ stdout }) => stdout), files].join("\n")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) =>
      line.replace(/\[[0-9]+:[0-9]+\]/, "").replace(/counter packets \d+ bytes \d+/, "counter")
    )
    .join("\n");
}

/** Knocks, and stays connected, as ssh does. */
async function enter({ host, client }: Scene, folder: string): Promise<Session | undefined> {
  const rc = await host.must("cat", "/run/fwknop-client/me");
  await Deno.writeTextFile(`${folder}/rc`, rc, { mode: 0o600 });
  const knock = [...SOURCE_PROGRAM, "knock", "--rc-file", `${folder}/rc`, "-n", SERVER];
  const ended = await client.run(...knock, "--wait", "--allow-ip", CLIENT);
  assertEquals([ended.code, ended.stderr], [0, ""]);
  return await connect(client, SERVER, 22, 2);
}

const UFW_LIKE = [
  "iptables -A INPUT -i lo -j ACCEPT",
  "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
  "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
  "iptables -P INPUT DROP",
  "ip6tables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
  "ip6tables -A INPUT -p ipv6-icmp -j ACCEPT",
  "ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT",
  "ip6tables -P INPUT DROP",
];

/** Hosts, by what their firewall is before the set-up. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "without a firewall": [],
  "whose iptables admits ssh and drops the rest": UFW_LIKE,
  "with a table of nftables": [
    "nft add table inet filter",
    "nft add chain inet filter input { type filter hook input priority 0 ; policy drop ; }",
    "nft add rule inet filter input ct state established,related accept",
    "nft add rule inet filter input meta l4proto ipv6-icmp accept",
    "nft add rule inet filter input tcp dport 22 accept",
  ],
};

for (const [kind, commands] of Object.entries(HOSTS)) {
  namespaceTest(
    `on a host ${kind}, setup closes ssh, keeps it closed after a knock, and takes all back when asked to`,
    { programs: ["nft", "iptables"] },
    (lab) =>
      onHost(lab, async (scene) => {
        const { host, client } = scene;
        for (const command of commands) await host.must(...command.split(" "));
        const before = await listing(host);
        const dry = await host.run(...SOURCE_PROGRAM, "setup", "--dry-run", "--client", "me");
        assertEquals([dry.code, dry.stderr], [0, ""]);
        assertEquals(
          dry.stdout.match(/KEY_BASE64 +.*$/gm)?.every((it) => /\(not shown\)$/.test(it)),
          true,
        );
        assertEquals(await listing(host), before);

        const open = await connect(client, SERVER, 22, 3);
        assert(open !== undefined);
        const setup = start(host, "--client", "me", "--confirm-within", "60");
        await setup.line(/^Waiting for a new connection/, { seconds: 40 });
        // The kernel may not have tracked it: its next packet comes from the client.
        const { promise, resolve } = Promise.withResolvers<string>();
        const timer = setTimeout(resolve, 3000, "hangs");
        assertEquals(await Promise.race([open.say("idle until now"), promise]), "idle until now");
        clearTimeout(timer);
        assertEquals(await reachEach(client, BOTH, 0.5), CLOSED, "a stranger");
        const session = await withFolder((folder) => enter(scene, folder));
        assertEquals(session?.banner, "ssh");
        await setup.line(/^Done\. tcp\/22 stays closed/, { seconds: 30 });
        assertEquals(await session?.say("still here"), "still here");
        await session?.stop();
        await until("setup ends", () => !setup.isRunning);
        assertEquals((await setup.stop()).code, 0);
        await until("the grant is over", async () =>
          (await reach(client, SERVER6, 22, 0.3)) === undefined);
        const kept = await listing(host);
        assert(!kept.includes("fwknop-client") && !kept.includes("/run/fwknop-setup"), kept);
        const doctor = await host.run(...SOURCE_PROGRAM, "doctor");
        assertMatch(doctor.stdout, /tcp\/22 is closed by NFT_PROTECT to those who do not knock/);

        const again = await host.run(...SOURCE_PROGRAM, "setup", "--yes");
        assertEquals([again.code, again.stderr], [0, ""]);
        assertMatch(again.stdout, /^This host is set up since /);

        const undone = await host.run(...SOURCE_PROGRAM, "setup", "--undo");
        assertEquals([undone.code, undone.stderr], [0, ""]);
        assertEquals(await reachEach(client, BOTH), OPEN, "after --undo");
        assertEquals(await listing(host), before);
        await open.stop();
      }),
  );
}

namespaceTest(
  "a set-up without a confirmation is taken out in time, and rules of others stay",
  { programs: ["nft", "iptables"] },
  (lab) =>
    onHost(lab, async ({ host, client }) => {
      const before = await listing(host);
      const setup = start(host, "--client", "me", "--confirm-within", "8");
      await setup.line(/^Waiting for a new connection/, { seconds: 40 });
      assertEquals(await reachEach(client, BOTH, 0.5), CLOSED);
      await host.must("nft", "add", "table", "inet", "other");
      await until("it ends", () => !setup.isRunning, 30);
      assertEquals((await setup.stop()).code, 1);
      assertEquals(await reachEach(client, BOTH), OPEN);
      const after = await listing(host);
      assert(after.includes("table inet other"));
      await host.must("nft", "delete", "table", "inet", "other");
      assertEquals(await listing(host), before);
    }),
);

/** The moments at which a set-up is killed: the first line that it prints then. */
const MOMENTS: Readonly<Record<string, RegExp>> = {
  "when the timer is armed": /^The timer is armed/,
  "while it starts the server": /^\+ fwknop serve/,
  "while it waits": /^Waiting for a new connection/,
};

for (const [moment, line] of Object.entries(MOMENTS)) {
  namespaceTest(
    `killed ${moment}, a set-up is taken out by its timer`,
    { programs: ["nft", "iptables"] },
    (lab) =>
      onHost(lab, async ({ host, client }) => {
        const before = await listing(host);
        const setup = start(host, "--client", "me", "--confirm-within", "8");
        await setup.line(line, { seconds: 40 });
        await setup.stop("SIGKILL");
        await until("the timer has taken it out", async () => await listing(host) === before, 40);
        assertEquals(await reachEach(client, BOTH), OPEN);
      }),
  );
}

namespaceTest(
  "a reboot before the confirmation leaves nothing, and setup begins anew",
  { programs: ["nft", "iptables"] },
  (lab) =>
    onHost(lab, async (scene) => {
      const { host, client } = scene;
      const before = await listing(host);
      const setup = start(host, "--client", "me");
      await setup.line(/^Waiting for a new connection/, { seconds: 40 });
      assertEquals(await reachEach(client, BOTH, 0.5), CLOSED);
      await host.reboot(lab);
      await setup.stop("SIGKILL");
      assertEquals(await listing(host), before);
      const service = await echoService(host, "::", 22, "ssh");
      assertEquals(await reachEach(client, BOTH), OPEN);
      const next = start(host, "--client", "me", "--confirm-within", "60");
      await next.line(/^Waiting for a new connection/, { seconds: 40 });
      assertEquals((await next.stop("SIGINT")).code, 1);
      assertEquals(await listing(host), before);
      await service.stop();
    }),
);

namespaceTest(
  "without nft, setup closes the port with rules of iptables that only it takes away",
  { programs: ["nft", "iptables"] },
  (lab) =>
    onHost(lab, async (scene) => {
      const { host, client } = scene;
      await host.must("mkdir", "-p", "/etc/fwknop");
      await host.must("sh", "-c", "umask 077; echo 'FIREWALL iptables' > /etc/fwknop/fwknopd.conf");
      for (const command of UFW_LIKE) await host.must(...command.split(" "));
      const before = await listing(host);
      const setup = start(host, "--client", "me", "--confirm-within", "60");
      await setup.line(/^Waiting for a new connection/, { seconds: 40 });
      assertEquals(await reachEach(client, BOTH, 0.5), CLOSED);
      const session = await withFolder((folder) => enter(scene, folder));
      assertEquals(session?.banner, "ssh");
      await setup.line(/^Done/, { seconds: 30 });
      await session?.stop();
      await until("setup ends", () => !setup.isRunning);
      assertEquals(await reach(client, SERVER6, 22, 0.3), undefined);
      const undone = await host.run(...SOURCE_PROGRAM, "setup", "--undo");
      assertEquals([undone.code, undone.stderr], [0, ""]);
      assertEquals(await reachEach(client, BOTH), OPEN);
      assertEquals(await listing(host), before);
    }),
);

namespaceTest(
  "on a host that ufw closes already, setup closes nothing, and ufw's firewall admits who knocks",
  { programs: ["nft", "iptables", "ufw"] },
  (lab) =>
    onHost(lab, async (scene) => {
      const { host, client } = scene;
      await host.must("sh", "-c", "ufw --force enable");
      assertEquals(await reachEach(client, BOTH, 0.5), CLOSED, "before");
      const before = await listing(host);
      const setup = start(host, "--client", "me", "--confirm-within", "60");
      await setup.line(/^tcp\/22 is closed already/, { seconds: 40 });
      await setup.line(/^Waiting for a new connection/, { seconds: 40 });
      const session = await withFolder((folder) => enter(scene, folder));
      assertEquals(session?.banner, "ssh");
      await setup.line(/^Done/, { seconds: 30 });
      await session?.stop();
      await until("setup ends", () => !setup.isRunning);
      const undone = await host.run(...SOURCE_PROGRAM, "setup", "--undo");
      assertEquals([undone.code, undone.stderr], [0, ""]);
      assertEquals(await listing(host), before);
    }),
);
