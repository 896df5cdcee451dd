import fc from "property-testing";
import {
  formatFwknoprc,
  hasStanza,
  outsideStanzas,
  parseFwknoprc,
  readStanza,
  stanzaNames,
} from "../../../lib/config/fwknoprc.ts";
import { FWKNOPRC_VARIABLES } from "../../../lib/config/client_rows.ts";
import { assert, assertEquals } from "../../assert.ts";

/** Entries of [default] as name and value, and the texts of the findings. */
function read(text: string, stanza = "default") {
  const { entries, diagnostics } = readStanza(parseFwknoprc(text, "rc"), stanza);
  return {
    entries: entries.map(({ name, value }) => [name, value]),
    texts: diagnostics.map(({ text }) => text),
    places: diagnostics.map(({ position }) => `${position?.line}:${position?.column}`),
    hints: diagnostics.map(({ hint }) => hint),
  };
}

Deno.test("the table has the 44 variables of the C client, each once", () => {
  const inherited = FWKNOPRC_VARIABLES.filter(({ scope }) => scope === undefined);
  assertEquals(new Set(inherited.map(({ variable }) => variable)).size, 44);
});

Deno.test("any text can be parsed, and its lines give it back", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom("[default]", "KEY x", "# c", "", "SPA_SERVER:\th # c", "[x", "\r", "  "),
  );
  const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", ""))).map((lines) =>
    lines.flat().join("")
  );
  fc.assert(fc.property(text, fc.string(), (text, stanza) => {
    const rc = parseFwknoprc(text, "rc");
    assertEquals(formatFwknoprc(rc), text);
    readStanza(rc, stanza);
    stanzaNames(rc);
  }));
});

Deno.test("lines that begin with # or ; and empty lines are skipped", () => {
  assertEquals(read("[default]\n# KEY a\n;KEY b\n\n\r\nKEY c\n").entries, [["KEY", "c"]]);
});

Deno.test("a line holds a name, blanks or tabs, and a value; a colon may follow the name", () => {
  const text = "[default]\nKEY a\n\tACCESS\t \ttcp/22\nSPA_SERVER: h\n";
  assertEquals(read(text).entries, [["KEY", "a"], ["ACCESS", "tcp/22"], ["SPA_SERVER", "h"]]);
});

Deno.test("a value ends at a blank, a semicolon, a number sign or a carriage return", () => {
  const text = "[default]\nKEY a b\nKEY c;d\nKEY e#f\nKEY g\r\nACCESS tcp/22  ### note\n";
  assertEquals(read(text).entries.map(([, value]) => value), ["a", "c", "e", "g", "tcp/22"]);
});

