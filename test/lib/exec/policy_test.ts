import { assert, assertEquals } from "../../assert.ts";
import { outputLines } from "../../../lib/exec/bounded_output.ts";
import { POLICIES, type PolicyName, policyOf, SEARCH_PATH } from "../../../lib/exec/policy.ts";
import { type EndedProgram, runProgram, type RunProgramOptions } from "../../../lib/exec/run.ts";
import { type Needs, testWhere } from "../../support/needs.ts";

const NAMES = Object.keys(POLICIES) as PolicyName[];
/** Programs that the daemon starts. The others run for the user at the terminal. */
const OF_THE_DAEMON = NAMES.filter((name) => policyOf(name).environment !== "user");

const unix: Needs = { system: "unix" };

async function run(
  name: PolicyName,
  words: readonly string[],
  options?: RunProgramOptions,
): Promise<EndedProgram> {
  const ended = await runProgram(name, words, options);
  assert(!("why" in ended), JSON.stringify(ended));
  return ended;
}

Deno.test("every kind of program belongs to the daemon or to the user", () => {
  assertEquals(NAMES.filter((name) => !OF_THE_DAEMON.includes(name)), ["user", "daemon"]);
});

testWhere(
  "a program of the daemon sees PATH and LC_ALL, and no variable of the daemon's caller",
  unix,
  async () => {
    Deno.env.set("XTABLES_LIBDIR", "/tmp/other-user");
    try {
      for (const name of OF_THE_DAEMON) {
        const { stdout } = await run(name, ["env"]);
        const lines = outputLines(stdout).filter((line) => line !== "HOME=/dev/null").sort();
        assertEquals(lines, ["LC_ALL=C", `PATH=${SEARCH_PATH}`], name);
      }
      const { stdout } = await run("user", ["env"]);
      assert(outputLines(stdout).includes("XTABLES_LIBDIR=/tmp/other-user"));
    } finally {
      Deno.env.delete("XTABLES_LIBDIR");
    }
  },
);

testWhere("a program of the daemon leads its own group in / and has none of our descriptors", {
  system: "linux",
}, async () => {
  // libpcap does not mark its descriptors close-on-exec; this socket is not marked either.
  const libc = Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const socket = libc.symbols.socket(2, 2, 0);
  try {
    for (const name of OF_THE_DAEMON) {
      const script = "pwd; cut -d' ' -f1,5 /proc/self/stat; echo $$; ls /proc/$$/fd";
      const { stdout } = await run(name, ["sh", "-c", script]);
      const [folder, ids = "", leader, ...descriptors] = outputLines(stdout);
      assertEquals([folder, ids.split(" ")[1]], ["/", leader], name);
      // A shell that reads no script has no extra descriptor.
      assertEquals(descriptors, ["0", "1", "2"], name);
    }
  } finally {
    libc.symbols.close(socket);
    libc.close();
  }
});

testWhere(
  "a program without a slash is searched in the fixed folders, not in the caller's PATH",
  unix,
  async () => {
    const folder = await Deno.makeTempDir();
    const path = Deno.env.get("PATH") ?? "";
    try {
      await Deno.writeTextFile(`${folder}/only-in-our-path`, "#!/bin/sh\n", { mode: 0o755 });
      Deno.env.set("PATH", `${folder}:${path}`);
      for (const name of OF_THE_DAEMON) {
        const failure = await runProgram(name, ["only-in-our-path"]);
        assertEquals("why" in failure && failure.why, "missing", name);
      }
      assertEquals((await run("user", ["only-in-our-path"])).code, 0);
    } finally {
      Deno.env.set("PATH", path);
      await Deno.remove(folder, { recursive: true });
    }
  },
);
