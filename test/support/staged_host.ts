/**
 * A host in a namespace with folders of its own for what programs write to the system: `/etc`, `/run` and `/var/lib`. All
 * its programs see the same files; they vanish with it. It has no service manager.
 *
 * @module
 */
import { type Lab, Namespace, until } from "./namespace.ts";

/** The mounts, in a mount namespace that the first process keeps. An overlay shows the files of this machine. */
const STAGE = `set -e
mount -t tmpfs tmpfs /run
for name in etc var/lib; do
  mkdir -p /run/stage/$name/upper /run/stage/$name/work
done
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/stage/etc/upper,workdir=/run/stage/etc/work /etc
mount -t overlay overlay \\
  -o lowerdir=/var/lib,upperdir=/run/stage/var/lib/upper,workdir=/run/stage/var/lib/work /var/lib
mount -t tmpfs tmpfs /run
rm -rf /etc/fwknop /var/lib/fwknop /var/lib/fwknop-setup
mkdir /run/sshd
echo staged
exec sleep infinity`;

/** The host. */
export class StagedHost extends Namespace {
  readonly #first: Deno.ChildProcess;

  private constructor(of: Namespace, first: Deno.ChildProcess) {
    super(of.name);
    this.#first = first;
  }

  /** Makes the folders of a namespace. */
  static async make(of: Namespace): Promise<StagedHost> {
    const first = of.spawn(["unshare", "--mount", "sh", "-c", STAGE], {
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    });
    const reader = first.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    if (!new TextDecoder().decode(value).includes("staged")) throw new Error("There is no stage");
    return new StagedHost(of, first);
  }

  /** With its root: a test may run in a root of its own (chroot), which a mount namespace does not know. */
  override get entry(): readonly [string, ...string[]] {
    return ["nsenter", "--target", String(this.#first.pid), "--mount", "--net", "--root", "--wd"];
  }

  /** What a reboot does: every process ends, `/run` and the rules of the kernel are gone. */
  async reboot(lab: Lab): Promise<void> {
    const others = async () => (await lab.pids(this)).filter((pid) => pid !== this.#first.pid);
    for (const pid of await others()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await until("every process has ended", async () => (await others()).length === 0);
    await this.must("sh", "-c", "rm -rf /run/* && mkdir /run/sshd");
    await this.run("nft", "flush", "ruleset");
    for (const name of ["iptables-legacy", "ip6tables-legacy"]) {
      for (const words of [["-P", "INPUT", "ACCEPT"], ["-F"], ["-X"]]) {
        await this.run(name, ...words);
      }
    }
  }

  /** Ends the host. The namespace stays. */
  async end(): Promise<void> {
    this.#first.kill("SIGKILL");
    await this.#first.status;
  }
}
