import { assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Ended, type Namespace, namespaceTest } from "../support/namespace.ts";

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
const SETTINGS = "ENABLE_UDP_SERVER Y\n";

interface Case {
  readonly what: string;
  readonly access?: string;
  readonly settings?: string;
  readonly options?: readonly string[];
  /** Words before the program. */
  readonly before?: readonly string[];
  /** Runs first in the namespace. */
  readonly prepare?: (host: Namespace) => Deno.ChildProcess;
  /** The error line, and the hint below it. */
  readonly says: RegExp;
  readonly code?: number;
}

const CASES: readonly Case[] = [
  {
    what: "an absent configuration file",
    options: ["-c", "/nonexistent/fwknopd.conf"],
    says: /^\[\*\] Config file: '\/nonexistent\/fwknopd\.conf' was not found\.\n {2}\S/m,
  },
  {
    what: "an unknown option",
    options: ["--acces-file", "x"],
    says: /fwknop serve has no option --acces-file\n {2}did you mean --access-file\?/,
    code: 2,
  },
  {
    what: "a key that is not base64",
    access: "SOURCE ANY\nKEY_BASE64 not/base64!\nHMAC_KEY hmackey1\n",
    says:
      /KEY_BASE64 argument .* doesn't look like base64-encoded data\.\n {2}at \S+access\.conf:2:/,
  },
  {
    what: "a stanza without a key",
    access: "SOURCE ANY\nOPEN_PORTS tcp/22\n",
    says: /No keys found for access stanza source: 'ANY'/,
  },
  {
    what: "a variable out of its range",
    settings: `${SETTINGS}MAX_SPA_PACKET_AGE 0\n`,
    says: /var MAX_SPA_PACKET_AGE value '0' not in the range 1-100000\n {2}at \S+fwknopd\.conf:2:/,
  },
  {
    what: "no firewall program",
    settings: `${SETTINGS}FIREWALL_EXE /nonexistent/iptables\n`,
    says: /\/nonexistent\/iptables[^\n]*\n {2}\S/,
  },
  {
    what: "a port in use",
    prepare: (host) =>
      host.spawn([
        Deno.execPath(),
        "eval",
        "--ext=cjs",
        `require("node:dgram").createSocket("udp4").bind(62201, () => console.log("bound"))`,
      ], { stdout: "piped", stderr: "null" }),
    says: /Cannot listen on UDP port 62201: .*in use\n {2}\S/,
  },
  {
    what: "a packet limit that is no number",
    options: ["-C", "many"],
    says: /--packet-limit 'many' is not a number of packets\n {2}0 means no limit/,
  },
];

for (const one of CASES) {
  namespaceTest(
    `serve refuses ${one.what} in one line with a hint, and changes nothing`,
    { programs: ["iptables"] },
    async (lab) => {
      const host = await lab.namespace("host");
      const folder = await Deno.makeTempDir();
      const helper = one.prepare?.(host);
      try {
        const reader = helper?.stdout.getReader();
        await reader?.read();
        await reader?.cancel();
        const ended = await serve(host, folder, one);
        assertMatch(ended.stderr, one.says);
        assertEquals(ended.code, one.code ?? 1);
        assertEquals(ended.stderr.includes("    at "), false, `a stack: ${ended.stderr}`);
        const rules = await host.must("iptables", "-S");
        assertEquals(rules.trim().split("\n").filter((line) => !line.startsWith("-P")), []);
      } finally {
        helper?.kill("SIGKILL");
        await helper?.status;
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}

namespaceTest(
  "serve without the permission to change the firewall says so and names what to do",
  { programs: ["iptables", "setpriv"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await withFolder(async (folder) => {
      // Root without capabilities: it can read the files and cannot change the firewall.
      const before = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];
      const ended = await serve(host, folder, { what: "", says: /./, before });
      assertMatch(ended.stderr, /[Rr]oot|CAP_NET_ADMIN/);
      assertEquals(ended.code, 1);
    });
  },
);

async function serve(host: Namespace, folder: string, one: Case): Promise<Ended> {
  const { access = STANZA, settings = SETTINGS, options = [], before = [] } = one;
  const conf = `${settings}FWKNOP_RUN_DIR ${folder}/run\n`;
  await Deno.writeTextFile(`${folder}/fwknopd.conf`, conf, { mode: 0o644 });
  await Deno.writeTextFile(`${folder}/access.conf`, access, { mode: 0o644 });
  const files = options.includes("-c") ? [] : ["-c", `${folder}/fwknopd.conf`];
  return await host.run(
    ...before,
    ...SOURCE_PROGRAM,
    ...["serve", "-f", ...files, "-a", `${folder}/access.conf`, ...options],
  );
}
