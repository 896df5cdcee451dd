/**
 * Replaces the daemon of Debian's packages: it is stopped, ours is started by the same name on the same files, and
 * the other way round.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { withFolder } from "../support/folder.ts";
import {
  type Ended,
  type Lab,
  type Namespace,
  namespaceTest,
  until,
} from "../support/namespace.ts";
import { sendUdpFrom } from "../support/send_from.ts";

const noCompiled = await compiledUnavailable();
const PACKAGED = "/etc/fwknop";
const ADDRESS = "10.9.8.1";
const REFERENCE = "/usr/sbin/fwknopd";

async function packagedUnavailable(): Promise<string | undefined> {
  try {
    await Deno.stat(`${PACKAGED}/access.conf`);
    return noCompiled;
  } catch {
    return `no ${PACKAGED}/access.conf (apt: fwknop-server)`;
  }
}
const unavailable = await packagedUnavailable();

/** A host with the packaged files and keys in them, and a client. */
class Installation {
  private constructor(
    readonly folder: string,
    readonly host: Namespace,
    readonly client: Namespace,
    readonly keys: readonly string[],
    /** Our daemon, under the C daemon's name. */
    readonly ours: string,
  ) {}

  static async build(lab: Lab, folder: string): Promise<Installation> {
    const [host, client] = [await lab.namespace("host"), await lab.namespace("client")];
    await lab.cable(
      { namespace: host, device: "eth0", addresses: [`${ADDRESS}/24`] },
      { namespace: client, device: "eth0", addresses: ["10.9.8.2/24"] },
    );
    const generated = await host.must(await compiledBinary(), "keygen");
    const [key = "", hmac = ""] = Array.from(
      generated.matchAll(/^(?:HMAC_)?KEY_BASE64: (\S+)$/gm),
      ([, text = ""]) => text,
    );
    await Deno.mkdir(`${folder}/etc`);
    await Deno.mkdir(`${folder}/run`);
    for (const name of ["fwknopd.conf", "access.conf"]) {
      const text = (await Deno.readTextFile(`${PACKAGED}/${name}`))
        .replace(/^(KEY_BASE64 +)__CHANGEME__/m, `$1${key}`)
        .replace(/^(HMAC_KEY_BASE64 +)__CHANGEME__/m, `$1${hmac}`);
      await Deno.writeTextFile(`${folder}/etc/${name}`, text, { mode: 0o600 });
    }
    // A copy: another test may build the binary again while a daemon of this one starts itself.
    await Deno.copyFile(await compiledBinary(), `${folder}/fwknop`);
    await Deno.symlink(`${folder}/fwknop`, `${folder}/fwknopd`);
    const keys = ["--key-base64-rijndael", key, "--key-base64-hmac", hmac];
    return new Installation(folder, host, client, keys, `${folder}/fwknopd`);
  }

  /** Runs a program that sees the packaged files at their paths; a namespace has its own mounts. */
  run(...words: readonly string[]): Promise<Ended> {
    const mounts = `mount --bind ${this.folder}/etc ${PACKAGED} && ` +
      `mount --bind ${this.folder}/run /run && exec "$@"`;
    return this.host.run("sh", "-c", mounts, "sh", ...words);
  }

