import { createInitialRc } from "../../../lib/client/initial_rc.ts";
import { sampleFwknoprc } from "../../../lib/config/sample_fwknoprc.ts";
import { assertEquals, assertMatch } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

Deno.test("the first rc file is the sample, is private, and replaces no file", () =>
  withFolder((folder) => {
    const path = `${folder}/rc`;
    assertEquals(createInitialRc(path), undefined);
    assertEquals(Deno.readTextFileSync(path), sampleFwknoprc());
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    const again = createInitialRc(path);
    assertEquals(again?.text, `cannot create ${path}: File exists`);
    assertMatch(again?.facts.reference ?? "", /^Unable to create initial rc file: /);
  }));
