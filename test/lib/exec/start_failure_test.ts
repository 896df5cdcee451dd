import { startFailureOf } from "../../../lib/exec/start_failure.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a program that cannot be started is missing, forbidden, or there was nothing left for it", () => {
  const spawn = (reason: string) => `Failed to spawn 'x': ${reason}`;
  assertEquals(startFailureOf(new Deno.errors.NotFound(spawn("entity not found"))), {
    why: "missing",
    reason: "No such file or directory",
  });
  const denied = new Deno.errors.PermissionDenied(spawn("Permission denied (os error 13)"));
  assertEquals(startFailureOf(denied), { why: "forbidden", reason: "Permission denied" });
  const full = new Error(spawn("Too many open files (os error 24)"));
  assertEquals(startFailureOf(full), { why: "exhausted", reason: "Too many open files" });
  assertEquals(startFailureOf(new Error("anything else")), {
    why: "other",
    reason: "anything else",
  });
});
