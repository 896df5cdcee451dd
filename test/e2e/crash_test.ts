import { assert, assertEquals } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../support/namespace.ts";

/** Moments at which the server is killed, per firewall; raise it for a long run. */
const POINTS = Number(Deno.env.get("FWKNOP_CRASH_POINTS") ?? "10");
/** Seconds a grant lasts: some end while no server runs, some while the next one does. */
const LIFETIME = 3;
const STANZA =
  `SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT ${LIFETIME}\nREQUIRE_SOURCE_ADDRESS Y\n`;

interface Kind {
  readonly settings: readonly string[];
  /** Prints all our rules. */
  readonly list: readonly string[];
  /** The part of the output that identifies each rule. */
  readonly rule: RegExp;
}

const KINDS: Readonly<Record<string, Kind>> = {
  iptables: {
    settings: ["FIREWALL iptables"],
    list: ["iptables", "-S"],
    rule: /-s (\S+)\/32 .*_exp_([0-9]+)/g,
  },
  nft: {
    settings: ["FIREWALL nft", "NFT_PROTECT tcp/22"],
    list: ["nft", "list", "set", "inet", "fwknop", "access4"],
    rule: /([0-9.]+) \. tcp \. 22 .*?_exp_([0-9]+)/g,
  },
};

/** Address and end of each of our rules. */
async function rulesOf(host: Namespace, { list, rule }: Kind): Promise<[string, number][]> {
  const { stdout } = await host.run(...list);
  return Array.from(stdout.matchAll(rule), ([, who = "", end = ""]) => [who, Number(end)]);
}

/** Knocks for one address after the other until it is stopped, also while no server runs. */
function knockOnAndOn(host: Namespace): { stop(): Promise<void> } {
  let stopped = false;
  const knocking = (async () => {
    for (let count = 1; !stopped; count++) {
      const address = `10.7.${count >> 8}.${count & 255}`;
      const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", address, "-A", "tcp/22"];
      const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1", "--no-save-args"];
      await host.run("fwknop", ...to, ...keys);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await knocking;
    },
  };
}

for (const [name, kind] of Object.entries(KINDS)) {
  namespaceTest(
    `${name}: a server that is killed at ${POINTS} random moments leaves no rule open and none doubled`,
    { programs: ["fwknop", kind.list[0] ?? ""] },
    (lab) => withFolder((folder) => crash(lab, folder, kind)),
  );
}

async function crash(lab: Lab, folder: string, kind: Kind): Promise<void> {
  const host = await lab.namespace("host");
  const files = { folder, accessConf: STANZA, fwknopdConf: kind.settings };
  const knocking = knockOnAndOn(host);
  try {
    for (let point = 0; point < POINTS; point++) {
      const left = await rulesOf(host, kind);
      const daemon = await startOurs(host, files);
      const adopted = await rulesOf(host, kind);
      assertUnique(adopted);
      const now = Date.now() / 1000;
      for (const [address, end] of left) {
        const isThere = adopted.some(([other]) => other === address);
        assert(isThere || end <= now, `${address} was granted until ${end}, and is gone`);
      }
      await daemon.line(/Added access rule/);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
      await daemon.stop("SIGKILL");
      assertUnique(await rulesOf(host, kind));
    }
  } finally {
    await knocking.stop();
  }
  const daemon = await startOurs(host, files);
  await until(
    "everything is closed",
    async () => (await rulesOf(host, kind)).length === 0,
    LIFETIME + 10,
  );
  assertEquals(daemon.lines.filter((line) => /rror|may be left/.test(line)), []);
  await daemon.stop();
  assertEquals(await rulesOf(host, kind), []);
}

function assertUnique(rules: readonly (readonly [string, number])[]): void {
  const addresses = rules.map(([address]) => address);
  assertEquals(new Set(addresses).size, addresses.length, `doubled: ${addresses.join(" ")}`);
}
