/**
 * `fwknop setup` where systemd is the first process: the timer, the service of the trial, and the one that is kept.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { type Namespace, namespaceTest, until } from "../support/namespace.ts";
import {
  type SystemdContainer,
  systemdUnavailable,
  withSystemd,
} from "../support/systemd_container.ts";
import { connect, echoService, reachEach } from "../support/tcp.ts";

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";
const BOTH = [[SERVER, 22], ["2001:db8::7", 22]] as const;

const blocker = await systemdUnavailable() ?? await compiledUnavailable();

/** The rules, and every file that a set-up may write. */
async function listing(host: Namespace): Promise<string> {
  const script = "nft list ruleset; find /etc/fwknop /etc/systemd/system /var/lib/fwknop* " +
    "/run/systemd/system /run/fwknop* -not -name '*.lock' 2>/dev/null; " +
    "systemctl list-units --all --no-legend 'fwknop*'; true";
  return await host.must("sh", "-c", script);
}

function start(host: SystemdContainer, seconds: number): LoggedProcess {
  const words = ["/usr/local/bin/fwknop", "setup", "--yes", "--client", "me", "--server", SERVER];
  return new LoggedProcess(
    host.spawn([...words, "--confirm-within", String(seconds)], {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
}

namespaceTest(
  "with systemd, a set-up that is killed is taken out by the timer, and one that is confirmed is a service",
  { programs: ["nft"], unavailable: () => blocker },
  async (lab) => {
    const binary = await compiledBinary();
    const [network, client] = [await lab.namespace("server"), await lab.namespace("client")];
    await lab.cable(
      { namespace: network, device: "eth0", addresses: [`${SERVER}/24`, "2001:db8::7/64"] },
      { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`, "2001:db8::44/64"] },
    );
    await network.route("default", "via", "198.51.100.1");
    const service = await echoService(network, "::", 22, "ssh");
    await withSystemd(lab, network, { "/usr/local/bin/fwknop": binary }, async (host) => {
      await host.must(
        "sh",
        "-c",
        "rm -rf /etc/fwknop /var/lib/fwknop*; mkdir -p /run/systemd/transient",
      );
      const before = await listing(host);

      const killed = start(host, 10);
      await killed.line(/^Waiting for a new connection/, { seconds: 60 });
      assertEquals(await reachEach(client, BOTH, 0.5), [undefined, undefined]);
      const timers = await host.must("systemctl", "list-timers", "--all", "--no-legend", "fwknop*");
      assertMatch(timers, /fwknop-setup-end\.timer/);
      const { pid } = JSON.parse(await host.must("cat", "/run/fwknop-setup/journal.json"));
      await host.run("kill", "-KILL", String(pid));
      await killed.stop("SIGKILL");
      const isOpen = async () => (await reachEach(client, BOTH, 0.3)).every((it) => it === "ssh");
      await until("the timer has taken it out", isOpen, 40);
      await until("the timer has ended", async () => !/fwknop-setup-end/.test(await listing(host)));
      assertEquals(await listing(host), before);
      assertEquals(await reachEach(client, BOTH), ["ssh", "ssh"]);

      const setup = start(host, 60);
      await setup.line(/^Waiting for a new connection/, { seconds: 60 });
      const session = await withFolder(async (folder) => {
        const rc = await host.must("cat", "/run/fwknop-client/me");
        await Deno.writeTextFile(`${folder}/rc`, rc, { mode: 0o600 });
        const words = ["--rc-file", `${folder}/rc`, "-n", SERVER, "--wait", "--allow-ip", CLIENT];
        assertEquals((await client.run(binary, "knock", ...words)).code, 0);
        return await connect(client, SERVER, 22, 2);
      });
      await setup.line(/^Done\. tcp\/22 stays closed, and fwknop\.service starts at boot/, {
        seconds: 60,
      });
      assertEquals(await session?.say("still here"), "still here");
      await session?.stop();
      await until("setup ends", () => !setup.isRunning);
      assertEquals((await setup.stop()).code, 0);
      assertEquals((await host.systemctl("is-active", "fwknop")).stdout, "active\n");
      assertEquals((await host.systemctl("is-enabled", "fwknop")).stdout, "enabled\n");
      assert(!(await listing(host)).includes("fwknop-setup.service"));

      const again = await host.run("/usr/local/bin/fwknop", "setup", "--yes");
      assertEquals([again.code, again.stderr], [0, ""]);
      const undone = await host.run("/usr/local/bin/fwknop", "setup", "--undo");
      assertEquals([undone.code, undone.stderr], [0, ""]);
      assertEquals(await reachEach(client, BOTH), ["ssh", "ssh"]);
      const left = await listing(host);
      // systemctl enable makes the folder of the target, and disable leaves it.
      assertEquals(left.replace(/.*multi-user\.target\.wants\n/, ""), before);
    });
    await service.stop();
  },
);
