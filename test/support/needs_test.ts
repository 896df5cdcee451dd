import { assert, assertEquals } from "../assert.ts";
import { unmetNeed } from "./needs.ts";

Deno.test("the first need that is not met is the reason to skip", () => {
  assertEquals(unmetNeed({}), undefined);
  assertEquals(unmetNeed({ blocker: undefined }), undefined);
  assertEquals(unmetNeed({ blocker: "no kernel module" }), "no kernel module");
  const programs = ["no-such-program", "nor-this"];
  assertEquals(
    unmetNeed({ programs, blocker: "no kernel module" }),
    "the program no-such-program is missing",
  );
  const reason = unmetNeed({ system: "linux", root: true });
  assert((reason === undefined) === (Deno.build.os === "linux" && Deno.uid() === 0));
});