Deno.test("a key is read whole, or the error says where it ends", () => {
  const printable = fc.string({ minLength: 1 }).map((text) => text.replace(/[^ -~]/g, "x").trim())
    .filter((text) => text !== "");
  const secret = fc.constantFrom("KEY", "HMAC_KEY", "GPG_SIGNING_PW", "KEY_BASE64");
  fc.assert(fc.property(secret, printable, (name, key) => {
    const rc = parseFwknoprc(`[default]\n${name} ${key}\n`, "rc");
    const { entries, diagnostics } = readStanza(rc, "default");
    const taken = entries[0]?.value === key;
    // A `;` at the end, or a comment after base64, is not part of a key.
    const isClosed = name === "KEY_BASE64" ? /[ ;#]/.test(key) : /^[^ #;]+[ ;]+$/.test(key);
    assert(taken || isClosed || diagnostics[0]?.severity === "error", `${name} ${key}`);
    assert(!taken || diagnostics.length === 0, `${name} ${key}`);
    // In the C dialect the client knocks as the C client does, and warns.
    const compat = readStanza(rc, "default", "warning");
    assertEquals(compat.entries, entries);
    assert(
      compat.diagnostics.every(({ severity, text }) =>
        severity === "warning" || text.startsWith("*Invalid entry")
      ),
    );
  }));
});

Deno.test("text after a value is a warning with its position, unless it is a comment", () => {
  const told = (line: string) => {
    const { diagnostics } = readStanza(parseFwknoprc(`[default]\n${line}\n`, "rc"), "default");
    return diagnostics.map(({ severity, text, position, hint }) =>
      `${severity} ${position?.column} ${text} / ${hint}`
    );
  };
  const silent = ["ACCESS tcp/22 # ssh", "ACCESS: tcp/22;", "ACCESS tcp/22 ;ssh", "KEY: abc;"];
  silent.push("ACCESS tcp/22; # ssh", "KEY_BASE64 a2V5 # laptop", "KEY_COMMAND pass show #1;x");
  for (const line of silent) assertEquals(told(line), [], line);
  assertEquals(told("KEY correct horse"), [
    "error 13 the value of KEY ends at the blank: what follows would be cut off / " +
    "write all of it in base64, which printf %s 'PASSPHRASE' | base64 makes, as KEY_BASE64",
  ]);
  assertEquals(
    told("HMAC_KEY h#1;x")[0]?.slice(0, 56),
    "error 11 the value of HMAC_KEY ends at the '#': what fol",
  );
  // Only the owner knows whether this is a comment or the rest of the passphrase.
  assertEquals(told("KEY abc # laptop").length, 1);
  assertEquals(told("KEY_BASE64 a2V5#x")[0]?.slice(0, 8), "error 16");
  assertEquals(told("ACCESS tcp/22, udp/53"), [
    "warning 16 the value of ACCESS ends at the blank: what follows has no effect / " +
    "write the list without blanks",
  ]);
  assertEquals(told("WGET_CMD /usr/bin/wget -4")[0]?.slice(0, 10), "warning 24");
  assertEquals(told("KEY = abc"), [
    "error 7 the value of KEY is '=' / write NAME value, without '='",
  ]);
});

Deno.test("KEY_COMMAND takes the rest of the line", () => {
  assertEquals(read("[default]\nKEY_COMMAND: pass show a;b # c  \r\n").entries, [
    ["KEY_COMMAND", "pass show a;b # c"],
  ]);
});

Deno.test("an equals sign with blanks around it is the value", () => {
  assertEquals(read("[default]\nACCESS = tcp/22\n").entries, [["ACCESS", "="]]);
});

Deno.test("a line without a value stops the reading and is an error with its position", () => {
  for (const line of ["ACCESS", "ACCESS=tcp/22", "ACCESS:tcp/22", "ACCESS #x", " ", "[x"]) {
    const found = read(`[default]\n${line}\nKEY x\n`);
    assertEquals(found.texts, [`*Invalid entry in '${line}'`]);
    assertEquals(found.entries, []);
    assertEquals(found.places[0]?.split(":")[0], "2");
  }
});

Deno.test("an unknown variable is an error with its position and the nearest known name", () => {
  const found = read("[default]\n  SPA_SERVR host\nKEY x\n");
  assertEquals(found.texts, ["Parameter error in rc, line 2: var=SPA_SERVR, val=(hidden)"]);
  const hint = (line: string) =>
    readStanza(parseFwknoprc(`[a]\n${line}\n`, "rc"), "a").diagnostics[0]?.hint;
  assertEquals(
    hint("OPEN_PORTS tcp/22"),
    "it belongs in the server's access.conf; here it is ACCESS",
  );
  assertEquals(hint("NOTHING_LIKE_IT x"), "fwknop print man fwknoprc lists the variables");
  assertEquals(found.places, ["2:3"]);
  assertEquals(found.hints, ["did you mean SPA_SERVER?"]);
  assertEquals(found.entries, [["KEY", "x"]]);
});

Deno.test("an indented comment is an unknown variable, and the hint says why", () => {
  const found = read("[default]\n  # x\n");
  assertEquals(found.texts, ["Parameter error in rc, line 2: var=#, val=(hidden)"]);
  assert(found.hints[0]?.includes("first column"));
});

Deno.test("no finding shows key material", () => {
  const lines = ["KEY=secret", "KEY_BASE46 secret", "HMACKEY secret", "KEY_BASE64:secret"];
  // Variables of other programs hold secrets too, and a line may be a key without its name.
  lines.push("TOTP_SEED_BASE64 secret", "TOTP_SEED_BASE64=secret", "secret", "KEY secret#1;x");
  for (const line of lines) {
    const found = read(`[default]\n${line}\n`);
    assertEquals(found.texts.length, 1, line);
    assert(!found.hints.join().includes("secret"), found.hints.join());
    assert(!found.texts.join().includes("secret"), found.texts.join());
  }
});

Deno.test("names of variables are case-sensitive, and names of stanzas are not", () => {
  assertEquals(read("[DeFault]\nkey x\n").texts.length, 1);
  assertEquals(read("[Home NET]\nKEY x\n", "home net").entries, [["KEY", "x"]]);
});

Deno.test("blanks before a header and text after it are ignored, blanks inside are kept", () => {
  assertEquals(
    stanzaNames(parseFwknoprc("  [a b] # c\n[ d ]\n[default]\n[DEFAULT]\n[a b]", "rc")),
    [
      "a b",
      " d ",
      "a b",
    ],
  );
});

Deno.test("lines before any stanza and in other stanzas are ignored", () => {
  const text = "BOGUS\nBOGUS x\n[other]\nBOGUS\n[default]\nKEY x\n[third]\n=\n";
  assertEquals(read(text), { entries: [["KEY", "x"]], texts: [], places: [], hints: [] });
});

Deno.test("stanzas of the same name are all read, in file order", () => {
  const text = "[a]\nKEY 1\n[b]\nKEY 2\n[A]\nKEY 3\n";
  assertEquals(read(text, "a").entries, [["KEY", "1"], ["KEY", "3"]]);
  assert(hasStanza(parseFwknoprc(text, "rc"), "B"));
  assert(!hasStanza(parseFwknoprc(text, "rc"), "c"));
});

Deno.test("lines before the first stanza are one warning with a position and without a value", () => {
  const told = (text: string) => outsideStanzas(parseFwknoprc(text, "rc"));
  const [warning, ...more] = told(
    "# mine\n \n  KEY secret\nSPA_SERVER h\n[default]\nACCESS tcp/22\n",
  );
  assertEquals(more, []);
  assertEquals(warning?.severity, "warning");
  assertEquals(warning?.position, { file: "rc", line: 3, column: 3 });
  assert(!JSON.stringify(warning).includes("secret"));
  assertEquals(told("KEY=secret").map(({ position }) => position?.line), [1]);
  for (const text of ["", "# KEY secret\n\n", "\t\n  # indented\n ;\n[s]\nKEY k\n"]) {
    assertEquals(told(text), [], text);
  }
});
