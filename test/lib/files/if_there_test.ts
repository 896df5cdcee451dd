import { ifThere } from "../../../lib/files/if_there.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

Deno.test("a file that is missing is undefined, any other failure is thrown", () =>
  withFolder((folder) => {
    assertEquals(ifThere(() => Deno.readTextFileSync(`${folder}/missing`)), undefined);
    Deno.writeTextFileSync(`${folder}/there`, "text");
    assertEquals(ifThere(() => Deno.readTextFileSync(`${folder}/there`)), "text");
    assertThrows(() => ifThere(() => Deno.readTextFileSync(folder)), Deno.errors.IsADirectory);
  }));
