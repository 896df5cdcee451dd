/**
 * `deno task bench`: compares our programs with the C tools in one run, and prints tables with ratios. Times drift on
 * a busy machine; the ratios of programs that are measured in turns stay. `--rounds N` and `--packets N` set the
 * numbers of samples; `--no-knock`, `--no-latency`, `--no-flood` and `--no-scale` leave out a part.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Lab, namespacesUnavailable } from "../test/support/namespace.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { type Contestant, knockTable, measureKnocks } from "./bench_knock.ts";
import { benchFlood } from "./bench_flood.ts";
import { benchScale } from "./bench_scale.ts";
import {
  countStarts,
  growthTable,
  latencyTable,
  LISTENERS,
  measureLatencies,
  type ServerUnderTest,
} from "./bench_latency.ts";
import { buildTestBinary } from "./build.ts";
import { compileArguments, ENGINE_FLAGS } from "./build_targets.ts";
import { bundle, BUNDLE_ENTRY } from "./bundle.ts";
import { DENORT_SOURCE, denortFromNpm } from "./denort.ts";
import { useOwnHome } from "./own_home.ts";
import { findProgram, mustRun, npx, ROOT } from "./process.ts";

const DENO_RUN = [Deno.execPath(), "run", "--allow-all", "--quiet"];

/** The arguments of one knock at a port that no program has. */
function knockWords(rc: string): string[] {
  return ["--rc-file", rc, "-n", "bench"];
}

/** The bundle in the folder of the measurements. */
function bundledProgram(folder: string): string {
  return `${folder}/bundle/${BUNDLE_ENTRY}`;
}

async function bundleInto(folder: string): Promise<void> {
  const error = await bundle("main.ts", `${folder}/bundle`, ROOT);
  if (error !== undefined) throw new Error(error);
}

/** Compiles an empty program in the same way as the tests' fwknop. */
async function compileEmpty(folder: string): Promise<string> {
  const denort = await denortFromNpm(`${ROOT}dist/cache`);
  const output = `${folder}/empty`;
  const { code, stderr } = await npx(
    [DENORT_SOURCE.deno, ...compileArguments("empty.js", output)],
    {
      cwd: folder,
      env: { DENORT_BIN: denort },
    },
  );
  if (code !== 0) throw new Error(stderr);
  return output;
}

/**
 * A copy, written in one piece. A program that lies in the page cache as the compiler wrote it starts some 2 ms later than
 * its copy, so programs to compare are both copied.
 */
function copyOf(program: string, folder: string): string {
  const copy = `${Deno.makeTempDirSync({ dir: folder })}/program`;
  Deno.copyFileSync(program, copy);
  return copy;
}

async function contestants(folder: string, rc: string): Promise<Contestant[]> {
  Deno.writeTextFileSync(`${folder}/empty.js`, "");
  const bundled = bundledProgram(folder);
  await bundleInto(folder);
  const knock = knockWords(rc);
  const list: Contestant[] = [
    { name: "C client", words: ["fwknop", ...knock], against: [] },
    { name: "empty, deno run", words: [...DENO_RUN, `${folder}/empty.js`], against: [] },
    {
      name: "knock, deno run main.ts",
      words: [...DENO_RUN, `${ROOT}main.ts`, "knock", ...knock],
      against: ["C client", "empty, deno run"],
    },
    {
      name: "knock, deno run bundle",
      words: [...DENO_RUN, bundled, "knock", ...knock],
      against: ["C client", "empty, deno run"],
    },
  ];
  try {
    const empty = copyOf(await compileEmpty(folder), folder);
    const fwknop = copyOf(await buildTestBinary(), folder);
    list.push(
      { name: "empty, compiled (2.4)", words: [empty], against: [] },
      {
        name: "knock, compiled (2.4)",
        words: [fwknop, "knock", ...knock],
        against: ["C client", "empty, compiled (2.4)"],
      },
    );
  } catch (cause) {
    console.log(`left out: compiled programs: ${reasonOf(cause)}`);
  }
  return list;
}

