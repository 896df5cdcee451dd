import { ifThere } from "../../../lib/files/if_there.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

Deno.test("ifThere returns undefined for a missing file and throws every other error", () =>
  withFolder((folder) => {
    assertEquals(ifThere(() => Deno.readTextFileSync(`${folder}/missing`)), undefined);
    Deno.writeTextFileSync(`${folder}/there`, "text");
    assertEquals(ifThere(() => Deno.readTextFileSync(`${folder}/there`)), "text");
    assertThrows(() => ifThere(() => Deno.readTextFileSync(folder)), Deno.errors.IsADirectory);
  }));
