import { assertEquals } from "../assert.ts";
import {
  MATRIX_CASES,
  matrixAccessConf,
  type MatrixCase,
  matrixOptions,
} from "../support/cipher_matrix.ts";
import { startOurs, startReference } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import type { LoggedProcess } from "../support/logged_process.ts";
import { type Namespace, namespaceTest, until } from "../support/namespace.ts";

/** Seconds a grant lasts. */
const LIFETIME = 6;

/** Twelve combinations in which every digest, every HMAC type and every mode occurs at least once. */
const CHOSEN: readonly (readonly [mode: string, hmac: string | undefined, digest: string])[] = [
  ["cbc", undefined, "md5"],
  ["cbc", "sha256", "sha256"],
  ["cbc", "sha512", "sha1"],
  ["ecb", "md5", "sha384"],
  ["ecb", "sha3_512", "sha256"],
  ["cfb", "sha1", "sha512"],
  ["cfb", "sha384", "md5"],
  ["ofb", "sha256", "sha3_256"],
  ["ofb", "sha3_256", "sha1"],
  ["ctr", "sha384", "sha3_512"],
  ["ctr", "sha512", "sha384"],
  ["legacy", undefined, "sha256"],
];

const CASES: readonly MatrixCase[] = CHOSEN.flatMap(([mode, hmac, digest]) =>
  MATRIX_CASES.filter(({ stanza, digest: name }) =>
    stanza.mode === mode && stanza.hmacType === hmac && name === digest
  )
);

/** The requests; each case admits another address. */
function knockOptions(matrixCase: MatrixCase, index: number): string[] {
  return [
    ...["--no-rc-file", "-D", "127.0.0.1", "-A", "tcp/22"],
    ...["-a", `192.0.2.${index + 1}`, ...matrixOptions(matrixCase)],
  ];
}

/** Addresses with one of our rules in the firewall. */
async function admitted(host: Namespace): Promise<string[]> {
  const rules = await host.must("iptables", "-S", "FWKNOP_INPUT");
  const pattern =
    /^-A FWKNOP_INPUT -s (\S+)\/32 -p tcp -m tcp --dport 22 .*--comment _exp_[0-9]+ -j ACCEPT$/gm;
  return Array.from(rules.matchAll(pattern), ([, address = ""]) => address);
}

async function knockAndWatch(
  host: Namespace,
  daemon: LoggedProcess,
  client: readonly string[],
): Promise<void> {
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    for (const address of await admitted(host)) seen.add(address);
  };
  for (const [index, matrixCase] of CASES.entries()) {
    await host.must(...client, ...knockOptions(matrixCase, index));
    await daemon.line(new RegExp(`Added access rule .* for 192\\.0\\.2\\.${index + 1} `));
    await look();
  }
  assertEquals([...seen], CASES.map((_, index) => `192.0.2.${index + 1}`));
  await until("every rule is gone", async () => (await admitted(host)).length === 0, 30);
  const removals = (): number =>
    daemon.lines.filter((line) => line.startsWith("Removed rule")).length;
  await until("every removal is logged", () => removals() === CASES.length);
}

const accessConf = matrixAccessConf([`FW_ACCESS_TIMEOUT ${LIFETIME}`, "OPEN_PORTS tcp/22"]);

namespaceTest(
  "serve adds and ends rules for packets of the C client",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf });
      await knockAndWatch(host, daemon, ["fwknop", "--no-save-args"]);
      await daemon.stop();
    }),
);

namespaceTest(
  "the C daemon adds and ends rules for packets of knock",
  { programs: ["fwknopd", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startReference(host, { folder, accessConf });
      await knockAndWatch(host, daemon, [...SOURCE_PROGRAM, "knock"]);
      await daemon.stop();
    }),
);
