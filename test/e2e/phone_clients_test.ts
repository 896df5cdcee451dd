/**
 * Packets of clients on phones and desktops. These clients have no setting for the user name, take keys as text or
 * base64, with or without HMAC, and admit any address that their user types (docs/recipes/android.md). The tests use
 * the recipe's own stanza.
 */
import { ROOT } from "../../scripts/process.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { serveOn } from "../support/gateway.ts";
import { namespaceTest } from "../support/namespace.ts";
import { withFolder } from "../support/folder.ts";

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";
const KEY_BASE64 = btoa("k".repeat(32));
const HMAC_KEY_BASE64 = btoa("h".repeat(64));

const STANZAS = `
SOURCE               ANY
OPEN_PORTS           tcp/22
KEY_BASE64           ${KEY_BASE64}
HMAC_KEY_BASE64      ${HMAC_KEY_BASE64}

SOURCE               ANY
OPEN_PORTS           tcp/22, tcp/443
KEY                  correct horse battery
HMAC_KEY             staple and some more
HMAC_DIGEST_TYPE     SHA512

SOURCE               ANY
OPEN_PORTS           tcp/22
KEY                  without any hmac
`;

const BASE64 = ["--key-base64-rijndael", KEY_BASE64, "--key-base64-hmac", HMAC_KEY_BASE64];
const TEXT = [
  ...["--key-rijndael", "correct horse battery", "--key-hmac", "staple and some more"],
  ...["--hmac-digest-type", "sha512"],
];

interface Knock {
  readonly name: string;
  readonly words: readonly string[];
  /** The address that must be admitted. */
  readonly admitted: string;
}

const KNOCKS: readonly Knock[] = [
  {
    name: "base64 keys, the name of no user",
    words: ["-U", "NO_USER", "-a", "192.0.2.1", ...BASE64],
    admitted: "192.0.2.1",
  },
  {
    name: "base64 keys, the name of an app",
    words: ["-U", "u0_a217", "-a", "192.0.2.2", ...BASE64],
    admitted: "192.0.2.2",
  },
  {
    name: "a name of one letter",
    words: ["-U", "-", "-a", "192.0.2.3", ...BASE64],
    admitted: "192.0.2.3",
  },
  {
    name: "an address behind the phone's own NAT",
    words: ["-U", "NO_USER", "-a", "10.0.2.15", ...BASE64],
    admitted: "10.0.2.15",
  },
  { name: "the packet's source", words: ["-U", "NO_USER", "-s", ...BASE64], admitted: CLIENT },
  {
    name: "text keys, another digest",
    words: ["-U", "NO_USER", "-a", "192.0.2.4", ...TEXT],
    admitted: "192.0.2.4",
  },
  {
    name: "a text key and no HMAC",
    words: ["-U", "NO_USER", "-a", "192.0.2.5", "--key-rijndael", "without any hmac"],
    admitted: "192.0.2.5",
  },
];

namespaceTest(
  "the server accepts packets of phones and desktops, with any user name and address",
  { programs: ["iptables", "fwknop"] },
  async (lab) => {
    const [server, client] = [await lab.namespace("server"), await lab.namespace("client")];
    await lab.cable(
      { namespace: server, device: "eth0", addresses: [`${SERVER}/24`] },
      { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`] },
    );
    await withFolder(async (folder) => {
      const daemon = await serveOn(server, folder, STANZAS, "PCAP_INTF eth0\n");
      for (const [index, { words, admitted }] of KNOCKS.entries()) {
        // Both clients, in turn: phone clients use the library of the first one.
        const program = index % 2 === 0
          ? ["fwknop", "--no-save-args"]
          : [...SOURCE_PROGRAM, "knock"];
        const from = daemon.lines.length;
        const common = ["--no-rc-file", "-D", SERVER, "-A", "tcp/22"];
        await client.must(...program, ...common, ...words);
        const pattern = new RegExp(`Added access rule .* for ${admitted.replaceAll(".", "\\.")} `);
        await daemon.line(pattern, { from });
      }
      await daemon.stop();
    });
  },
);

Deno.test("the server accepts the recipe's stanza, and the stanza names no user", async () => {
  const recipe = await Deno.readTextFile(`${ROOT}docs/recipes/android.md`);
  const stanza = /^```\n(SOURCE[\s\S]*?)^```$/m.exec(recipe)?.[1] ?? "";
  assertMatch(stanza, /^HMAC_KEY_BASE64 /m);
  assertEquals(/REQUIRE_USERNAME|REQUIRE_SOURCE /.test(stanza), false);
});
