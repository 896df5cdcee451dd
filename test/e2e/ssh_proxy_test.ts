/**
 * ssh with `ProxyCommand fwknop knock … --wait --proxy` against a real sshd: both directions of the pipe.
 */
import { assertEquals } from "../assert.ts";
import { namespaceTest } from "../support/namespace.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

namespaceTest(
  "ssh runs a command through --proxy",
  { programs: ["sshd", "ssh", "ssh-keygen"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const directory = await Deno.makeTempDir();
    const file = (name: string) => `${directory}/${name}`;
    for (const name of ["host_key", "user_key"]) {
      await host.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file(name));
    }
    await Deno.copyFile(file("user_key.pub"), file("authorized_keys"));
    await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
    // -d would serve one session and log too much; -D stays in the foreground.
    const sshd = host.spawn([
      ...["/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", file("host_key")],
      ...["-o", "ListenAddress=127.0.0.1", "-o", `AuthorizedKeysFile=${file("authorized_keys")}`],
      ...["-o", "StrictModes=no", "-o", "PermitRootLogin=yes", "-o", `PidFile=${file("pid")}`],
    ], { stdin: "null", stdout: "null", stderr: "null" });
    try {
      const proxy = `${Deno.execPath()} run --allow-all --no-prompt ${MAIN} knock --no-rc-file ` +
        "--key-rijndael secret -A tcp/22 -s -D %h --wait --proxy";
      const ended = await host.run(
        ...["ssh", "-F", "/dev/null", "-i", file("user_key"), "-o", "BatchMode=yes"],
        ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
        ...["-o", "LogLevel=ERROR", "-o", `ProxyCommand=${proxy}`],
        ...["root@127.0.0.1", "head -c 300000 /dev/zero | wc -c; exit 5"],
      );
      assertEquals([ended.code, ended.stdout, ended.stderr], [5, "300000\n", ""]);
    } finally {
      sshd.kill("SIGTERM");
      await sshd.status;
      await Deno.remove(directory, { recursive: true });
    }
  },
);
