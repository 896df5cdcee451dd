import { reasonOf, systemReasonOf } from "../../../lib/errors/reason.ts";
import { assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

/** The exception that a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

Deno.test("the reason of an exception is its message, and the reason of another value is its text", () => {
  assertEquals(reasonOf(new TypeError("no such member")), "no such member");
  assertEquals(reasonOf("a text"), "a text");
  assertEquals(reasonOf(undefined), "undefined");
});

Deno.test("the system's reason has the words of the C library, without call and error number", () =>
  withFolder((folder) => {
    const missing = thrownBy(() => Deno.readFileSync(`${folder}/missing`));
    assertEquals(systemReasonOf(missing), "No such file or directory");
    assertEquals(systemReasonOf(thrownBy(() => Deno.mkdirSync(folder))), "File exists");
    assertEquals(systemReasonOf(thrownBy(() => Deno.readFileSync(folder))), "Is a directory");
    const below = thrownBy(() => Deno.readFileSync("/dev/null/file"));
    assertEquals(systemReasonOf(below), "Not a directory");
    assertEquals(
      systemReasonOf(new Deno.errors.PermissionDenied("Operation not permitted (os error 1): x")),
      "Operation not permitted",
    );
    assertEquals(systemReasonOf(new Error("it was replaced")), "it was replaced");
  }));
