import { filesFrom, settingsFrom } from "../../../lib/config/absolute_paths.ts";
import { readServerConfig } from "../../../lib/config/server_config.ts";
import { assert, assertEquals } from "../../assert.ts";
import { givenOptions, GOOD_STANZA, memoryFiles } from "../../support/config_files.ts";

Deno.test("relative paths in files keep their meaning from another folder", () => {
  const files = memoryFiles({
    "/start/f":
      "ACCESS_FILE etc/a\nDIGEST_FILE seen\nFWKNOP_RUN_DIR /run/x\nGPG_EXE gpg\nOVERRIDE_CONFIG o\n",
    "/start/o": "MAX_SPA_PACKET_AGE 7\n",
    "/start/etc/a": "%include etc/b\n%include_folder etc/d\n",
    "/start/etc/b": GOOD_STANZA,
    "/start/etc/d/c.conf": `${GOOD_STANZA}%include_keys k\n`,
    "/start/k": "KEY zyxwvuts\n",
  });
  const options = givenOptions({ "config-file": "f" });
  const { config, diagnostics } = readServerConfig(options, filesFrom("/start", files));
  assert(config !== undefined, JSON.stringify(diagnostics));
  assertEquals(config.stanzas.length, 2);
  const settings = settingsFrom("/start", config.settings);
  assertEquals(settings.DIGEST_FILE, "/start/seen");
  assertEquals(settings.ACCESS_FILE, "/start/etc/a");
  assertEquals(settings.FWKNOP_PID_FILE, "/run/x/fwknopd.pid");
  assertEquals([settings.GPG_EXE, settings.SUDO_EXE], ["gpg", "/usr/bin/sudo"]);
  assertEquals(settings.MAX_SPA_PACKET_AGE, 7);
});
