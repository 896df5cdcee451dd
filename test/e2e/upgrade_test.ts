/**
 * `fwknop upgrade` on a machine of its own, where systemd runs the service. Other versions are scripts that say another
 * version and then run the compiled binary; the key is that of test builds.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { sumLine } from "../../scripts/build_targets.ts";
import { testKeyPair } from "../../scripts/build.ts";
import { signSums } from "../../scripts/sign.ts";
import { VERSION } from "../../lib/version.ts";
import { stanzaOf } from "../support/command_knock.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";
import {
  type SystemdContainer,
  systemdUnavailable,
  withSystemd,
} from "../support/systemd_container.ts";

const noContainer = await compiledUnavailable() ?? await systemdUnavailable();

const PLATFORM = "linux-x64";
/** A folder of the test, as the machine sees it. */
const SHARED = "/srv/fwknop-test";
const PROGRAM = "/usr/local/bin/fwknop";
const PREVIOUS = "/usr/local/lib/fwknop/fwknop.old";

/** A program that says that it is this version. It is the compiled binary, or one that cannot serve. */
function standIn(version: string, canServe: boolean): string {
  const said = JSON.stringify({ name: "fwknop", version, platform: PLATFORM });
  return `#!/bin/sh
case $1 in
  version) echo '${said}'; exit ;;
  install) exit ;;
  ${canServe ? "nothing" : "serve"}) echo "it does not work here" >&2; exit 1 ;;
esac
exec ${SHARED}/fwknop "$@"
`;
}

/** Writes a release of one file into a folder of its own; returns the path of the file on the machine. */
async function release(
  folder: string,
  version: string,
  program: string | Uint8Array,
): Promise<string> {
  const name = `fwknop-${version}-${PLATFORM}`;
  const bytes = typeof program === "string" ? new TextEncoder().encode(program) : program;
  const sum = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  const sums = new TextEncoder().encode(sumLine(sum, name));
  Deno.mkdirSync(`${folder}/${version}`);
  const at = (file: string) => `${folder}/${version}/${file}`;
  Deno.writeFileSync(at(name), bytes, { mode: 0o755 });
  Deno.writeFileSync(at("SHA256SUMS"), sums);
  const { secretKey } = await testKeyPair();
  Deno.writeTextFileSync(at("SHA256SUMS.minisig"), await signSums(sums, secretKey, version));
  return `${SHARED}/${version}/${name}`;
}

class Machine {
  constructor(readonly container: SystemdContainer) {}

  /** Exit status and everything that the installed program writes. */
  async fwknop(...words: readonly string[]): Promise<readonly [number, string]> {
    const { code, stdout, stderr } = await this.container.run(PROGRAM, ...words);
    return [code, `${stdout}${stderr}`];
  }

  async version(path = PROGRAM): Promise<string> {
    return JSON.parse(await this.container.must(path, "version", "--json")).version;
  }

  /** The main process of the service that is active. */
  async service(): Promise<string> {
    assertEquals(await this.container.property("fwknop", "ActiveState"), "active");
    return await this.container.property("fwknop", "MainPID");
  }
}

