/**
 * The platforms that binaries are built for, and the command line of each build.
 *
 * @module
 */
import { toHex } from "../lib/crypto/hex.ts";

/** One platform a binary can be made for. */
export interface BuildTarget {
  /** The name for `--target` and in the file name: `linux-x64`. */
  readonly name: string;
  /** The value for `deno compile --target`. */
  readonly triple: string;
  /** The use of the binary on that platform. */
  readonly purpose: string;
  /** Unstable features of the runtime to switch on: on Windows no C library sends datagrams. */
  readonly unstable?: readonly string[];
}

/** Every platform, in the order of the list of files. The daemon needs Linux; the client runs on all. */
export const TARGETS: readonly BuildTarget[] = [
  { name: "linux-x64", triple: "x86_64-unknown-linux-gnu", purpose: "server and client" },
  { name: "linux-arm64", triple: "aarch64-unknown-linux-gnu", purpose: "server and client" },
  { name: "macos-x64", triple: "x86_64-apple-darwin", purpose: "client" },
  { name: "macos-arm64", triple: "aarch64-apple-darwin", purpose: "client" },
  {
    name: "windows-x64",
    triple: "x86_64-pc-windows-msvc",
    purpose: "client",
    unstable: ["net"],
  },
];

/**
 * Flags of the engine that every binary is built with. The engine sizes its heap by the memory of the host and by how
 * rarely it collects, not by the limit of a control group, and the kernel kills a daemon that passes its limit. Measured
 * side by side, eight minutes of 15 knocks a second: 51 MB of its own without the second flag, 36 to 46 with it. The
 * latency of a knock is the same (`deno task bench`).
 */
export const ENGINE_FLAGS = "--v8-flags=--max-semi-space-size=4,--optimize-for-size";

/** The targets with these names; `all` is every one. Throws with the allowed names for an unknown name. */
export function findTargets(names: readonly string[]): BuildTarget[] {
  if (names.includes("all")) return [...TARGETS];
  return names.map((name) => {
    const target = TARGETS.find((candidate) => candidate.name === name);
    if (target !== undefined) return target;
    const allowed = [...TARGETS.map((candidate) => candidate.name), "all"].join(", ");
    throw new Error(`Unknown target '${name}': it must be one of ${allowed}`);
  });
}

/** File name of the released binary for a target. */
export function releaseName({ name }: BuildTarget): string {
  return `fwknop-${name}${name.startsWith("windows") ? ".exe" : ""}`;
}

/**
 * The arguments of `deno` that compile a bundle. The folder must hold the bundle and nothing else. Deno finds the
 * chunks by the imports, and must not look for configuration, lock file and packages, so that it embeds nothing else.
 *
 * @param bundle file name of the bundle's entry in that folder.
 * @param output full path of the binary.
 * @param target absent: the platform of the Deno that compiles.
 */
export function compileArguments(bundle: string, output: string, target?: BuildTarget): string[] {
  const platform = target ?? TARGETS.find(({ triple }) => triple === Deno.build.target);
  return [
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    "--no-lock",
    // A daemon cannot answer questions. It drops permissions itself (docs/architecture.md).
    "--no-prompt",
    "--allow-all",
    // With a code cache the binary loads code from a predictable path in the temporary directory.
    "--no-code-cache",
    ENGINE_FLAGS,
    ...(platform?.unstable ?? []).map((feature) => `--unstable-${feature}`),
    ...(target === undefined ? [] : ["--target", target.triple]),
    "--output",
    output,
    bundle,
  ];
}

/** Why a compilation failed, in one line, and what to do when Deno's site could not be reached. */
export function explainCompileError(stderr: string): string {
  const causes = stderr.split("\n").map((line) => line.trim().replace(/^\d+: /, ""))
    .filter((line) =>
      line !== "" && !/^(Compile|Download|Caused by|Stack backtrace|<unknown>)/.test(line)
    );
  if (/error sending request|dns error|Connect\b/.test(stderr)) {
    const url = /https?:\/\/\S+denort\S+?(?=[)\s]|$)/.exec(stderr)?.[0] ?? "its base binary";
    return `${url} cannot be fetched. Deno takes its base binary (denort) from its own site; ` +
      "where that is out of reach, unpack it elsewhere and name the file denort of the same version and " +
      "platform in DENORT_BIN. To try fwknop no build is needed: deno run --allow-all main.ts. " +
      "For tests: deno task build --denort-from-npm";
  }
  return causes.slice(0, 3).join(": ").replace(/^error: /, "") || "deno compile failed";
}

/**
 * Why a file cannot be the base of a binary, or `undefined`.
 *
 * @param head its first bytes, at least four of them.
 * @param version what it prints when it is started with `--version`; absent where it cannot be started here.
 */
export function baseProblem(path: string, head: Uint8Array, version?: string): string | undefined {
  const magic = String.fromCharCode(...head.subarray(0, 4));
  if (magic === "PK\x03\x04") {
    return `DENORT_BIN "${path}" is a zip archive: unpack it (unzip ${path}) and name the file denort`;
  }
  if (version?.startsWith("deno ")) {
    return `DENORT_BIN "${path}" is Deno itself, which would run as itself and not as fwknop: ` +
      "name the file denort of the same release";
  }
  return undefined;
}

/** A line of SHA256SUMS, as `sha256sum --check` reads it. */
export function sumLine(digest: ArrayBuffer, file: string): string {
  return `${toHex(new Uint8Array(digest))}  ${file}\n`;
}
