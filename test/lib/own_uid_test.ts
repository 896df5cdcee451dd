import { ownUid } from "../../lib/own_uid.ts";
import { assertEquals } from "../assert.ts";

Deno.test("this user is asked for once, and is known when asking is forbidden", async () => {
  assertEquals(ownUid(), Deno.uid());
  const program = `import { ownUid } from ${
    JSON.stringify(import.meta.resolve("../../lib/own_uid.ts"))
  };
    const before = ownUid();
    Deno.permissions.revokeSync({ name: "sys" });
    console.log(before === ownUid());`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    stderr: "null",
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "true\n");
});
