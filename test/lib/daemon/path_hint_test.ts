import { codeOf, pathHint } from "../../../lib/daemon/path_hint.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the hint asks for root only where permissions are missing", () => {
  const hints = ["EACCES", "EPERM", "ENOSPC", "EROFS", "ENOTDIR", "ELOOP", ""]
    .map((code) => pathHint(code, "folder", "FWKNOP_RUN_DIR"));
  assertEquals(hints.map((hint) => hint.includes("root")), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  for (const hint of hints) assertEquals(hint.includes("FWKNOP_RUN_DIR"), true);
});

Deno.test("the code of an error is the system's name, or empty", () => {
  try {
    Deno.readDirSync("/dev/null");
    throw new Error("/dev/null is no folder");
  } catch (error) {
    assertEquals(codeOf(error), "ENOTDIR");
  }
  assertEquals(codeOf(new Error("none")), "");
  assertEquals(codeOf("text"), "");
});