/** Why rules cannot be watched here, or `undefined`. */
async function latencyUnavailable(): Promise<string | undefined> {
  if (findProgram("fwknopd") === undefined) return "fwknopd is not installed";
  const version = await mustRun("iptables", ["--version"]).catch(() => "");
  if (!version.includes("nf_tables")) {
    return "iptables is not the nft variant, whose rules can be watched";
  }
  return namespacesUnavailable();
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    allowNegative: true,
    options: {
      rounds: { type: "string", default: "20" },
      packets: { type: "string", default: "600" },
      knock: { type: "boolean", default: true },
      latency: { type: "boolean", default: true },
      flood: { type: "boolean", default: true },
      scale: { type: "boolean", default: true },
    },
  });
  if (Deno.build.os !== "linux" || findProgram("fwknop") === undefined) {
    console.error(
      "bench: cannot compare: the C client, fwknop, is not installed, or this is not Linux",
    );
    Deno.exit(1);
  }
  const [rounds, packets] = [Number(values.rounds), Number(values.packets)];
  // The C client makes ~/.fwknoprc at its first run.
  useOwnHome();
  const folder = Deno.makeTempDirSync({ prefix: "fwknop-bench-" });
  const lab = new Lab();
  const stop = (): void => {
    lab.remove();
    Deno.removeSync(folder, { recursive: true });
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    const keygen = await mustRun(Deno.execPath(), [
      ...DENO_RUN.slice(1),
      `${ROOT}main.ts`,
      "keygen",
    ]);
    const keyLines = keygen.trim().split("\n").map((line) => line.replace(":", ""));
    const rc = `${folder}/rc`;
    Deno.writeTextFileSync(
      rc,
      [
        "[bench]",
        ...keyLines,
        "USE_HMAC Y",
        "SPA_SERVER 127.0.0.1",
        "SPA_SERVER_PORT 9",
        "ALLOW_IP 192.0.2.44",
        "ACCESS tcp/22",
        "",
      ].join("\n"),
      { mode: 0o600 },
    );
    if (values.knock) {
      const runners = await contestants(folder, rc);
      console.log(`One knock, median of ${rounds} in turns:\n`);
      const measured = await measureKnocks(runners, rounds);
      for (const line of knockTable(runners, measured)) console.log(line);
    } else await bundleInto(folder);

    const missing = await latencyUnavailable();
    if (missing !== undefined) console.log(`\nleft out: packet to rule: ${missing}`);
    else {
      const ours = [...DENO_RUN, ENGINE_FLAGS, bundledProgram(folder), "serve"];
      const servers: ServerUnderTest[] = [
        { name: "fwknopd", words: ["fwknopd"], settings: [], program: "iptables" },
        {
          name: "fwknop serve, iptables",
          words: ours,
          settings: ["FIREWALL iptables"],
          program: "iptables",
        },
        { name: "fwknop serve, nft", words: ours, settings: ["FIREWALL nft"], program: "nft" },
      ];
      for (const [name, listener] of values.latency ? Object.entries(LISTENERS) : []) {
        console.log(`\nFrom packet to rule, ${name}, ${packets} packets each in turns:\n`);
        const keys = { keyLines, folder };
        const samples = await measureLatencies(lab, servers, listener, keys, packets);
        const starts = new Map<string, number>();
        for (const server of servers) {
          starts.set(server.name, await countStarts(lab, server, listener, keys));
        }
        for (const line of latencyTable(servers, samples, starts, packets)) console.log(line);
        console.log();
        for (const line of growthTable(servers, samples, packets)) console.log(line);
      }
      if (values.flood) {
        console.log();
        const both = servers.slice(0, 2);
        for (const line of await benchFlood(lab, both, { keyLines, folder })) console.log(line);
      }
      if (values.scale) {
        console.log();
        for (const line of await benchScale(lab, servers.slice(0, 2), { keyLines, folder })) {
          console.log(line);
        }
      }
    }
  } finally {
    lab.remove();
    Deno.removeSync(folder, { recursive: true });
  }
}
