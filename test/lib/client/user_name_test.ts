import { chooseUserName, loginName } from "../../../lib/client/user_name.ts";
import { assertEquals } from "../../assert.ts";
import { testWhere } from "../../support/needs.ts";

/** The name that is sent, for a setting, an environment and a login name. */
function sent(
  setting: string | undefined,
  variables: Readonly<Record<string, string>>,
  login?: string,
): string {
  return chooseUserName({ setting, env: (name) => variables[name], loginName: () => login });
}

Deno.test("a setting wins over SPOOF_USER and LOGNAME, these win over the login name, and USER comes last", () => {
  const all = { SPOOF_USER: "a", LOGNAME: "b", USER: "c", USERNAME: "d" };
  assertEquals(sent("set", all, "login"), "set");
  assertEquals(sent(undefined, all, "login"), "a");
  assertEquals(sent(undefined, { LOGNAME: "b", USER: "c" }, "login"), "b");
  assertEquals(sent(undefined, { USER: "c" }, "login"), "login");
  assertEquals(sent(undefined, { USER: "c", USERNAME: "d" }), "c");
  assertEquals(sent(undefined, { USERNAME: "d" }), "d");
  assertEquals(sent(undefined, {}), "NO_USER");
});

Deno.test("a name from the environment is cut where the C client cuts it", () => {
  assertEquals(sent(undefined, { LOGNAME: "x".repeat(80) }), "x".repeat(63));
});

testWhere(
  "the login name is the first name of this user in /etc/passwd",
  { root: true },
  () => assertEquals(loginName(), "root"),
);
