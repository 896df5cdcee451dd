import { refuseExposedPrograms } from "../../../lib/daemon/exposed_programs.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { aStanza } from "../../support/stanza.ts";
import { testWhere } from "../../support/needs.ts";

const GPG = {
  requireSignature: true,
  ignoreSignatureErrors: false,
  remoteIds: [],
  fingerprints: [],
} as const;

/** Asserts the refusal of two stanzas, of which the second is the given one. */
function assertRefused(stanza: Stanza, text: string): void {
  assertThrows(
    () => refuseExposedPrograms([aStanza({}), stanza]),
    (error) => error instanceof HintedError && error.message === text,
  );
}

testWhere("the daemon does not start if another user could change a program of a stanza", {
  system: "unix",
}, () =>
  withFolder(async (folder) => {
    const [home, program] = [`${folder}/home`, `${folder}/program`];
    await Deno.mkdir(home, { mode: 0o700 });
    for (const path of [`${home}/gpg.conf`, program]) {
      await Deno.writeTextFile(path, "", { mode: 0o700 });
    }
    const gpg = aStanza({ gpg: { ...GPG, homeDirectory: home, program } });
    const cycle = aStanza({ cycle: { open: `${program} $IP`, close: "/none/such $IP" } });
    refuseExposedPrograms([
      gpg,
      cycle,
      aStanza({ gpg: { ...GPG, homeDirectory: "/none/such" } }),
    ]);

    const others = (path: string): string =>
      `can be changed by others: everybody can write to ${path}`;
    await Deno.chmod(program, 0o777);
    assertRefused(gpg, `[*] GPG_EXE: '${program}' ${others(program)}`);
    assertRefused(cycle, `[*] CMD_CYCLE_OPEN: '${program}' ${others(program)}`);
    const closing = { open: "/none/such", close: `${program} $IP` };
    assertRefused(
      aStanza({ cycle: closing }),
      `[*] CMD_CYCLE_CLOSE: '${program}' ${others(program)}`,
    );
    await Deno.chmod(program, 0o700);
    await Deno.chmod(`${home}/gpg.conf`, 0o666);
    assertRefused(gpg, `[*] GPG_HOME_DIR: '${home}/gpg.conf' ${others(`${home}/gpg.conf`)}`);
    await Deno.chmod(home, 0o777);
    assertRefused(gpg, `[*] GPG_HOME_DIR: '${home}' ${others(home)}`);
  }));

testWhere(
  "a check of the configuration finds such a program too",
  { root: true },
  () =>
    withFolder(async (folder) => {
      const home = `${folder}/gpg`;
      await Deno.mkdir(home);
      await Deno.chown(home, 65534, 65534);
      await Deno.writeTextFile(`${folder}/fwknopd.conf`, `FWKNOP_RUN_DIR ${folder}/run\n`);
      const lines = [
        "SOURCE ANY",
        `GPG_HOME_DIR ${home}`,
        "GPG_ALLOW_NO_PW Y",
        "GPG_DECRYPT_ID ABCD1234",
        "GPG_REMOTE_ID ABCD1235",
      ];
      await Deno.writeTextFile(`${folder}/access.conf`, lines.join("\n") + "\n", { mode: 0o600 });
      const main = new URL("../../../main.ts", import.meta.url).pathname;
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", main, "fwknopd", "-f", "--exit-parse-config", ...files],
      }).output();
      const said = new TextDecoder().decode(stderr).split("\n");
      const text = `[*] GPG_HOME_DIR: '${home}' can be changed by others: user 65534 owns ${home}`;
      assertEquals([code, said.filter((line) => line.includes("GPG_HOME_DIR"))], [1, [text]]);
    }),
);
