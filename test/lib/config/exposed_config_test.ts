import type { Exposure } from "../../../lib/config/exposure.ts";
import { assert, assertEquals } from "../../assert.ts";
import { findings, GOOD_STANZA, readTexts } from "../../support/config_files.ts";

const OWNED: Exposure = {
  text: "user 1000 owns /home/x",
  place: "/home/x",
  by: "owner",
  isOpenFolder: false,
};
const OPEN: Exposure = {
  text: "everybody can write to /srv",
  place: "/srv",
  by: "everybody",
  isOpenFolder: true,
};

/** Lines that make a stanza run commands. */
const COMMANDS = [
  "ENABLE_CMD_EXEC Y\n",
  "CMD_CYCLE_OPEN /bin/x $SRC\nCMD_CYCLE_CLOSE NONE\n",
  "GPG_EXE /home/x/gpg\n",
  "GPG_HOME_DIR /gnupg\n",
];

function errors(system: Parameters<typeof readTexts>[0]): string[] {
  return findings(readTexts({ folders: ["/gnupg"], ...system }).diagnostics, "error");
}

Deno.test("settings that another user can change are an error, whatever they contain", () => {
  for (const exposure of [OWNED, OPEN]) {
    assertEquals(errors({ exposures: { f: exposure } }), [
      `[*] Config file: 'f' can be changed by others: ${exposure.text}`,
    ]);
    const override = { options: { "override-config": "o" }, more: { o: "" } };
    assertEquals(errors({ ...override, exposures: { o: exposure } }), [
      `[*] Config file: 'o' can be changed by others: ${exposure.text}`,
    ]);
  }
});

Deno.test("a program that another user can change is an error if a setting names it", () => {
  for (const name of ["FIREWALL_EXE", "GPG_EXE", "SUDO_EXE"]) {
    assertEquals(errors({ conf: `${name} /home/x/p\n`, exposures: { "/home/x/p": OWNED } }), [
      `[*] ${name}: '/home/x/p' can be changed by others: user 1000 owns /home/x`,
    ]);
  }
  const withArguments = {
    conf: "FIREWALL_EXE /home/x/p --wait\n",
    exposures: { "/home/x/p": OWNED },
  };
  assertEquals(errors(withArguments).length, 1);
});

Deno.test("stanzas that another user can change run no commands", () => {
  assertEquals(
    errors({ exposures: { a: OWNED } }),
    [],
    "without commands it is as in the C daemon",
  );
  for (const lines of COMMANDS) {
    const access = GOOD_STANZA + lines;
    assertEquals(errors({ access }), []);
    assertEquals(errors({ access, exposures: { a: OWNED } }), [
      "a:1:1 [*] Stanza runs commands and can be changed by others: user 1000 owns /home/x " +
      "for access stanza source: 'ANY'",
    ]);
  }
});

Deno.test("a file that an exposed file includes is exposed, and the including file is not", () => {
  const access = "%include b\n";
  for (const commands of COMMANDS) {
    const more = { b: GOOD_STANZA + commands };
    assertEquals(errors({ access, more, exposures: { a: OWNED } }).length, 1);
    assertEquals(errors({ access, more, exposures: { b: OWNED } }).length, 1);
    const above = { access: GOOD_STANZA + commands + "%include b\n", more: { b: GOOD_STANZA } };
    assertEquals(errors({ ...above, exposures: { b: OWNED } }), []);
  }
  const folder = { access: "%include_folder d\n", more: { "d/x.conf": GOOD_STANZA + COMMANDS[0] } };
  assertEquals(errors({ ...folder, exposures: { "d/x.conf": OWNED } }).length, 1);
});

Deno.test("keys that another user can change run no commands, and are accepted otherwise", () => {
  const access = "SOURCE ANY\nREQUIRE_SOURCE_ADDRESS Y\n%include_keys k\n";
  const more = { k: "KEY abcdefgh\nHMAC_KEY hmackey1\n" };
  const exposures = { k: OWNED };
  const { config, diagnostics } = readTexts({ access, more, exposures });
  assertEquals(diagnostics, []);
  assertEquals(config?.stanzas.length, 1);
  for (const commands of COMMANDS) {
    assertEquals(errors({ access: access + commands, more }), []);
    assertEquals(errors({ access: access + commands, more, exposures }).length, 1);
  }
});

Deno.test("a folder that every user can write to is an error, or for keys leaves out the stanza", () => {
  assertEquals(errors({ exposures: { a: OPEN } }), [
    "[*] Access file: 'a' can be changed by others: everybody can write to /srv",
  ]);
  const access = `${GOOD_STANZA}SOURCE 192.0.2.1\n%include_keys k\n`;
  const more = { k: "KEY abcdefgh\nHMAC_KEY hmackey1\n" };
  const { config, diagnostics } = readTexts({ access, more, exposures: { k: OPEN } });
  assertEquals(config?.stanzas.length, 1);
  const [warning = ""] = findings(diagnostics, "warning");
  assert(warning.includes("skipping stanza."), warning);
});
