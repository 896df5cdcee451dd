/**
 * docs/recipes/first-server.md, followed to the letter in a namespace: what it tells to type about the firewall is run as
 * it stands there.
 */
import { ROOT } from "../../scripts/process.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { namespaceTest } from "../support/namespace.ts";
import { echoService, reach } from "../support/tcp.ts";

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";

const RECIPE = await Deno.readTextFile(`${ROOT}docs/recipes/first-server.md`);

/** The commands behind root's prompt that begin with this word, of the part with this heading. */
function typed(heading: string, program: RegExp): string[][] {
  const part = RECIPE.slice(RECIPE.indexOf(`\n## ${heading}`)).split("\n## ")[1] ?? "";
  return Array.from(part.matchAll(/^# (.+)$/gm), ([, line = ""]) => line.split(" "))
    .filter(([first = ""]) => program.test(first));
}

namespaceTest(
  "the recipe of a first server leads to an open port behind a firewall that drops everything",
  { programs: ["iptables", "ip6tables"] },
  async (lab) => {
    const [server, client] = [await lab.namespace("server"), await lab.namespace("client")];
    await lab.cable(
      { namespace: server, device: "eth0", addresses: [`${SERVER}/24`] },
      { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`] },
    );
    const service = await echoService(server, SERVER, 22, "welcome");
    await withFolder(async (folder) => {
      const files = [
        "--config-file",
        `${folder}/fwknopd.conf`,
        "--access-file",
        `${folder}/access.conf`,
      ];
      const settings = await server.must(...SOURCE_PROGRAM, "print", "fwknopd.conf");
      await Deno.writeTextFile(`${folder}/fwknopd.conf`, settings, { mode: 0o600 });
      await Deno.writeTextFile(`${folder}/access.conf`, "", { mode: 0o600 });
      const [invite = []] = typed("2.", /^fwknop$/).filter(([, command]) => command === "invite");
      const stanza = await server.must(
        ...[...SOURCE_PROGRAM, ...invite.slice(1), ...files, "--run-dir", `${folder}/run`],
      );
      assertMatch(stanza, /^\[gate\.example\]\n/m);
      const rc = stanza.replace(/^(SPA_SERVER +).*$/m, `$1${SERVER}`)
        .replace(/^(ALLOW_IP +).*$/m, `$1${CLIENT}`);
      await Deno.writeTextFile(`${folder}/rc`, rc, { mode: 0o600 });

      const close = typed("5.", /^ip6?tables$/);
      assertEquals(close.length, 7);
      for (const words of close) await server.must(...words);
      assertEquals(await reach(client, SERVER, 22, 1), undefined);

      const daemon = new LoggedProcess(
        server.spawn([...SOURCE_PROGRAM, "serve", "-f", ...files, "--run-dir", `${folder}/run`], {
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
          env: { NO_COLOR: "1" },
        }),
      );
      await daemon.line(/main event loop|Sniffing/i, { seconds: 30 });
      const knock = [...SOURCE_PROGRAM, "knock", "--rc-file", `${folder}/rc`, "-n", "gate.example"];
      const ended = await client.run(...knock, "--wait");
      assertEquals([ended.code, ended.stderr], [0, ""]);
      assertMatch(ended.stdout, /tcp\/22 at .* open after/);
      assert(await reach(client, SERVER, 22, 1) !== undefined);
      await daemon.stop();
    });
    await service.stop();
  },
);
