import { assert, assertEquals } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

const STANZAS = ["one", "two", "three"].map((name) =>
  `SOURCE ANY\nKEY key${name}\nHMAC_KEY hmac${name}\nREQUIRE_SOURCE_ADDRESS Y\n`
).join("\n");

function knock(host: Namespace, address: string, key: string): Promise<string> {
  const keys = ["--key-rijndael", `key${key}`, "--key-hmac", `hmac${key}`, "--no-save-args"];
  const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", address, "-A", "tcp/22"];
  return host.must("fwknop", ...to, ...keys);
}

namespaceTest(
  "the server grants a packet for the second of three stanzas, and logs no refusal for the others",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const files = { folder, accessConf: STANZAS };
      const daemon = await startOurs(host, files, "--log-format", "json");
      await knock(host, "192.0.2.1", "two");
      await daemon.line(/"event":"granted".*"stanza":2/);
      // A stranger's packet is one refusal that names all stanzas.
      await knock(host, "192.0.2.2", "four");
      const refused = JSON.parse(await daemon.line(/"event":"refused"/));
      assertEquals([refused.packet, refused.code, refused.stanzas], [2, "hmac-mismatch", [
        1,
        2,
        3,
      ]]);
      const events = daemon.lines.filter((line) => line.includes('"packet":'));
      assertEquals(events.length, 2);
      assert(events[0]?.includes("granted"));
      await daemon.stop();
    }),
);
