/** What a command loads before it does anything: a small command must not wait for the whole server. */
import { COMMANDS } from "../../cmd/commands.ts";
import { assert, assertEquals } from "../assert.ts";

const ROOT = new URL("../../", import.meta.url).href;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

/** The files of the product that are evaluated with a module, without the files that it loads later. */
async function filesOf(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ROOT + entry],
    stderr: "null",
  }).output();
  const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set([ROOT + entry]);
  for (const specifier of found) {
    for (const { code, isDynamic } of known.get(specifier)?.dependencies ?? []) {
      if (code !== undefined && isDynamic !== true) found.add(code.specifier);
    }
  }
  const paths = [...found].filter((url) => url.startsWith(ROOT)).map((url) =>
    url.slice(ROOT.length)
  );
  assert(paths.includes(entry));
  return paths.sort();
}

/** Their folders. */
async function foldersOf(entry: string): Promise<string[]> {
  const paths = await filesOf(entry);
  return [...new Set(paths.map((path) => path.split("/").slice(0, -1).join("/")))].sort();
}

Deno.test("the program loads the table of commands, and a command only when it is named", async () => {
  const files = await filesOf("main.ts");
  assert(files.includes("cmd/commands.ts"));
  for (const name of Object.keys(COMMANDS)) {
    assertEquals(files.includes(`cmd/${name.replace("-", "_")}.ts`), false, name);
  }
  for (const table of ["client", "server"]) {
    assertEquals(files.includes(`lib/config/${table}_options.ts`), false, table);
  }
});

Deno.test("the C daemon's command line loads only options and settings before it knows the action", async () => {
  assertEquals(await foldersOf("cmd/c/server.ts"), [
    "cmd",
    "cmd/c",
    // Names of users and groups.
    "ffi",
    "lib",
    "lib/client",
    "lib/config",
    "lib/crypto",
    "lib/daemon",
    "lib/errors",
    "lib/files",
    "lib/manual",
    "lib/net",
  ]);
});

Deno.test("a listing or a flush of the firewall loads no capture, no cryptography and no server", async () => {
  for (const entry of ["cmd/fw_list.ts", "cmd/fw_flush.ts"]) {
    const folders = await foldersOf(entry);
    for (const folder of ["lib/capture", "lib/server", "lib/gpg", "lib/doctor", "lib/report"]) {
      assertEquals(folders.includes(folder), false, `${entry}: ${folder}`);
    }
  }
});

Deno.test("status loads no firewall, capture, stanzas or server", async () => {
  for (const entry of ["cmd/status.ts", "cmd/stop.ts"]) {
    const folders = await foldersOf(entry);
    const least = ["cmd", "ffi", "lib", "lib/config", "lib/crypto", "lib/daemon"];
    assertEquals(folders, [...least, "lib/errors", "lib/files", "lib/net"], entry);
  }
});
