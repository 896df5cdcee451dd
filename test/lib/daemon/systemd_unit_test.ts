import assert from "node:assert/strict";
import { systemdUnit, type UnitKind } from "../../../lib/daemon/systemd_unit.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const KINDS: readonly UnitKind[] = ["hardened", "compatible"];

async function withUnit(
  kind: UnitKind,
  body: (path: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/fwknop.service`;
    await Deno.writeTextFile(path, systemdUnit(kind, "/bin/true"));
    await body(path);
  });
}

async function analyze(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args,
    env: { SYSTEMD_LOG_LEVEL: "warning", NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

for (const kind of KINDS) {
  Deno.test(`the ${kind} unit leaves no core dump with keys after a crash`, () => {
    assert.match(systemdUnit(kind, "/bin/true"), /^LimitCORE=0$/m);
  });

  testWhere(
    `systemd finds nothing wrong with the ${kind} unit`,
    { programs: ["systemd-analyze"] },
    () =>
      withUnit(kind, async (path) => {
        const { code, text } = await analyze("verify", "--man=no", path);
        assert.equal(text.replace(/^(?!.*fwknop\.service).*\n/gm, ""), "");
        assert.equal(code, 0, text);
      }),
  );
}

/** The highest exposure, of 10, that a unit may have: a service without restrictions has 9.6. */
const EXPOSURE: Readonly<Record<UnitKind, number>> = { hardened: 2.5, compatible: 5 };

for (const kind of KINDS) {
  testWhere(`systemd rates the exposure of the ${kind} unit at most ${EXPOSURE[kind]} of 10`, {
    programs: ["systemd-analyze"],
  }, () =>
    withUnit(kind, async (path) => {
      const threshold = `--threshold=${EXPOSURE[kind] * 10}`;
      const { code, text } = await analyze("security", "--offline=yes", threshold, path);
      assert.equal(code, 0, text);
    }));
}

Deno.test("a path with a blank or a variable is refused for a unit", () => {
  for (const program of ["fwknop", "/opt/my programs/fwknop", "/opt/$X/fwknop", "/a\nUser=root"]) {
    assert.throws(() => systemdUnit("compatible", program), TypeError);
  }
});
