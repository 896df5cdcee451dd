import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { templatePieces } from "../../../lib/config/cycle_variables.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import { findings, GOOD_STANZA, readTexts } from "../../support/config_files.ts";

/** The stanza with these lines, which begin on line 5, and its warnings. */
function read(lines: string): { stanza: Stanza | undefined; warnings: string[]; errors: string[] } {
  const { config, diagnostics } = readTexts({ access: `${GOOD_STANZA}${lines}\n` });
  return {
    stanza: config?.stanzas[0]?.stanza,
    warnings: findings(diagnostics, "warning"),
    errors: findings(diagnostics, "error"),
  };
}

Deno.test("a cycle with every known variable loads without a warning", () => {
  const variables = "$IP $SRC $PKT_SRC $DST $PORT $PROTO $PROTO_NAME $TIMEOUT $CLIENT_TIMEOUT";
  const { warnings, stanza } = read(
    `CMD_CYCLE_OPEN /bin/open ${variables}\nCMD_CYCLE_CLOSE /bin/close ${variables}\nCMD_CYCLE_TIMER 9`,
  );
  assertEquals(warnings, []);
  assertEquals(stanza?.cycle?.timer, 9);
});

Deno.test("a dollar that begins no variable is a warning at its position, with the nearest name", () => {
  const { warnings } = read("CMD_CYCLE_OPEN /bin/open $SRC $PROT ${PORT}\nCMD_CYCLE_CLOSE NONE");
  assertEquals(warnings, [
    "a:5:31 '$PROT' in CMD_CYCLE_OPEN is not a variable and loses its '$' for stanza source: 'ANY' (#1)",
    "a:5:37 '$' in CMD_CYCLE_OPEN is not a variable and loses its '$' for stanza source: 'ANY' (#1)",
  ]);
});

Deno.test("an open command that names no address is a warning: it may admit everybody", () => {
  const { warnings } = read(
    "CMD_CYCLE_OPEN /usr/sbin/ufw allow $PORT\nCMD_CYCLE_CLOSE /usr/sbin/ufw delete allow $PORT\nCMD_CYCLE_TIMER 9",
  );
  assertEquals(warnings, [
    "a:5:16 CMD_CYCLE_OPEN names no address, so it may admit everybody for stanza source: 'ANY' (#1)",
  ]);
});

Deno.test("an open command without a close command is an error that says what to write", () => {
  const { config, diagnostics } = readTexts({
    access: `${GOOD_STANZA}CMD_CYCLE_OPEN /bin/open $SRC\n`,
  });
  assertEquals(config, undefined);
  const error = diagnostics.find(({ severity }) => severity === "error");
  assertEquals(
    [error?.text, error?.hint],
    [
      "[*] Cannot set CMD_CYCLE_OPEN without also setting CMD_CYCLE_CLOSE: 'ANY'\n" +
      "[*] Data error in access file: 'a'",
      "Add CMD_CYCLE_CLOSE and CMD_CYCLE_TIMER, or CMD_CYCLE_CLOSE NONE if something else closes",
    ],
  );
});

Deno.test("MAX_FW_TIMEOUT limits the timer if it is written, and grows with the timer if it is not", () => {
  const cycle = "CMD_CYCLE_OPEN /bin/open $SRC\nCMD_CYCLE_CLOSE /bin/close\nCMD_CYCLE_TIMER 3600";
  const capped = read(`${cycle}\nMAX_FW_TIMEOUT 600`);
  assertEquals([capped.stanza?.cycle?.timer, capped.stanza?.maxTimeout], [600, 600]);
  assertEquals(capped.warnings, [
    "a:7:17 Warning: MAX_FW_TIMEOUT < CMD_CYCLE_TIMER, honoring MAX_FW_TIMEOUT for stanza source: 'ANY' (#1)",
  ]);
  const grown = read(cycle);
  assertEquals([grown.stanza?.cycle?.timer, grown.stanza?.maxTimeout], [3600, 3600]);
  assertEquals(grown.warnings, []);
});

Deno.test("the pieces of a template, joined, are the template", () => {
  const text = fc.array(fc.oneof(fc.constantFrom("$", "$SRC", "$PORT", "$PROTO_NAME"), fc.string()))
    .map((parts) => parts.join(""));
  fc.assert(fc.property(text, (template) => {
    const back = templatePieces(template).map((piece) =>
      piece.kind === "text" ? piece.text : piece.kind === "variable" ? `$${piece.name}` : "$"
    ).join("");
    assertEquals(back, template);
  }));
});
