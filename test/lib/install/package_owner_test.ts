import { assertEquals } from "../../assert.ts";
import { packageFiles } from "../../../lib/install/package_owner.ts";
import { testWhere } from "../../support/needs.ts";

testWhere(
  "a file of a Debian package is found with its package, also by the path of a merged /usr",
  { programs: ["dpkg-query"] },
  async () => {
    const found = await packageFiles(["/usr/bin/dpkg-query", "/usr/local/bin/nothing-here"]);
    assertEquals(found.map(({ path, package: name }) => [path, name]), [
      ["/usr/bin/dpkg-query", "dpkg"],
    ]);
    const [shell] = await packageFiles(["/usr/bin/dash"]);
    assertEquals(shell?.package, "dash");
  },
);
