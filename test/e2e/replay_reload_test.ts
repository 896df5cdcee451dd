/**
 * A packet counts once, during a reload and after it, whether the reload succeeds or fails.
 */
import { packetReplayDigest } from "../../lib/spa/replay_digest.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import type { LoggedProcess } from "../support/logged_process.ts";
import { type Lab, type Namespace, namespaceTest } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";
import { sendUdpFrom } from "../support/send_from.ts";
import { SlowIptables } from "../support/slow_iptables.ts";

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nOPEN_PORTS tcp/22\n";
const ADMITTED = /Added access rule .*127\.0\.0\.1 /;
const REPLAYED = /Replay detected from source IP: 127\.0\.0\.1/;
const PROGRAMS = { programs: ["iptables"] };

function packet(): string {
  return seal({ message: "0.0.0.0,tcp/22" }).packetText;
}

/** A daemon with its files in the folder; text for `name` is appended to that file. */
async function start(
  lab: Lab,
  folder: string,
  ...fwknopdConf: readonly string[]
): Promise<[Namespace, LoggedProcess, (name: string, text: string) => void]> {
  const host = await lab.namespace("host");
  const daemon = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf });
  const add = (name: string, text: string): void =>
    Deno.writeTextFileSync(`${folder}/${name}`, text, { append: true });
  return [host, daemon, add];
}

namespaceTest(
  "a reload that fails late leaves the replay file to the running server",
  PROGRAMS,
  (lab) =>
    withFolder(async (folder) => {
      const file = `${folder}/run/digest.cache`;
      const [host, daemon, add] = await start(lab, folder, "MAX_SPA_PACKET_AGE 40");
      // The content of the file after some months.
      add(
        "run/digest.cache",
        Array.from({ length: 12_000 }, (_, index) =>
          `${packetReplayDigest(String(index))} 17 192.0.2.1 1 192.0.2.2 62201 1700000000\n`).join(
            "",
          ),
      );
      add("fwknopd.conf", "MAX_SPA_PACKET_AGE 120\nENABLE_IPT_LOCAL_NAT Y\n");
      Deno.kill(daemon.pid, "SIGHUP");
      await daemon.line(/continuing with the previous configuration/);
      const text = packet();
      await sendUdpFrom(host, "127.0.0.1", text);
      await daemon.line(ADMITTED);
      assert(Deno.readTextFileSync(file).includes(packetReplayDigest(text)));
      await daemon.stop();

      const next = await startOurs(host, { folder, accessConf: STANZA });
      assert(Deno.readTextFileSync(file).split("\n").length < 12_000, "it is shorter now");
      await sendUdpFrom(host, "127.0.0.1", text);
      await next.line(REPLAYED);
      await next.stop();
    }),
);

namespaceTest(
  "a packet that is accepted while a reload waits for the firewall is a replay afterwards",
  PROGRAMS,
  (lab) =>
    withFolder(async (folder) => {
      const iptables = new SlowIptables(folder);
      const [host, daemon, add] = await start(lab, folder, iptables.setting);
      iptables.hold();
      add("fwknopd.conf", "MAX_SPA_PACKET_AGE 100\nENABLE_RULE_PREPEND Y\n");
      Deno.kill(daemon.pid, "SIGHUP");
      await iptables.isHeld();
      const text = packet();
      await sendUdpFrom(host, "127.0.0.1", text);
      await daemon.line(ADMITTED);
      iptables.release();
      await daemon.line(/Re-starting fwknopd/, { seconds: 20 });
      await sendUdpFrom(host, "127.0.0.1", text);
      await daemon.line(REPLAYED);
      await daemon.stop();
    }),
);

namespaceTest(
  "a stanza without HMAC that a reload adds refuses an accepted packet whose mac was cut off",
  PROGRAMS,
  (lab) =>
    withFolder(async (folder) => {
      const [host, daemon, add] = await start(lab, folder);
      const text = packet();
      await sendUdpFrom(host, "127.0.0.1", text);
      await daemon.line(ADMITTED);
      add("access.conf", "SOURCE ANY\nKEY testtest\nOPEN_PORTS tcp/22\n");
      Deno.kill(daemon.pid, "SIGHUP");
      await daemon.line(/Re-starting fwknopd/);
      await sendUdpFrom(host, "127.0.0.1", text.slice(0, -43));
      await daemon.line(REPLAYED);
      await daemon.stop();
    }),
);

namespaceTest(
  "the C daemon reads our replay file with its comments",
  { programs: ["iptables", "fwknopd"] },
  (lab) =>
    withFolder(async (folder) => {
      const [host, daemon] = await start(lab, folder);
      const text = packet();
      await sendUdpFrom(host, "127.0.0.1", text);
      await daemon.line(ADMITTED);
      await daemon.stop();
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const { stdout, stderr } = await host.run(
        ...["fwknopd", ...files, "-f", "-v", "--exit-parse-digest-cache"],
      );
      assertMatch(stdout + stderr, /Using Digest Cache: .* \(entry count = 1\)/);
      assertEquals(/Skipping invalid/.test(stdout + stderr), false);
    }),
);
