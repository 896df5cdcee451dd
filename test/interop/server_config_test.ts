/**
 * Gives server files to Debian's `fwknopd` and to ours. The C daemon must accept what our daemon accepts, and both
 * must understand it alike.
 */
import fc from "property-testing";
import { dumpConfigText } from "../../lib/config/dump.ts";
import { ACCESS_ROWS } from "../../lib/config/access_variables.ts";
import { systemFiles } from "../../cmd/system_files.ts";
import { type ConfigOutcome, readServerConfig } from "../../lib/config/server_config.ts";
import { assert, assertEquals } from "../assert.ts";
import { accessConf, fwknopdConf } from "../support/config_arbitrary.ts";
import { findings, givenOptions } from "../support/config_files.ts";
import { isThere } from "../support/is_there.ts";
import { testWhere } from "../support/needs.ts";

const NEEDS = { programs: ["fwknopd"] };

const folder = await Deno.makeTempDir();
const CONF = `${folder}/fwknopd.conf`;
const ACCESS = `${folder}/access.conf`;
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

function write(conf: string, access: string): void {
  Deno.writeTextFileSync(CONF, conf, { mode: 0o600 });
  Deno.writeTextFileSync(ACCESS, access, { mode: 0o600 });
}

/** Standard output and error of the C daemon, and whether it accepted the files. */
function reference(action: string): { success: boolean; stdout: string; stderr: string } {
  const command = new Deno.Command("fwknopd", { args: [action, "-c", CONF, "-a", ACCESS] });
  const { success, stdout, stderr } = command.outputSync();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function ours(): ConfigOutcome {
  return readServerConfig(
    givenOptions({ "config-file": CONF, "access-file": ACCESS }),
    systemFiles,
  );
}

/** Names that only our daemon has; the dump shows them where they are set. */
const OURS = ACCESS_ROWS.filter(({ extension }) => extension).map(({ name }) => name).join("|");

/**
 * In our daemon `-c` does not also name an override file (`docs/spec/server.md` 16, row 30), and our own variables
 * are added.
 */
function comparable(dump: string): string {
  return dump.replace(/^ {2}1\. OVERRIDE_CONFIG .*$/m, "")
    .replace(new RegExp(`^ *(${OURS}):  .*\\n`, "gm"), "");
}

function compareDumps(outcome: ConfigOutcome): void {
  assert(outcome.config !== undefined);
  assertEquals(
    comparable(dumpConfigText(outcome.config)),
    comparable(reference("-D").stdout),
  );
}

testWhere(
  "the C daemon accepts every configuration that our daemon accepts, and both dump it alike",
  NEEDS,
  () => {
    fc.assert(
      fc.property(fwknopdConf(`${folder}/run`), accessConf, (conf, access) => {
        write(conf, access);
        const outcome = ours();
        // Only accepted files count as a run, so the number of runs is fixed.
        fc.pre(outcome.config !== undefined);
        const { success, stderr } = reference("--exit-parse-config");
        assert(success, stderr);
        compareDumps(outcome);
      }),
      { numRuns: 30 },
    );
  },
);

testWhere(
  "an error of our daemon starts with the C daemon's text, where the C daemon has an error too",
  NEEDS,
  () => {
    const NAT = "ENABLE_IPT_FORWARDING Y\n";
    const cases: readonly (readonly [conf: string, lines: string])[] = [
      ["MAX_SNIFF_BYTES 0\n", ""],
      ["VERBOSE -1\n", ""],
      ["SYSLOG_FACILITY x\n", ""],
      ["IPT_INPUT_ACCESS x\n", ""],
      ["ENABLE_IPT_SNAT Y\nSNAT_TRANSLATE_IP x\n", ""],
      ["", "OPEN_PORTS tcp\n"],
      ["", "OPEN_PORTS 3389/tcp\n"],
      ["", "DESTINATION nowhere\n"],
      ["", "DESTINATION 192.0.2.1/\n"],
      ["", "DESTINATION 192.0.2.1/33\n"],
      ["", "DESTINATION 192.0.2.1/299.255.255.0\n"],
      ["", "SOURCE aaaa\nKEY abcdefgh\n"],
      ["", "RESTRICT_PORTS tcp\n"],
      ["", "FORCE_NAT Y\n"],
      ["", "FORCE_NAT a a\n"],
      ["", "FORCE_SNAT a\n"],
      [NAT, "FORCE_NAT a a\n"],
      [NAT, "FORCE_NAT 192.0.2.1 x\n"],
      ["", "FW_ACCESS_TIMEOUT -1\n"],
      ["", "MAX_FW_TIMEOUT -1\n"],
      ["", "CMD_CYCLE_TIMER 0\n"],
      ["", "CMD_CYCLE_OPEN x $SRC\n"],
      ["", "CMD_CYCLE_CLOSE x\n"],
      ["", "CMD_CYCLE_OPEN x $SRC\nCMD_CYCLE_CLOSE y\n"],
      ["", `CMD_CYCLE_OPEN ${"x".repeat(256)}\nCMD_CYCLE_CLOSE NONE\n`],
      ["", "KEY __CHANGEME__\n"],
      ["", "HMAC_KEY abcdefgh\n"],
      ["", "HMAC_DIGEST_TYPE x\n"],
      ["", "ENCRYPTION_MODE x\n"],
      ["", "ACCESS_EXPIRE x\n"],
      ["", "ACCESS_EXPIRE_EPOCH 99999999999999999999\n"],
      ["", "CMD_EXEC_USER no.such.user\n"],
      ["", "CMD_EXEC_GROUP no.such.group\n"],
      ["", "GPG_ALLOW_NO_PW Y\n"],
      ["", "GPG_HOME_DIR /no/such/folder\n"],
      ["", "FORCE_NAT 192.0.2.1 22\n"],
      ["", "FORCE_SNAT 192.0.2.1\n"],
      ["", "FORCE_MASQUERADE Y\n"],
      [NAT, "FORCE_NAT 192.0.2.1\n"],
      [NAT, "FORCE_NAT x 22\n"],
      [NAT, "FORCE_NAT 192.0.2.1 70000\n"],
      [NAT, "FORCE_SNAT x\n"],
      [NAT, "FORCE_SNAT 192.0.2.1\n"],
      ["", "%include /no/such/file\n"],
      ["", "%include_folder /no/such/folder\n"],
      ["", `%include ${ACCESS}\n`],
    ];
    for (const [conf, lines] of cases) {
      write(`FWKNOP_RUN_DIR ${folder}/run\n${conf}`, `SOURCE ANY\nKEY abcdefgh\n${lines}`);
      const { success, stdout, stderr } = reference("--exit-parse-config");
      assert(!success, lines);
      const [text = "none"] = ours().diagnostics.flatMap((found) =>
        found.severity === "error" ? [found.text] : []
      );
      assert(`${stdout}${stderr}`.includes(`${text}\n`), `${text}\n---\n${stdout}${stderr}`);
    }
  },
);

testWhere("both daemons dump the examples alike", NEEDS, () => {
  const examples = new URL("../../examples/", import.meta.url);
  const pairs = [
    ["ssh/fwknopd.conf", "ssh/access.conf"],
    ["ssh/fwknopd-udp.conf", "ssh/access.conf"],
    ["rdp/fwknopd.conf", "rdp/access.conf"],
    ["gateway/fwknopd.conf", "gateway/access.conf"],
    ["ipset/fwknopd.conf", "ipset/access.conf"],
    ["ufw/fwknopd.conf", "ufw/access.conf"],
    ["ufw/fwknopd.conf", "ufw/access-open.conf"],
    ["openwrt/generated/fwknopd.conf", "openwrt/generated/access.conf"],
  ];
  for (const pair of pairs) {
    const [conf = "", access = ""] = pair.map((name) =>
      Deno.readTextFileSync(new URL(name, examples))
    );
    // The C daemon makes the run folder even for a dump.
    write(conf.replace(/^FWKNOP_RUN_DIR.*$/m, "") + `\nFWKNOP_RUN_DIR ${folder}/run\n`, access);
    const { config, diagnostics } = ours();
    assert(config !== undefined, JSON.stringify(diagnostics));
    compareDumps({ config, diagnostics });
  }
});

const PACKAGED = "/etc/fwknop/fwknopd.conf";
const NEEDS_PACKAGED = {
  ...NEEDS,
  blocker: isThere(PACKAGED) ? undefined : `there is no ${PACKAGED} (package fwknop-server)`,
};

testWhere(
  "the packaged fwknopd.conf loads without a message, and every name in its comments is known",
  NEEDS_PACKAGED,
  () => {
    const packaged = Deno.readTextFileSync(PACKAGED);
    const access = "SOURCE ANY\nKEY abcdefgh\nHMAC_KEY hmac\nREQUIRE_SOURCE_ADDRESS Y\n";
    write(packaged, access);
    assertEquals(ours().diagnostics, []);
    const settings = packaged.split("\n").filter((line) => /^#[A-Z_]+ +\S/.test(line))
      .map((line) => line.slice(1)).join("\n");
    write(settings, access);
    const unknown = findings(ours().diagnostics, "warning")
      .flatMap((text) => /unknown configuration parameter: '(\S+)'/.exec(text)?.[1] ?? []);
    for (const name of unknown) {
      assert(/^(EXTERNAL_CMD|ENABLE_EXT|EXT_CMD|DIGEST_DB_FILE)/.test(name), name);
    }
  },
);
