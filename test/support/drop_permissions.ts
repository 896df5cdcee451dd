/**
 * A program for tests: drops the permissions that its argument (JSON, `Needs`) does not name, then tries everything and
 * prints what still works.
 *
 * @module
 */
import { dropPermissions } from "../../lib/daemon/permissions.ts";

function works(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

const dropped = await dropPermissions(JSON.parse(Deno.args[0] ?? ""));
const file = Deno.args[1] ?? "";
console.log(JSON.stringify({
  dropped,
  run: works(() => new Deno.Command("true").outputSync()),
  net: works(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close()),
  write: works(() => Deno.writeTextFileSync(file, "x")),
  read: works(() => Deno.readTextFileSync(file)),
  env: works(() => Deno.env.get("HOME")),
  ffi: works(() => Deno.dlopen("libc.so.6", {}).close()),
}));
