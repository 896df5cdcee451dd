import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assert, assertEquals } from "../../assert.ts";

Deno.test("a hinted error keeps its hint and its cause, and has no cause if none was given", () => {
  const cause = new Error("below");
  const error = new HintedError("The port is taken", { hint: "Stop the other server", cause });
  assertEquals([error.message, error.hint, error.cause], [
    "The port is taken",
    "Stop the other server",
    cause,
  ]);
  assert(!Object.hasOwn(new HintedError("The port is taken"), "cause"));
});
