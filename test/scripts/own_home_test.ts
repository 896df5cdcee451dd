import assert from "node:assert/strict";
import { homeProblems, homeTraces } from "../../scripts/own_home.ts";
import { withFolder } from "../support/folder.ts";

Deno.test("a file that a test made or changed in the home folder is named", async () => {
  await withFolder((home) => {
    const empty = homeTraces(home);
    Deno.writeTextFileSync(`${home}/.fwknoprc`, "one");
    const made = homeTraces(home);
    assert.deepEqual(homeProblems(empty, made), ["~/.fwknoprc was made by a test"]);
    assert.deepEqual(homeProblems(made, homeTraces(home)), []);
    Deno.writeTextFileSync(`${home}/.fwknoprc`, "more");
    assert.deepEqual(homeProblems(made, homeTraces(home)), ["~/.fwknoprc was changed by a test"]);
  });
});

Deno.test("a program with its own home uses the caches of the user, and the home is removed with it", async () => {
  await withFolder(async (user) => {
    const module = new URL("../../scripts/own_home.ts", import.meta.url).href;
    const code = `import { useOwnHome } from ${JSON.stringify(module)};
      const home = useOwnHome();
      Deno.writeTextFileSync(home + "/.fwknoprc", "");
      console.log(JSON.stringify([home, useOwnHome(), Deno.env.toObject()]));`;
    const env = { HOME: user, DENO_DIR: `${user}/cache`, FWKNOP_OWN_HOME: "" };
    const words = ["eval", "--quiet", code];
    const ended = await new Deno.Command("env", {
      args: ["-u", "FWKNOP_OWN_HOME", Deno.execPath(), ...words],
      env,
    }).output();
    const [home, again, seen] = JSON.parse(new TextDecoder().decode(ended.stdout));
    assert.equal(again, home);
    assert.equal(seen.HOME, home);
    assert.equal(seen.DENO_DIR, `${user}/cache`);
    assert.ok(!home.startsWith(user));
    assert.throws(() => Deno.statSync(home), Deno.errors.NotFound);
    assert.deepEqual([...homeTraces(user)], []);
  });
});
