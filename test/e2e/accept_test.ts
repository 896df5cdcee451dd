import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  CLIENT_ADDRESS,
  FirstKnock,
  SERVER_ADDRESS,
  SOURCE_PROGRAM,
} from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

namespaceTest(
  "invite on the server and accept on the client: the test knock opens the port, and says that it was closed",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const stage = await FirstKnock.build({
        lab,
        folder,
        program: SOURCE_PROGRAM,
        accessTimeout: 5,
        firewall: "iptables",
      });
      const { server, client } = stage;
      const files = ["--config-file", `${folder}/fwknopd.conf`];
      await server.must(
        ...[...SOURCE_PROGRAM, "invite", "alice@laptop", "--server", SERVER_ADDRESS],
        ...["--access", "tcp/22", "--allow-ip", CLIENT_ADDRESS, "--fw-timeout", "4", "--install"],
        ...["--client-file", `${folder}/alice`, ...files, "--access-file", `${folder}/access.conf`],
      );
      const daemon = await stage.serve();
      assert(!await stage.isOpen(), "closed before the knock");

      await Deno.writeTextFile(`${folder}/rc`, "# mine\n[home]\nSPA_SERVER home\n", {
        mode: 0o600,
      });
      const accept = [...SOURCE_PROGRAM, "accept", `${folder}/alice`, "--rc-file", `${folder}/rc`];
      const first = await client.run(...accept, "--knock");
      assertEquals([first.code, first.stderr], [0, ""]);
      assertMatch(first.stdout, /^\[198\.51\.100\.7\] is in /);
      assertMatch(
        first.stdout,
        /\ntcp\/22 at 198\.51\.100\.7 open after \d+ ms\nIt was closed before the knock, so the knock opened it\.\n/,
      );
      await daemon.line(/Added access rule .*198\.51\.100\.44 .* \(alice@laptop\)$/);
      assert(await stage.isOpen(3), "open after the knock");
      assertMatch(await stage.list(), /^198\.51\.100\.44 .* 2 +alice@laptop +access in /m);
      assertMatch(
        await Deno.readTextFile(`${folder}/rc`),
        /^# mine\n\[home\]\nSPA_SERVER home\n\n\[/,
      );

      const second = await client.run(...accept, "--knock");
      assertEquals(second.code, 7, second.stdout + second.stderr);
      assertMatch(second.stderr, /was open before the knock/);

      await daemon.line(/Removed rule .* \(alice@laptop\)$/, { seconds: 15 });
      await daemon.stop();
      const stanza = await Deno.readTextFile(`${folder}/alice`);
      await Deno.writeTextFile(`${folder}/bob`, `${stanza.trimEnd()}\n`, { mode: 0o600 });
      const silent = await client.run(
        ...[...SOURCE_PROGRAM, "accept", `${folder}/bob`, "--as", "other"],
        ...["--rc-file", `${folder}/rc`, "--no-knock"],
      );
      assertEquals([silent.code, silent.stderr], [0, ""]);
      assertMatch(silent.stdout, /\nTo knock: fwknop knock -n other --rc-file \S+ --wait\n$/);
      await stage.service.stop();
    }),
);
