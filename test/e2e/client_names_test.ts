/**
 * NAME of a stanza, from the file to the log, to `fw-list` beside the daemon and to the next daemon; and what Debian's
 * `fwknopd` makes of the line.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { startOurs, startReference } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

/** A stanza whose keys contain the word. */
function stanza(key: string, name?: string): string {
  const line = name === undefined ? "" : `NAME ${name}\n`;
  return `SOURCE ANY\n${line}KEY key${key}\nHMAC_KEY hmac${key}\nREQUIRE_SOURCE_ADDRESS Y\n` +
    "FW_ACCESS_TIMEOUT 300\n";
}

function knock(host: Namespace, address: string, key: string, ...more: string[]): Promise<string> {
  const keys = ["--key-rijndael", `key${key}`, "--key-hmac", `hmac${key}`, "--no-save-args"];
  const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", address, "-A", "tcp/22"];
  return host.must("fwknop", ...to, ...keys, ...more);
}

/** Address, stanza and name of each line of `fw-list`. */
async function listed(host: Namespace, folder: string): Promise<(string | undefined)[][]> {
  const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
  const text = await host.must(...SOURCE_PROGRAM, "fw-list", ...files);
  return text.trim().split("\n").slice(1).map((line) => line.split(/\s{2,}/))
    .map(([address, , , stanza, name]) => [address, stanza, name]).sort();
}

for (const firewall of ["iptables", "nft"] as const) {
  namespaceTest(
    `with ${firewall}, fw-list and the log name the client of each rule, also after stanzas moved and the server was killed`,
    { programs: ["fwknop", firewall] },
    (lab) =>
      withFolder(async (folder) => {
        const host = await lab.namespace("host");
        const conf = [`FIREWALL ${firewall}`, "ENABLE_IPT_FORWARDING Y"];
        const before = [stanza("one", "alice"), stanza("two"), stanza("three", "alice")];
        const files = { folder, accessConf: before.join("\n"), fwknopdConf: conf };
        const first = await startOurs(host, files);
        await knock(host, "192.0.2.1", "one");
        await first.line(/^Added access rule .*192\.0\.2\.1 .*expires at \d+ \(alice\)$/);
        await knock(host, "192.0.2.2", "two");
        await first.line(/^Added access rule .*192\.0\.2\.2 .*expires at \d+$/);
        await knock(host, "192.0.2.3", "three");
        await first.line(/^Added access rule .*192\.0\.2\.3 .*\(alice\)$/);
        const expected = [
          ["192.0.2.1", "1", "alice"],
          ["192.0.2.2", "2", "-"],
          ["192.0.2.3", "3", "alice"],
        ];
        assertEquals(await listed(host, folder), expected);
        await first.stop("SIGKILL");

        // Another stanza has each number now, and another name.
        const after = [stanza("four", "mallory"), ...before].join("\n");
        const second = await startOurs(host, { ...files, accessConf: after });
        await second.line(/^Adopted the rule for 192\.0\.2\.1 .*\(alice\)$/);
        assertEquals(await listed(host, folder), expected);
        await knock(host, "192.0.2.4", "four", "-N", "192.0.2.77:3389");
        await second.line(/\(stanza #1\) NAT: forward .* \(mallory\)$/);
        const names = (await listed(host, folder)).filter(([address]) =>
          expected.every(([known]) => known !== address)
        ).map(([, , name]) => name);
        assertEquals([...new Set(names)], ["mallory"], "every rule of a NAT grant");
        await second.stop();
      }),
  );
}

namespaceTest(
  "refusals and grants in JSON have the names of the stanzas",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const accessConf = [stanza("one", "alice"), stanza("two")].join("\n");
      const daemon = await startOurs(host, { folder, accessConf }, "--log-format", "json");
      await knock(host, "192.0.2.1", "one");
      const granted = JSON.parse(await daemon.line(/"event":"granted"/));
      assertEquals([granted.stanza, granted.name], [1, "alice"]);
      await knock(host, "192.0.2.2", "none");
      const refused = JSON.parse(await daemon.line(/"event":"refused"/));
      assertEquals([refused.stanzas, refused.names], [[1, 2], ["alice", null]]);
      await daemon.stop();
    }),
);

namespaceTest(
  "Debian's fwknopd ignores NAME with one line, and the stanza of invite works there",
  { programs: ["fwknop", "fwknopd", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startReference(host, { folder, accessConf: stanza("one", "alice") });
      const named = daemon.lines.filter((line) => line.includes("NAME"));
      assertEquals(named.length, 1, daemon.lines.join("\n"));
      assertMatch(named[0] ?? "", /^\[\*\] Ignoring unknown access parameter: 'NAME' in /);
      await knock(host, "192.0.2.1", "one");
      await daemon.line(/Added access rule to FWKNOP_INPUT for 192\.0\.2\.1 /);
      await daemon.stop();
    }),
);
