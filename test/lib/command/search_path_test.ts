import { assertEquals } from "../../assert.ts";
import { searchPath } from "../../../lib/command/search_path.ts";

Deno.test("commands are looked for where the daemon's PATH says, but never in the working folder", () => {
  assertEquals(searchPath("/opt/bin:/bin"), "/opt/bin:/bin");
  assertEquals(searchPath(":.:/bin:bin:"), "/bin");
});

Deno.test("without a PATH the folders of the system are used", () => {
  for (const path of [undefined, "", ".:"]) {
    assertEquals(searchPath(path).split(":").includes("/usr/sbin"), true);
  }
});