namespaceTest(
  "an upgrade restarts the service, goes back where that fails, and takes no older, foreign or changed program",
  { programs: ["nft", "setpriv"], unavailable: () => noContainer },
  (lab) =>
    withFolder(async (folder) => {
      Deno.chmodSync(folder, 0o755);
      const binary = await compiledBinary();
      Deno.copyFileSync(binary, `${folder}/fwknop`);
      const newer = await release(folder, "9.0.0", standIn("9.0.0", true));
      const broken = await release(folder, "9.1.0", standIn("9.1.0", false));
      const older = await release(folder, "0.9.0", standIn("0.9.0", true));
      const liar = await release(folder, "9.2.0", standIn("9.9.9", true));
      const host = await lab.namespace("host");
      await withFolder(async (settings) => {
        const write = (name: string, text: string) =>
          Deno.writeTextFileSync(`${settings}/${name}`, text, { mode: 0o600 });
        write("fwknopd.conf", "PCAP_INTF lo\nFIREWALL nft\n");
        write("access.conf", stanzaOf("OPEN_PORTS tcp/22"));
        const shown = { "/etc/fwknop": settings, [SHARED]: folder };
        await withSystemd(lab, host, shown, async (container) => {
          const machine = new Machine(container);

          // Installed by a user who may not, and by root.
          const user = await container.run(
            ...["setpriv", "--reuid=65534", "--clear-groups", `${SHARED}/fwknop`, "install"],
          );
          assertMatch(user.stderr, /must run as root\n {2}sudo \S+\/fwknop install\n/);
          const installed = await container.must(`${SHARED}/fwknop`, "install");
          assertMatch(installed, /No service was started/);
          // The systemd of the container looks only here.
          for (const unit of ["fwknop", "fwknop-compatible"]) {
            const path = `/usr/local/lib/systemd/system/${unit}.service`;
            Deno.writeTextFileSync(
              `${container.units}/${unit}.service`,
              await container.must("cat", path),
            );
          }
          await container.must("systemctl", "daemon-reload");
          await container.must("systemctl", "start", "fwknop");
          const first = await machine.service();

          // What must not be taken.
          for (
            const [words, reason] of [
              [[older], `fwknop 0.9.0 is older than the installed ${VERSION}`],
              [[liar], "The new program says that it is fwknop 9.9.9"],
              [[newer, "--sums", `${SHARED}/9.1.0/SHA256SUMS`], "signed for version 9.1.0"],
              [[newer, "--signature", `${SHARED}/9.1.0/SHA256SUMS.minisig`], "is wrong"],
              [[newer, "--prefix", "/usr"], "belongs to the package fwknop-client"],
              [[`${SHARED}/fwknop`], "Cannot read"],
            ] as const
          ) {
            const [code, text] = await machine.fwknop("upgrade", ...words);
            assertEquals(code, 1, text);
            assert(text.includes(reason), text);
          }
          const [, dry] = await machine.fwknop("upgrade", newer, "--dry-run");
          assertMatch(dry, /nothing was changed/);
          assertEquals([await machine.version(), await machine.service()], [VERSION, first]);

          // A version that works.
          const [code, text] = await machine.fwknop("upgrade", newer);
          assertEquals(code, 0, text);
          assertMatch(text, /^restarted fwknop\.service: it is ready$/m);
          assertEquals([await machine.version(), await machine.version(PREVIOUS)], [
            "9.0.0",
            VERSION,
          ]);
          const second = await machine.service();
          assert(second !== first, "it is another process");

          // A version that does not.
          const [failed, complaint] = await machine.fwknop("upgrade", broken);
          assertEquals(failed, 1, complaint);
          assertMatch(complaint, /fwknop\.service does not become ready with the new program/);
          assertMatch(complaint, /fwknop 9\.0\.0 is back and fwknop\.service is ready/);
          assertEquals(await machine.version(), "9.0.0");
          assert(await machine.service() !== second, "it was restarted with the old program");
          assertEquals(
            await container.must("ls", "-A", "/usr/local/bin"),
            await container.must(
              ...["sh", "-c", "ls -A /usr/local/bin | grep -v '^\\.fwknop'"],
            ),
            "no hidden files are left",
          );

          // An older version on demand, and the end.
          const [, refused] = await machine.fwknop("upgrade", older);
          assertMatch(refused, /is older than the installed 9\.0\.0/);
          const [down, downText] = await machine.fwknop("upgrade", older, "--downgrade");
          assertEquals(down, 0, downText);
          assertEquals(await machine.version(), "0.9.0");
          const [used, why] = await machine.fwknop("uninstall");
          assertEquals(used, 1);
          assertMatch(why, /systemctl disable --now fwknop\.service/);
          await container.must("systemctl", "stop", "fwknop");
          const [removed, list] = await machine.fwknop("uninstall");
          assertEquals(removed, 0, list);
          for (
            const path of [PROGRAM, PREVIOUS, "/usr/local/sbin/fwknopd", "/usr/local/lib/fwknop"]
          ) {
            assertEquals((await container.run("test", "-e", path)).code, 1, path);
          }
          assertEquals((await container.run("test", "-e", "/etc/fwknop/access.conf")).code, 0);
        });
      });
    }),
);
