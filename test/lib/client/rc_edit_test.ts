import fc from "property-testing";
import { formatFwknoprc, parseFwknoprc, readStanza } from "../../../lib/config/fwknoprc.ts";
import { criticalVariables, writeStanza } from "../../../lib/client/rc_edit.ts";
import { type RcSetting, unwritable } from "../../../lib/client/rc_text.ts";
import { assert, assertEquals } from "../../assert.ts";

const FILE = `# mine
[default]
# about keys
USE_HMAC Y

[one]
# the server
SPA_SERVER a
KEY old   # why
ACCESS tcp/22

; end
[two]
KEY two
`;

function write(text: string, stanza: string, settings: readonly RcSetting[], keep: string[] = []) {
  return writeStanza(parseFwknoprc(text, "rc"), stanza, settings, new Set(keep));
}

Deno.test("a new stanza is appended after a blank line, and the rest is kept to the byte", () => {
  const line = "ACCESS                      tcp/22\n";
  assertEquals(
    write(FILE, "new", [{ name: "ACCESS", value: "tcp/22" }]),
    `${FILE}\n[new]\n${line}`,
  );
  assertEquals(write("", "new", [{ name: "ACCESS", value: "tcp/22" }]), `[new]\n${line}`);
  assertEquals(write("# x", "new", []), "# x\n\n[new]\n");
});

Deno.test("an existing stanza gets the new lines and keeps its comments", () => {
  const text = write(FILE, "ONE", [
    { name: "KEY", value: "new" },
    { name: "SPA_SERVER", value: "b" },
    { name: "FW_TIMEOUT", value: "9" },
  ]);
  assertEquals(
    text,
    FILE.replace("SPA_SERVER a", "SPA_SERVER                  b")
      .replace("KEY old   # why", "KEY                         new")
      .replace("ACCESS tcp/22\n", "FW_TIMEOUT                  9\n"),
  );
});

Deno.test("critical variables are found, and those to keep keep their lines", () => {
  const rc = parseFwknoprc(`${FILE}[one]\nGPG_SIGNER x\nHMAC_KEY y\nKEY z\n`, "rc");
  assertEquals(criticalVariables(rc, "one"), ["KEY", "GPG_SIGNER", "HMAC_KEY"]);
  const text = write(FILE, "one", [{ name: "KEY", value: "new" }], ["KEY"]);
  assert(text.includes("KEY old   # why\n") && !text.includes("new"));
});

Deno.test("a value that a line cannot hold is refused", () => {
  for (const value of ["", "a b", "a\tb", "a;b", "a#b", "a\nb"]) {
    assert(unwritable({ name: "KEY", value }) !== undefined);
  }
  assertEquals(unwritable({ name: "KEY", value: "a=b" }), undefined);
});

Deno.test("a written stanza reads back, and other stanzas do not change", () => {
  const value = fc.stringMatching(/^[!-:<-~][!-"$-:<-~]*$/).filter((text) => !/[#;]/.test(text));
  const settings = fc.tuple(value, value).map(([key, server]) => [
    { name: "SPA_SERVER", value: server },
    { name: "KEY", value: key },
  ]);
  fc.assert(fc.property(settings, (settings) => {
    const rc = parseFwknoprc(write(FILE, "one", settings), "rc");
    const read = readStanza(rc, "one").entries.map(({ name, value }) => ({ name, value }));
    assertEquals(read, settings);
    assertEquals(readStanza(rc, "two").entries.map(({ value }) => value), ["two"]);
    const again = writeStanza(rc, "one", settings, new Set());
    assertEquals(again, formatFwknoprc(rc));
  }));
});