  async start(daemon: string): Promise<void> {
    const { code, stderr } = await this.run(daemon);
    assertEquals(code, 0, stderr);
    await until(
      "the daemon has its chain",
      async () => (await this.#rules()).includes("-j FWKNOP_INPUT"),
    );
  }

  /** Sends a packet that asks for tcp/22 for an address, and keeps it in a file. */
  async knock(address: string): Promise<void> {
    const what = ["-A", "tcp/22", "-a", address, "-D", ADDRESS, "--no-rc-file", "--no-save-args"];
    await this.client.must("fwknop", ...what, ...this.keys, "-B", this.#packet(address));
  }

  /** Sends the recorded packet again. */
  async replay(address: string): Promise<void> {
    const text = (await Deno.readTextFile(this.#packet(address))).trim();
    await sendUdpFrom(this.client, ADDRESS, text);
  }

  #packet(address: string): string {
    return `${this.folder}/packet-${address}`;
  }

  /** The admitted addresses. */
  async admitted(): Promise<string[]> {
    const rules = (await this.#rules()).matchAll(/-A FWKNOP_INPUT -s (\S+)\/32/g);
    return Array.from(rules, ([, address = ""]) => address);
  }

  /**
   * Knocks until the daemon captures: it does not report that it captures, and one packet counts once however often
   * it arrives.
   */
  async admits(address: string): Promise<void> {
    await this.knock(address);
    await until(`${address} is admitted`, async () => {
      if ((await this.admitted()).includes(address)) return true;
      await this.replay(address);
      return false;
    }, 15);
  }

  async #rules(): Promise<string> {
    return (await this.host.run("iptables", "-S")).stdout;
  }
}

namespaceTest(
  "this daemon replaces Debian's and Debian's replaces it again without a change to the files",
  { programs: ["fwknop", "fwknopd", "iptables", "mount"], unavailable: () => unavailable },
  (lab) =>
    withFolder(async (folder) => {
      const place = await Installation.build(lab, folder);
      const files = await Promise.all(
        ["fwknopd.conf", "access.conf"].map((name) => Deno.readTextFile(`${folder}/etc/${name}`)),
      );
      const { ours } = place;

      // The C daemon, controlled by our commands.
      await place.start(REFERENCE);
      await place.admits("192.0.2.1");
      const pid = (await Deno.readTextFile(`${folder}/run/fwknop/fwknopd.pid`)).trim();
      const seen = { code: 0, stdout: `Detected fwknopd is running (pid=${pid}).\n`, stderr: "" };
      assertEquals(await place.run(ours, "-S"), seen);
      assertEquals(await place.run(ours, "-R"), {
        code: 0,
        stdout: `Sent restart signal to fwknopd (pid=${pid})\n`,
        stderr: "",
      });
      await until(
        "the C daemon has lost its lock, as it does at a restart",
        async () => !(await Deno.readTextFile("/proc/locks")).includes(` ${pid} `),
      );
      assertEquals(await place.run(ours, "-S"), seen);
      const second = await place.run(ours);
      assertEquals(second.code, 1);
      assertMatch(second.stderr, new RegExp(`already running: \\(PID=${pid}\\)\\.`));
      assertEquals(await place.run(ours, "-K"), {
        code: 0,
        stdout: `Killed fwknopd (pid=${pid}) via SIGTERM\n`,
        stderr: "",
      });
      assertEquals((await place.run(ours, "-S")).code, 1);

      // Our daemon, controlled by the C daemon's command line.
      await place.start(ours);
      await place.admits("192.0.2.2");
      await place.replay("192.0.2.1");
      await place.admits("192.0.2.3");
      assertEquals(
        await place.admitted(),
        ["192.0.2.2", "192.0.2.3"],
        "what the C daemon saw is a replay for ours",
      );
      const ourPid = (await Deno.readTextFile(`${folder}/run/fwknop/fwknopd.pid`)).trim();
      assertEquals(
        (await place.run(REFERENCE, "-S")).stdout,
        `Detected fwknopd is running (pid=${ourPid}).\n`,
      );
      assertEquals((await place.run(REFERENCE, "-R")).code, 0);
      await place.admits("192.0.2.4");
      const killed = await place.run(REFERENCE, "-K");
      assertEquals([killed.code, killed.stdout], [
        0,
        `Killed fwknopd (pid=${ourPid}) via SIGTERM\n`,
      ]);
      assertEquals(await place.admitted(), []);

      // Back to the C daemon.
      await place.start(REFERENCE);
      await place.admits("192.0.2.5");
      for (const address of ["192.0.2.2", "192.0.2.3", "192.0.2.4"]) await place.replay(address);
      await place.admits("192.0.2.6");
      assertEquals(
        await place.admitted(),
        ["192.0.2.5", "192.0.2.6"],
        "what ours saw is a replay for the C daemon",
      );
      assertEquals((await place.run(ours, "-K")).code, 0);

      const after = await Promise.all(
        ["fwknopd.conf", "access.conf"].map((name) => Deno.readTextFile(`${folder}/etc/${name}`)),
      );
      assertEquals(after, files);
    }),
);
