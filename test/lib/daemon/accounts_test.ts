import { assertEquals } from "../../assert.ts";
import { groupAccount, userAccount } from "../../../lib/daemon/accounts.ts";

const windows = Deno.build.os === "windows";

Deno.test({
  name: "users and groups of this system are found with their numbers",
  ignore: windows,
  // The C library stays loaded, which the sanitizer would report.
  sanitizeResources: false,
  fn: () => {
    assertEquals(userAccount("root"), { name: "root", uid: 0, gid: 0 });
    const fields = Deno.readTextFileSync("/etc/passwd").split("\n")
      .map((line) => line.split(":")).filter(([name = ""]) => name !== "" && name[0] !== "#");
    for (const [name = "", , uid, gid] of fields) {
      assertEquals(userAccount(name), { name, uid: Number(uid), gid: Number(gid) });
    }
    assertEquals(groupAccount("daemon"), { name: "daemon", gid: 1 });
  },
});

Deno.test({
  name: "a name that no account has is not an error",
  ignore: windows,
  // The C library stays loaded, which the sanitizer would report.
  sanitizeResources: false,
  fn: () => {
    for (const name of ["no such user", "", "roo", "root\0", "x".repeat(70000), "1000"]) {
      assertEquals([userAccount(name), groupAccount(name)], [undefined, undefined]);
    }
  },
});
