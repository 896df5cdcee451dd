/**
 * Command lines that people copy from articles (`docs/spec/client.md` 15), in the order of that table. `-T` is added
 * where a packet would leave.
 */
import { runCClient } from "../../cmd/c/client.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A home directory, in which the C client's command line runs. */
async function withHome(
  rc: string | undefined,
  use: (fwknop: (line: string) => Promise<Outcome>, rcPath: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (home) => {
    const rcPath = `${home}/.fwknoprc`;
    if (rc !== undefined) await Deno.writeTextFile(rcPath, rc, { mode: 0o600 });
    await use(async (line) => {
      const context = new BufferContext({ HOME: home, LOGNAME: "alice" });
      const code = await runCClient(line.split(" "), context);
      return { code, out: context.stdout, err: context.stderr };
    }, rcPath);
  });
}

const SERVER = `[default]
ALLOW_IP 192.0.2.7
[spaserver.domain.com]
SPA_SERVER 192.0.2.1
ACCESS tcp/22
KEY secret
HMAC_KEY other
[spaserver]
SPA_SERVER 192.0.2.1
KEY secret
[internet]
SPA_SERVER 192.0.2.1
ACCESS tcp/22  ### note
ALLOW_IP source
KEY_BASE64 c2VjcmV0
[192.0.2.1]
SPA_SERVER 192.0.2.1
ACCESS tcp/22
VERBOSE Y
RESOLVE_IP_HTTPS Y
KEY_BASE64 c2VjcmV0
HMAC_KEY_BASE64 b3RoZXI=
`;

/** A field of the dump. */
function field({ out }: Outcome, name: string): string | undefined {
  return new RegExp(`^ *${name}: (.*)$`, "m").exec(out)?.[1];
}

Deno.test("--key-gen prints two lines, and at the first use the path of the rc file", async () => {
  await withHome(undefined, async (fwknop, rcPath) => {
    const { code, out } = await fwknop("--key-gen");
    assertEquals(code, 0);
    assertEquals(out.startsWith(`[*] Creating initial rc file: ${rcPath}.\nKEY_BASE64: `), true);
    assertMatch((await fwknop("--key-gen")).out, /^KEY_BASE64: \S{44}\nHMAC_KEY_BASE64: \S{88}\n$/);
  });
});

Deno.test("keys that were saved to a stanza are used later, with an address on the command line", async () => {
  await withHome("", async (fwknop, rcPath) => {
    const line = "-A tcp/22 -D example.tld --key-gen --use-hmac --save-rc-stanza";
    const { code, out } = await fwknop(line);
    assertEquals([code, out], [0, `[+] Wrote Rijndael and HMAC keys to rc file: ${rcPath}\n`]);
    const names = (await Deno.readTextFile(rcPath)).trim().split("\n").map((text) =>
      text.split(" ")[0]
    );
    assertEquals(names, [
      ...["[example.tld]", "ACCESS", "SPA_SERVER", "KEY_BASE64", "HMAC_KEY_BASE64", "USE_HMAC"],
    ]);
    const alone = await fwknop("-n example.tld");
    assertEquals([alone.code, alone.err], [
      1,
      "Must use one of [-s|-R|-a] to specify IP for SPA access.\n",
    ]);
    assertEquals((await fwknop("-n example.tld -s -T")).code, 0);
  });
});

Deno.test("a stanza with -R and --verbose needs no other option", async () => {
  await withHome("", async (fwknop, rcPath) => {
    const line = "-A tcp/22 --use-hmac -R -D 2.2.2.2 --key-gen --save-rc-stanza --verbose";
    assertEquals((await fwknop(line)).code, 0);
    const text = await Deno.readTextFile(rcPath);
    assertMatch(text, /^VERBOSE +Y$/m);
    assertMatch(text, /^RESOLVE_IP_HTTPS +Y$/m);
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("192.0.2.77"),
    );
    try {
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const knocked = await fwknop(`-n 2.2.2.2 --resolve-url ${url} -T`);
      assertEquals(knocked.code, 0);
      assertEquals(field(knocked, "Message String"), "192.0.2.77,tcp/22");
    } finally {
      await server.shutdown();
    }
  });
});

Deno.test("options win over stanzas, and stanzas of every kind work", async () => {
  await withHome(SERVER, async (fwknop) => {
    const nat = await fwknop("-N 10.2.1.10:22 -n spaserver.domain.com -T -v");
    assertEquals([nat.code, field(nat, "Nat Access")], [0, "10.2.1.10,22"]);
    const timed = await fwknop("-A tcp/22 -a 192.0.2.9 -f 30 -n spaserver -T -v");
    assertEquals(field(timed, "Message Type"), "3 (Client timeout access msg)");
    const source = await fwknop("-n internet -T -v");
    assertEquals(field(source, "Message String"), "0.0.0.0,tcp/22");
    const byAddress = await fwknop("-n 192.0.2.1 -a 192.0.2.9 -T");
    assertEquals([byAddress.code, field(byAddress, "HMAC Type")], [0, "3 (SHA256)"]);
  });
});

Deno.test("SHA-3 digests and the command line of the Perl era are accepted", async () => {
  await withHome("[default]\nKEY secret\n", async (fwknop) => {
    const line = "-A tcp/22 -a 192.168.1.101 -D 192.168.1.102 -T -v";
    const plain = await fwknop(line);
    assertEquals([plain.code, field(plain, "Digest Type")], [0, "3 (SHA256)"]);
    assertEquals(plain.out.includes("Starting fwknop client"), false);
    const sha3 = await fwknop(`${line} -m sha3_256 --key-hmac other --hmac-digest-type sha3_512`);
    assertEquals([field(sha3, "Digest Type"), field(sha3, "HMAC Type")], [
      "6 (SHA3_256)",
      "7 (SHA3_512)",
    ]);
  });
});

Deno.test("--Forward-access keeps its old meaning in every spelling", async () => {
  await withHome("[default]\nKEY secret\n", async (fwknop) => {
    const line = "-a 192.0.2.7 -D 11.1.1.1 -T -v";
    const ways = [
      "-A tcp/22 --Forward-access 192.168.10.23,5001",
      "-A tcp/22 --NAT-access 192.168.10.23,5001",
      "-A tcp/22 -N 192.168.10.23 --nat-port 5001",
      "-A tcp/5001 -N 192.168.10.23:22",
    ];
    for (const way of ways) {
      const outcome = await fwknop(`${way} ${line}`);
      assertEquals(
        [field(outcome, "Message String"), field(outcome, "Nat Access")],
        ["192.0.2.7,tcp/5001", "192.168.10.23,22"],
        way,
      );
    }
    const opposite = await fwknop(`-A tcp/22 -N 192.168.10.23,5001 ${line}`);
    assertEquals(field(opposite, "Nat Access"), "192.168.10.23,5001");
  });
});
