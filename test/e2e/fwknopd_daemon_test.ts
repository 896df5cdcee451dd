/** The daemon under the C daemon's command line: started, listed, reloaded, stopped. */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Ended, type Namespace, namespaceTest, until } from "../support/namespace.ts";

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

/** Runs `fwknopd` in a folder. */
function fwknopd(host: Namespace, folder: string, ...words: readonly string[]): Promise<Ended> {
  const command = [...SOURCE_PROGRAM, "fwknopd", ...words];
  return host.run("sh", "-c", `cd ${folder} && exec "$@"`, "sh", ...command);
}

async function knock(host: Namespace, address: string): Promise<void> {
  const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1", "--no-save-args"];
  const what = ["--no-rc-file", "-D", "127.0.0.1", "-a", address, "-A", "tcp/22"];
  await host.must("fwknop", ...what, ...keys);
}

async function isAdmitted(host: Namespace, address: string): Promise<boolean> {
  return (await host.run("iptables", "-S")).stdout.includes(`-s ${address}/32`);
}

namespaceTest(
  "relative paths on the command line and in the files still lead to the same files at a restart of the daemon",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      await Deno.mkdir(`${folder}/etc`);
      const conf = `FWKNOP_RUN_DIR ${folder}/run\nACCESS_FILE etc/a\nDIGEST_FILE seen\n`;
      await Deno.writeTextFile(`${folder}/etc/f`, conf, { mode: 0o600 });
      await Deno.writeTextFile(`${folder}/etc/a`, "%include etc/b\n", { mode: 0o600 });
      await Deno.writeTextFile(`${folder}/etc/b`, STANZA, { mode: 0o600 });
      const files = ["-c", "etc/f", "-i", "lo"];
      assertEquals((await fwknopd(host, folder, ...files, "-U")).code, 0);
      await knock(host, "192.0.2.1");
      await until("the first is admitted", () => isAdmitted(host, "192.0.2.1"));

      const added = STANZA.replace("testtest", "othertest").replace("hmackey1", "hmackey2");
      await Deno.writeTextFile(`${folder}/etc/b`, `${added}${STANZA}OPEN_PORTS tcp/80\n`);
      const restarted = await fwknopd(host, folder, ...files, "-R");
      assertMatch(restarted.stdout, /^Sent restart signal to fwknopd \(pid=\d+\)\n$/);
      const other = ["--key-rijndael", "othertest", "--key-hmac", "hmackey2", "--no-save-args"];
      const what = ["--no-rc-file", "-D", "127.0.0.1", "-a", "192.0.2.2", "-A", "tcp/22"];
      await until("the new stanza admits", async () => {
        await host.must("fwknop", ...what, ...other);
        return await isAdmitted(host, "192.0.2.2");
      });
      assert((await Deno.readTextFile(`${folder}/seen`)).split("\n").length >= 3);
      const killed = await fwknopd(host, folder, ...files, "-K");
      assertMatch(killed.stdout, /^Killed fwknopd \(pid=\d+\) via SIGTERM\n$/);
    }),
);

namespaceTest(
  "--fw-list and --fw-flush print and do the same as the C daemon's",
  { programs: ["fwknopd", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const conf = `FWKNOP_RUN_DIR ${folder}/run\nENABLE_IPT_FORWARDING Y\n`;
      await Deno.writeTextFile(`${folder}/f`, conf, { mode: 0o600 });
      await Deno.mkdir(`${folder}/run`, { mode: 0o700 });
      const rule = "-s 192.0.2.1 -p tcp --dport 22 -m comment --comment _exp_9999999999 -j ACCEPT";
      const outcomes: (readonly string[])[] = [];
      for (const ours of [true, false]) {
        const host = await lab.namespace(ours ? "ours" : "theirs");
        const run = (option: string): Promise<Ended> =>
          ours
            ? fwknopd(host, folder, "-c", "f", option)
            : host.run("fwknopd", "-c", `${folder}/f`, option);
        for (
          const [table, from, chain] of [
            ["filter", "INPUT", "FWKNOP_INPUT"],
            ["filter", "FORWARD", "FWKNOP_FORWARD"],
            ["nat", "PREROUTING", "FWKNOP_PREROUTING"],
          ] as const
        ) {
          await host.must("iptables", "-t", table, "-N", chain);
          await host.must("iptables", "-t", table, "-A", from, "-j", chain);
        }
        await host.must("iptables", "-A", "FWKNOP_INPUT", ...rule.split(" "));
        const [listed, all, flushed] = [
          await run("--fw-list"),
          await run("--fw-list-all"),
          await run("--fw-flush"),
        ];
        const left = await host.must("iptables-save");
        assert(!left.includes("FWKNOP"), left);
        for (const { code } of [listed, all, flushed]) assertEquals(code, 0);
        // The chain is gone now: the message of iptables about it is not part of the listing.
        const missing = await run("--fw-list");
        assert(missing.stderr.includes("FWKNOP_INPUT"), missing.stderr);
        outcomes.push([listed.stdout, all.stdout, flushed.stdout, missing.stdout]);
      }
      assertEquals(outcomes[0], outcomes[1]);
    }),
);
