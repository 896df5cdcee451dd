/**
 * `deno task demo`: one packet opens a dropped port, and the port closes again.
 *
 * As root on Linux the demonstration uses two machines made of network namespaces; otherwise it runs in test mode on
 * the loopback interface. `--binary PATH` uses a compiled fwknop.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { SOURCE_PROGRAM } from "../test/support/first_knock.ts";
import { Lab, namespacesUnavailable } from "../test/support/namespace.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { demoInNamespaces } from "./demo_in_namespaces.ts";
import { demoInTestMode } from "./demo_in_test_mode.ts";
import { demoPackages } from "./host_packages.ts";
import { HOST, installMissing } from "./install_packages.ts";
import { Narrator } from "./narrator.ts";
import { useOwnHome } from "./own_home.ts";
import { mustRun, ROOT } from "./process.ts";

/** How to run the full demonstration, printed after the short one. */
const WHOLE_STORY = "as root on Linux: npx --yes deno@2.9.6 task demo";

/**
 * Why the demonstration cannot run on two machines, or `undefined`. Installs missing programs where that is possible.
 */
async function namespacesMissing(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "this is not Linux";
  if (Deno.uid() !== 0) return "this is not root";
  const missing = await installMissing(demoPackages(HOST), "the demonstration");
  // Without libpcap the daemon listens on a socket, and the steps are the same.
  const program = missing.find((needed) => needed.program !== undefined)?.program;
  return program === undefined
    ? namespacesUnavailable()
    : `the program ${program} is missing and could not be installed`;
}

/** Clean-up steps, which always run, last first. */
const cleaners: (() => unknown)[] = [];

async function cleanUp(): Promise<void> {
  for (let clean = cleaners.pop(); clean !== undefined; clean = cleaners.pop()) await clean();
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { binary: { type: "string" } } });
  const program = values.binary === undefined ? SOURCE_PROGRAM : [Deno.realPathSync(values.binary)];
  const narrator = new Narrator(
    (line) => console.log(line),
    Deno.stdout.isTerminal() && (Deno.env.get("NO_COLOR") ?? "") === "",
  );
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, async () => {
      console.log(`\n${signal}: cleaning up.`);
      await cleanUp();
      Deno.exit(130);
    });
  }
  useOwnHome();
  const start = performance.now();
  let failure: unknown;
  try {
    const folder = Deno.makeTempDirSync({ prefix: "fwknop-demo-" });
    cleaners.push(() => Deno.removeSync(folder, { recursive: true }));
    // The machines of the demonstration cannot reach the package registry.
    if (values.binary === undefined) {
      await mustRun(Deno.execPath(), ["cache", "--quiet", `${ROOT}main.ts`], { cwd: ROOT });
    }
    const missing = await namespacesMissing();
    if (missing === undefined) {
      const lab = new Lab();
      cleaners.push(() => lab.remove());
      await demoInNamespaces(lab, folder, program, narrator);
    } else {
      console.log(`To see a real port opened, type this ${WHOLE_STORY}`);
      console.log(`Here it is shown in test mode on the loopback interface, because ${missing}.`);
      await demoInTestMode(folder, program, narrator, (clean) => cleaners.push(clean));
    }
  } catch (error) {
    failure = error;
  }
  await cleanUp();
  if (failure !== undefined) {
    console.error(`\ndemo: ${reasonOf(failure)}`);
    Deno.exit(1);
  }
  console.log(
    `\nThat is all, in ${((performance.now() - start) / 1000).toFixed(0)} s. ` +
      "Everything that it made is removed.",
  );
  Deno.exit(0);
}
