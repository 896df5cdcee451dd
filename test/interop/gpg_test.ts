import { assertEquals } from "../assert.ts";
import { startOurs, startReference } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { GPG_PROGRAMS, GpgHome } from "../support/gpg_home.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

const PASSPHRASE = "geheim & wort";
/** By the number of the stanza. */
const HMAC_KEYS: Readonly<Record<number, string>> = { 1: "hmackey1", 2: "hmackey2" };

/** The keyrings of both ends; gpg.conf lets Debian's tools, too, give a passphrase to gpg. */
class Ends implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    readonly client: GpgHome,
    readonly server: GpgHome,
    readonly signer: string,
  ) {}

  static async make(passphrase: string): Promise<Ends> {
    const client = await GpgHome.make();
    const server = await GpgHome.make();
    const signer = await client.generate("client", passphrase);
    await server.generate("server", passphrase);
    await client.give("client", server);
    await server.give("server", client);
    await server.trust(signer);
    for (const home of [client, server]) {
      await Deno.writeTextFile(`${home.path}/gpg.conf`, "pinentry-mode loopback\n");
      // The agents must not remember passphrases from the making of the keys.
      await home.endAgent();
    }
    return new Ends(await Deno.makeTempDir(), client, server, signer);
  }

  /**
   * Three stanzas: one with an HMAC, one with another HMAC and an unknown signer, and one without HMAC. With
   * passphrases only the first one, whose packet is the only one sent. The result of the last stanza is random: the
   * mac after the OpenPGP data may look like more OpenPGP data, and gpg sometimes accepts that.
   */
  accessConf(passphrase: string): string {
    const gpg = [
      "SOURCE ANY",
      `GPG_HOME_DIR ${this.server.path}`,
      "GPG_DECRYPT_ID server@example.test",
      passphrase === "" ? "GPG_ALLOW_NO_PW Y" : `GPG_DECRYPT_PW ${passphrase}`,
    ];
    const listed = `GPG_FINGERPRINT_ID ${this.signer}`;
    const first = [
      ...[...gpg, `HMAC_KEY ${HMAC_KEYS[1]}`, listed, `GPG_REMOTE_ID ${this.signer.slice(-8)}`, ""],
    ];
    if (passphrase !== "") return first.join("\n");
    return [
      ...first,
      ...[...gpg, `HMAC_KEY ${HMAC_KEYS[2]}`, `GPG_FINGERPRINT_ID ${"A".repeat(40)}`, ""],
      ...[...gpg, listed, ""],
    ].join("\n");
  }

  /** Options of a client for the stanza with that number. */
  options(stanza: number, passphrase: string): string[] {
    return [
      ...[
        "-D",
        `127.0.0.${stanza}`,
        "-A",
        `tcp/${22 + stanza}`,
        "-a",
        "192.0.2.44",
        "--no-rc-file",
      ],
      ...["--gpg-home-dir", this.client.path],
      ...["--gpg-recipient-key", "server@example.test", "--gpg-signer-key", "client@example.test"],
      ...(passphrase === "" ? ["--gpg-no-signing-pw"] : ["--key-rijndael", passphrase]),
      ...(HMAC_KEYS[stanza] === undefined ? [] : ["--key-hmac", HMAC_KEYS[stanza]]),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The lines of a daemon in test mode about each stanza's packet. */
const SAID = [
  /\(stanza #1\) --test mode enabled/,
  /\(stanza #2\) Incoming SPA packet signed by: [0-9A-F]{40}, but that fingerprint is not in/,
  /\(stanza #3\) --test mode enabled/,
];

/** The rows of the field dumps that do not differ from packet to packet; the C daemon prints some twice. */
function lastingRows(lines: readonly string[]): string[] {
  const rows = lines.filter((line) =>
    /^ *(Encryption Mode|HMAC|HMAC Type|GPG [a-z ]+):/i.test(line)
  );
  return [...new Set(rows.map((row) => row.replace(/( HMAC: )[^<].*/, "$1…")))].sort();
}

async function knockAll(
  host: Namespace,
  client: readonly string[],
  ends: Ends,
  passphrase: string,
  daemon: Awaited<ReturnType<typeof startOurs>>,
): Promise<void> {
  // Passphrases are slow by design; one packet is enough to test them.
  const wanted = passphrase === "" ? SAID : SAID.slice(0, 1);
  for (const [index, said] of wanted.entries()) {
    const from = daemon.lines.length;
    await host.must(...client, ...ends.options(index + 1, passphrase));
    await daemon.line(said, { from });
  }
}

for (const passphrase of ["", PASSPHRASE]) {
  const keys = passphrase === "" ? "keys without passphrase" : "passphrases";

  namespaceTest(
    `each server accepts GnuPG packets with ${keys} of each client, with HMAC and without`,
    { programs: ["fwknop", "fwknopd", ...GPG_PROGRAMS] },
    async (lab) => {
      const host = await lab.namespace("host");
      await using ends = await Ends.make(passphrase);
      const files = { folder: ends.folder, accessConf: ends.accessConf(passphrase) };
      const ours = [...SOURCE_PROGRAM, "knock"];
      const reference = ["fwknop", "--no-save-args"];
      const dumps: string[][] = [];
      for (const start of [startOurs, startReference]) {
        const format = start === startOurs ? ["--log-format", "text"] : [];
        const daemon = await start(host, files, "-t", "-v", "-v", ...format);
        for (const client of [ours, reference]) {
          await knockAll(host, client, ends, passphrase, daemon);
        }
        await daemon.stop();
        dumps.push(lastingRows(daemon.lines));
      }
      assertEquals(dumps[0], dumps[1]);
    },
  );
}

namespaceTest(
  "a GnuPG packet opens the firewall after the server has given up unneeded permissions",
  { programs: ["iptables", ...GPG_PROGRAMS] },
  async (lab) => {
    const host = await lab.namespace("host");
    await using ends = await Ends.make("");
    const files = { folder: ends.folder, accessConf: ends.accessConf("") };
    const daemon = await startOurs(host, files);
    await host.must(...SOURCE_PROGRAM, "knock", ...ends.options(1, ""));
    await daemon.line(/Added access rule to FWKNOP_INPUT for 192\.0\.2\.44 -> \S+ tcp\/23,/);
    const signed = /\(stanza #1\) Incoming SPA data signed by '[0-9A-F]{8}' \(fingerprint '/;
    await daemon.line(signed);
    await daemon.stop();
  },
);
