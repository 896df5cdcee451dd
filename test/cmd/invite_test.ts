import { invite } from "../../cmd/invite.ts";
import { parseFwknoprc, readStanza } from "../../lib/config/fwknoprc.ts";
import { parseCommandLine } from "../../lib/config/getopt.ts";
import { systemFiles } from "../../cmd/system_files.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { readServerConfig } from "../../lib/config/server_config.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

const { run } = invite;

const ALICE = ["alice", "--server", "gate.example", "--access", "tcp/22"];

async function inviteWith(...args: string[]) {
  const { options, words } = parseCommandLine(args, invite.options);
  const context = new BufferContext();
  const code = await run(options, words, context);
  return { code, out: context.stdout, err: context.stderr };
}

/** A folder with the files of a server. */
async function withServer(
  access: string,
  use: (files: string[], accessFile: string, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const [conf, accessFile] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
    await Deno.writeTextFile(conf, "", { mode: 0o600 });
    await Deno.writeTextFile(accessFile, access, { mode: 0o640 });
    const names = ["--config-file", conf, "--access-file", accessFile, "--run-dir", folder];
    await use(names, accessFile, folder);
  });
}

function values(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`^${name} +(\\S+)$`, "gm"))].map(([, value = ""]) => value);
}

Deno.test("both stanzas have the same two keys, and the server's requires the HMAC", async () => {
  const { code, out, err } = await inviteWith(...ALICE, "--fw-timeout", "60");
  assertEquals([code, err], [0, ""]);
  for (const name of ["KEY_BASE64", "HMAC_KEY_BASE64"]) {
    const [server, client, ...more] = values(out, name);
    assert(server !== undefined && server === client && more.length === 0, name);
  }
  assertMatch(out, /\n# alice, invited on \d{4}-\d\d-\d\d\nSOURCE {22}ANY\nNAME {24}alice\n/);
  assertMatch(out, /^REQUIRE_HMAC +Y\nREQUIRE_SOURCE_ADDRESS +Y$/m);
  assertEquals(values(out, "FW_ACCESS_TIMEOUT"), ["60"]);
  const { entries, diagnostics } = readStanza(parseFwknoprc(out, "rc"), "gate.example");
  assertEquals(diagnostics, []);
  assertEquals(
    entries.filter(({ name }) => !name.includes("KEY")).map(({ name, value }) => [name, value]),
    [["ACCESS", "tcp/22"], ["SPA_SERVER", "gate.example"], ["USE_HMAC", "Y"], [
      "ALLOW_IP",
      "resolve",
    ]],
  );
});

Deno.test("the server does not require the address of a client that leaves it open", async () => {
  const { out } = await inviteWith(...ALICE, "--allow-ip", "source");
  assert(!out.includes("REQUIRE_SOURCE_ADDRESS"));
  assertEquals(values(out, "ALLOW_IP"), ["source"]);
});

Deno.test("settings that both ends need are in both stanzas", async () => {
  const words = ["--hmac-digest-type", "sha512", "-p", "55", "-P", "tcp", "--qr"];
  const { out, err } = await inviteWith(...ALICE, ...words);
  assertEquals(values(out, "HMAC_DIGEST_TYPE"), ["SHA512", "SHA512"]);
  assertEquals([values(out, "SPA_SERVER_PORT"), values(out, "SPA_SERVER_PROTO")], [["55"], [
    "tcp",
  ]]);
  assertMatch(err, /█▄{2,}[^]*then type there: server gate\.example, tcp\/22\. .*--qr-file FILE\n/);
});

Deno.test("--install adds the stanza to the private file, and prints only the client's stanza", async () => {
  const before = "SOURCE 192.0.2.1\nKEY first\nHMAC_KEY second";
  await withServer(before, async (files, accessFile) => {
    const { code, out, err } = await inviteWith(...ALICE, "--install", ...files);
    assertEquals(code, 0);
    assertMatch(err, /^The server's stanza is in .*access\.conf\.\nNo daemon runs here\./);
    // The output must be ready to be appended to a file.
    assertMatch(out, /^# .*\n\n\[gate\.example\]\n/);
    const text = await Deno.readTextFile(accessFile);
    assert(text.startsWith(`${before}\n\n# alice, invited on `));
    assertEquals(values(out, "KEY_BASE64"), values(text, "KEY_BASE64"));
    assertEquals(values(text, "KEY_BASE64").length, 1);
    assertEquals((await Deno.stat(accessFile)).mode! & 0o777, 0o600);
    assert(!err.includes("before"));
    const again = await inviteWith(...ALICE, "--install", ...files);
    assertEquals(again.code, 0);
    assertMatch(again.err, /warning: the same name was invited before.*\n.*access\.conf:5\n/);
  });
});

Deno.test("the comment of the printed stanza names the access file of the option", async () => {
  const { out } = await inviteWith(...ALICE, "--access-file", "/srv/access.conf");
  assert(out.startsWith("# For the server: the end of /srv/access.conf\n"), out);
});

Deno.test("on a fresh host --install makes the private folder and files, and a server starts with them", () =>
  withFolder(async (folder) => {
    const [conf, access] = [
      `${folder}/etc/fwknop/fwknopd.conf`,
      `${folder}/etc/fwknop/access.conf`,
    ];
    const files = ["-c", conf, "--access-file", access];
    const { code, err } = await inviteWith(...ALICE, "--install", ...files);
    assertEquals(code, 0, err);
    assertMatch(
      err,
      /^.*fwknopd\.conf is new: set PCAP_INTF .*\nThe server's stanza is in .*access\.conf\.\n/,
    );
    for (const file of [conf, access]) assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(`${folder}/etc/fwknop`)).mode! & 0o777, 0o700);
    const options = new GivenOptions([
      { name: "config-file", value: conf },
      { name: "access-file", value: access },
    ]);
    const { config, diagnostics } = readServerConfig(options, systemFiles);
    assertEquals([config?.stanzas.length, diagnostics], [1, []]);
    assertEquals((await inviteWith("bob", ...ALICE.slice(1), "--install", ...files)).code, 0);
    assertEquals(readServerConfig(options, systemFiles).config?.stanzas.length, 2);
  }));

Deno.test("--install warns of a daemon that reads another access file", async () => {
  await withServer("", async (files, accessFile, folder) => {
    const holder = new URL("../support/hold_pid_file.ts", import.meta.url).pathname;
    const invite = async (name: string, read: string) => {
      const words = [
        "run",
        "--allow-all",
        "--quiet",
        holder,
        `${folder}/fwknopd.pid`,
        "--",
        "serve",
      ];
      const child = new Deno.Command(Deno.execPath(), {
        args: [...words, "-c", files[1] ?? "", "-a", read],
        cwd: folder,
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const lines = child.stdout.getReader();
      await lines.read();
      const { err } = await inviteWith(name, ...ALICE.slice(1), "--install", ...files);
      child.kill("SIGKILL");
      await lines.cancel();
      await child.status;
      return err;
    };
    assertMatch(await invite("bob", "access.conf"), /\nThe daemon \(pid=\d+\) reads it now\.\n$/);
    await Deno.writeTextFile(`${folder}/other.conf`, "", { mode: 0o600 });
    assertMatch(
      await invite("carol", "other.conf"),
      /the daemon \(pid=\d+\) reads \S+\/other\.conf, so this stanza is not in force\n.*--access-file \S+\/other\.conf\n$/,
    );
    assertMatch(await Deno.readTextFile(accessFile), /bob[^]*carol/);
  });
});

Deno.test("--install makes a separate file for a server that reads a folder", async () => {
  await withServer("", async (files, accessFile, folder) => {
    const access = `${folder}/access`;
    await Deno.mkdir(access);
    const names = [...files.filter((word) => word !== "--access-file" && word !== accessFile)];
    const { code, err } = await inviteWith(
      ...ALICE,
      ...["--install", ...names, "--access-folder", access],
    );
    assertEquals(code, 0);
    assertMatch(err, /^The server's stanza is in .*alice\.conf\.$/m);
    assertMatch(await Deno.readTextFile(`${access}/alice.conf`), /^# alice, invited on /);
    const again = await inviteWith(
      ...["../x", ...ALICE.slice(1), "--install", ...names, "--access-folder", access],
    );
    assertEquals(again.code, 2);
  });
});

Deno.test("--install writes nothing if the server would not start", async () => {
  const before = "SOURCE 192.0.2.1\nKEY_BASE64 __CHANGEME__\n";
  await withServer(before, async (files, accessFile, folder) => {
    const client = `${folder}/client`;
    const words = [...ALICE, "--install", ...files, "--client-file", client];
    const { code, out, err } = await inviteWith(...words);
    assertEquals([code, out], [1, ""]);
    assertMatch(err, /access\.conf:2:12[^]*nothing is installed\n$/);
    assertEquals(await Deno.readTextFile(accessFile), before);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).includes("client"), false);
  });
});

Deno.test("the client's stanza and the QR code go to private files, which replace no file", () =>
  withFolder(async (folder) => {
    const words = ["--client-file", `${folder}/rc`, "--qr-file", `${folder}/code.svg`];
    const { code, out, err } = await inviteWith(...ALICE, ...words);
    assertEquals(code, 0);
    assertMatch(
      err,
      /^The client's stanza is in .*rc\. .*type there: fwknop accept rc\n$/,
    );
    assertEquals(
      values(await Deno.readTextFile(`${folder}/rc`), "KEY_BASE64"),
      values(out, "KEY_BASE64"),
    );
    assertEquals((await Deno.stat(`${folder}/rc`)).mode! & 0o777, 0o600);
    assertMatch(await Deno.readTextFile(`${folder}/code.svg`), /^<svg /);
    assertEquals((await inviteWith(...ALICE, ...words)).code, 1);
  }));

Deno.test("standard output can be appended to a configuration, with all other options too", () =>
  withFolder(async (folder) => {
    const extras = [["--qr"], ["--client-file", `${folder}/rc`], [
      "--qr-file",
      `${folder}/code.svg`,
    ]];
    for (let set = 0; set < 1 << extras.length; set++) {
      const words = extras.filter((_, index) => set & 1 << index).flat();
      const { code, out } = await inviteWith(...ALICE, ...words, "--force");
      assertEquals(code, 0);
      for (const line of out.split("\n")) {
        assertMatch(line, /^(#.*|\[gate\.example\]|[A-Z_0-9]+ +\S+)?$/, words.join(" "));
      }
      assertEquals(values(out, "KEY_BASE64").length, words.includes("--client-file") ? 1 : 2);
    }
  }));

Deno.test("a bad invitation is refused with an example or what is allowed", async () => {
  const lines: readonly (readonly [string[], RegExp])[] = [
    [[], /invite needs the name of a client\n {2}for example: fwknop invite alice --server/],
    [["alice"], /invite needs --server\n {2}for example: fwknop invite alice --server/],
    [["alice", "-D", "gate.example"], /invite needs --access/],
    [[...ALICE, "bob"], /unexpected word 'bob'/],
    [["a\nSOURCE ANY", ...ALICE.slice(1)], /cannot be the name of a client/],
    [["alice", "-D", "gate_1", "-A", "tcp/22"], /neither a host name nor an address/],
    [["alice", "-D", "gate", "-A", "tcp/22-30"], /is not a list such as tcp\/22/],
    [[...ALICE, "--allow-ip", "me"], /is not resolve, source or an address/],
    [[...ALICE, "-f", "0"], /is not a number of seconds from 1/],
    [[...ALICE, "-P", "carrier"], /--server-proto/],
    [[...ALICE, "--source", "ANY\nKEY x"], /is not ANY or a list/],
  ];
  for (const [words, message] of lines) {
    const { code, out, err } = await inviteWith(...words);
    assertEquals([code, out], [2, ""], words.join(" "));
    assertMatch(err, message);
  }
});
