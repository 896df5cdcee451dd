/**
 * Follows the quick start of README.md and docs/recipes/first-server.md in a namespace, with exactly the settings on
 * these pages.
 */
import { ROOT } from "../../scripts/process.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";
import { echoService, reach, reachEach } from "../support/tcp.ts";

const SERVER = "198.51.100.7";
const SERVER6 = "2001:db8::7";
const CLIENT = "198.51.100.44";

const README = await Deno.readTextFile(`${ROOT}README.md`);
const RECIPE = await Deno.readTextFile(`${ROOT}docs/recipes/first-server.md`);

/** The section with this heading. */
function part(text: string, heading: string): string {
  return text.slice(text.indexOf(`\n## ${heading}`)).split("\n## ")[1] ?? "";
}

/** The blocks that are not console transcripts, in order. */
function blocks(text: string): string[] {
  return Array.from(text.matchAll(/^```\n([^`]*)^```$/gm), ([, lines = ""]) => lines);
}

/** The files of the reader at both ends. */
interface Written {
  /** The files of the server, and the one of the client. */
  readonly conf: string;
  readonly access: string;
  readonly rc: string;
  /** The stanza of the client. */
  readonly name: string;
}

/** The three files of README.md. */
function byReadme(): Promise<Written> {
  const [access = "", conf = ""] = blocks(part(README, "Quick start: the server"));
  const [rc = ""] = blocks(part(README, "Quick start: the client"));
  return Promise.resolve({ conf, access, rc, name: "server" });
}

/** The files that the recipe makes with `invite`. */
async function byRecipe(server: Namespace, folder: string): Promise<Written> {
  const files = ["--config-file", `${folder}/c`, "--access-file", `${folder}/a`];
  const sample = await server.must(...SOURCE_PROGRAM, "print", "fwknopd.conf");
  await Deno.writeTextFile(`${folder}/c`, sample, { mode: 0o600 });
  await Deno.writeTextFile(`${folder}/a`, "", { mode: 0o600 });
  const [, line = ""] = /^# fwknop (invite .*)$/m.exec(part(RECIPE, "2.")) ?? [];
  const handedOver = `${folder}/me`;
  const words = line.split(" ").with(-1, handedOver);
  await server.must(...SOURCE_PROGRAM, ...words, ...files, "--run-dir", `${folder}/r`);
  assertMatch(part(RECIPE, "4."), /^\$ fwknop accept me$/m);
  const taken = ["accept", handedOver, "--rc-file", `${folder}/taken`, "--no-knock"];
  await server.must(...SOURCE_PROGRAM, ...taken);
  const rc = await Deno.readTextFile(`${folder}/taken`);
  assertMatch(rc, /^\[gate\.example\]\n/m);
  const [closing = ""] = blocks(part(RECIPE, "5."));
  const access = await Deno.readTextFile(`${folder}/a`);
  return { conf: `${sample}\n${closing}`, access, rc, name: "gate.example" };
}

for (const [where, written] of [["README.md", byReadme], ["the recipe", byRecipe]] as const) {
  namespaceTest(
    `the steps of ${where} close a port to clients that do not knock, in both families, and change nothing else`,
    { programs: ["nft", "iptables"] },
    async (lab) => {
      const [server, client] = [await lab.namespace("server"), await lab.namespace("client")];
      await lab.cable(
        { namespace: server, device: "eth0", addresses: [`${SERVER}/24`, `${SERVER6}/64`] },
        { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`, "2001:db8::44/64"] },
      );
      const services = [
        await echoService(server, "::", 22, "ssh"),
        await echoService(server, "::", 80, "web"),
      ];
      const ends = [SERVER, SERVER6].flatMap((host) => [[host, 22], [host, 80]] as const);
      const seen = (seconds: number) => reachEach(client, ends, seconds);
      assertEquals(await seen(5), ["ssh", "web", "ssh", "web"]);
      await withFolder(async (folder) => {
        const { conf, access, rc, name } = await written(server, folder);
        const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
        const write = (file: string, text: string) =>
          Deno.writeTextFile(`${folder}/${file}`, text, { mode: 0o600 });
        await write("fwknopd.conf", conf);
        await write("access.conf", access);
        await write(
          "rc",
          rc.replace(/^(SPA_SERVER +).*$/m, `$1${SERVER}`)
            .replace(/^(ALLOW_IP +).*$/m, `$1${CLIENT}`),
        );
        const serve = [...SOURCE_PROGRAM, "serve", "-f", ...files, "--run-dir", `${folder}/run`];
        const daemon = new LoggedProcess(
          server.spawn(serve, {
            stdin: "null",
            stdout: "piped",
            stderr: "piped",
            env: { NO_COLOR: "1" },
          }),
        );
        await daemon.line(/main event loop|Sniffing/i, { seconds: 30 });
        assertEquals(await seen(1), [undefined, "web", undefined, "web"], "a stranger");

        const doctor = await server.run(...SOURCE_PROGRAM, "doctor", ...files);
        assertMatch(
          doctor.stdout,
          /^ok {7}tcp\/22 is closed by NFT_PROTECT to those who do not knock$/m,
        );
        assertEquals([doctor.code, /WRONG/.test(doctor.stdout)], [0, false], doctor.stdout);

        const knock = [...SOURCE_PROGRAM, "knock", "--rc-file", `${folder}/rc`, "-n", name];
        const ended = await client.run(...knock, "--wait");
        assertEquals([ended.code, ended.stderr], [0, ""]);
        assertMatch(ended.stdout, /tcp\/22 .*open after/);
        assert(await reach(client, SERVER, 22, 1) !== undefined);
        assertEquals(await reach(client, SERVER6, 22, 0.5), undefined, "the knock was for IPv4");
        await daemon.stop();
        assertEquals((await seen(1))[2], undefined, "the drop outlives the server");
      });
      for (const service of services) await service.stop();
    },
  );
}
