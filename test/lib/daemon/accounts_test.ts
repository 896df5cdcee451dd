import { assertEquals } from "../../assert.ts";
import { testWhere } from "../../support/needs.ts";
import { groupAccount, userAccount } from "../../../lib/daemon/accounts.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
if (Deno.build.os !== "windows") userAccount("root");

testWhere(
  "users and groups of this system are found with their numbers",
  { system: "unix" },
  () => {
    assertEquals(userAccount("root"), { name: "root", uid: 0, gid: 0 });
    const fields = Deno.readTextFileSync("/etc/passwd").split("\n")
      .map((line) => line.split(":")).filter(([name = ""]) => name !== "" && name[0] !== "#");
    for (const [name = "", , uid, gid] of fields) {
      assertEquals(userAccount(name), { name, uid: Number(uid), gid: Number(gid) });
    }
    assertEquals(groupAccount("daemon"), { name: "daemon", gid: 1 });
  },
);

testWhere("a name that no account has is not an error", { system: "unix" }, () => {
  for (const name of ["no such user", "", "roo", "root\0", "x".repeat(70000), "1000"]) {
    assertEquals([userAccount(name), groupAccount(name)], [undefined, undefined]);
  }
});
