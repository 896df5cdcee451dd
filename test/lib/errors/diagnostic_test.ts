import { type Diagnostic, formatDiagnostic } from "../../../lib/errors/diagnostic.ts";
import { assertEquals } from "../../assert.ts";

const FINDING: Diagnostic = { severity: "error", text: "Unknown name 'PROT'" };
const PLACE = { file: "/etc/fwknop/access.conf", line: 3, column: 1 };

Deno.test("a diagnostic is formatted as text, position and hint, one line each", () => {
  assertEquals(formatDiagnostic(FINDING), "Unknown name 'PROT'");
  assertEquals(
    formatDiagnostic({ ...FINDING, position: PLACE, hint: "Did you mean PORT?" }),
    "Unknown name 'PROT'\n  at /etc/fwknop/access.conf:3:1\n  Did you mean PORT?",
  );
});

Deno.test("neither a diagnostic nor the name of its file can move the cursor", () => {
  assertEquals(
    formatDiagnostic({
      ...FINDING,
      text: "\x1b[2J",
      position: { ...PLACE, file: "a\nb" },
    }),
    "\\x1b[2J\n  at a\\nb:3:1",
  );
});
