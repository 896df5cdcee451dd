import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import { readArgs, saveArgs, splitArgs, withoutSecrets } from "../../../lib/client/args_file.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

Deno.test("the saved command line holds no keys, in whatever form they were given", () => {
  const expected = {
    "-A tcp/22 --key-rijndael k -T": "-A tcp/22 -T",
    "--key-rijndael=k -T": "-T",
    "--key-r k --key-hm=h --key-base64-h b -T": "-T",
    "--key-base64-rijndael k": "",
    "--key-gen --key-len 3": "--key-gen --key-len 3",
    "-- --key-hmac x": "-- --key-hmac x",
  };
  for (const [line, kept] of Object.entries(expected)) {
    assertEquals(withoutSecrets(line.split(" "), CLIENT_OPTIONS).join(" "), kept, line);
  }
});

Deno.test("the args file is private, can be read back, and is replaced", () =>
  withFolder(async (directory) => {
    const path = `${directory}/args`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    assertEquals(await saveArgs(path, ["fwknop", "-A", "tcp/22"]), undefined);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    const line = await readArgs(path);
    assertEquals(line, "fwknop -A tcp/22 \n");
    assertEquals(splitArgs(String(line)), ["-A", "tcp/22"]);
    assertEquals(Array.from(Deno.readDirSync(directory)).length, 1);
  }));

Deno.test("a command line that is too long, and a file that is missing or empty, have the C client's messages", async () => {
  const long = await saveArgs("/nowhere", ["fwknop", "x".repeat(1020)]);
  assertEquals(long?.facts.reference, "argument string too long, exiting.");
  const missing = await readArgs("/nowhere/x");
  assert(missing instanceof Problem);
  assertEquals(missing.facts.reference, "Could not open args file: /nowhere/x");
  const empty = await readArgs("/dev/null");
  assert(empty instanceof Problem);
  assertEquals(empty.facts.reference, "Could not read line from file: /dev/null");
  assert(splitArgs("x ".repeat(29)) instanceof Problem);
});
