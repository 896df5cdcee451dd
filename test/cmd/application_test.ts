import assert from "node:assert/strict";
import { runFwknop } from "../../cmd/run.ts";
import { withFolder } from "../support/folder.ts";

async function fwknop(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runFwknop(args, {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    isErrorTerminal: false,
    usesColor: false,
    env: () => undefined,
  });
  return { code, out, err };
}

Deno.test("an unknown command is one line with a suggestion, and exit status 2", async () => {
  assert.deepEqual(await fwknop("knok"), {
    code: 2,
    out: "",
    err: "fwknop: there is no command 'knok'\n  did you mean `knock`?\n",
  });
});

Deno.test("an unknown option is exit status 2", async () => {
  const { code, out, err } = await fwknop("knock", "--no-such-option");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^fwknop: .*--no-such-option/);
});

Deno.test("help names every command and is exit status 0", async () => {
  const { code, out, err } = await fwknop("--help");
  assert.deepEqual([code, err], [0, ""]);
  for (const command of ["knock", "serve", "keygen", "fw-list", "fw-flush", "dump-config"]) {
    assert.ok(out.includes(`\n  ${command} `), command);
  }
});

Deno.test("version names the program and the wire format", async () => {
  const { code, out } = await fwknop("--version");
  assert.equal(code, 0);
  assert.match(out, /^fwknop [0-9.]+, FKO protocol version 3\.0\.0\n$/);
});

Deno.test("what the router refuses is refused without asking it", async () => {
  const lines: Readonly<Record<string, readonly string[]>> = {
    "--destinatio": ["--destinatio", "host"],
    "--source-ip": ["--source-ip", "-s"],
    "Too many arguments": ["more"],
    "--access": ["--access"],
  };
  for (const [part, words] of Object.entries(lines)) {
    const command = part === "Too many arguments" ? "keygen" : "knock";
    const { code, err } = await fwknop(command, ...words);
    assert.equal(code, 2, words.join(" "));
    assert.ok(err.includes(part), err);
    assert.match(err, /\n {2}try --help after the command\n$/);
  }
});

Deno.test("values may be glued to their letters", async () => {
  const { code, out } = await fwknop(
    ...["knock", "--no-rc-file", "-vTAtcp/22", "-a192.0.2.7", "--key-rijndael=0123", "-mmd5"],
  );
  assert.equal(code, 0);
  assert.match(out, /Message String: 192\.0\.2\.7,tcp\/22\n[^]*Digest Type: 1 \(MD5\)/);
});

Deno.test("every spelling of an option is taken, and the others are complained about", async () => {
  const knock = ["knock", "--no-rc-file", "-T", "-A", "tcp/22", "-a", "192.0.2.7", "-P", "udpraw"];
  const spoofed = ["--key-rijndael", "secret", "--spoof-src", "192.0.2.1"];
  const { code, err } = await fwknop(...knock, ...spoofed);
  assert.deepEqual([code, err], [0, ""]);
  const wrong = await fwknop(...knock, ...spoofed, "--no-such-option");
  assert.match(wrong.err, /^fwknop: .*--no-such-option/);
});

Deno.test("a stanza takes the server by the name that invite has for it", () =>
  withFolder(async (folder) => {
    const file = `${folder}/rc`;
    const words = ["stanza", "add", "new", "--rc-file", file, "--server", "gate.example"];
    const { code, err } = await fwknop(...words, "-A", "tcp/22");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(await Deno.readTextFile(file), /^SPA_SERVER +gate\.example$/m);
  }));

Deno.test("help COMMAND, COMMAND --help and COMMAND -h print the same", async () => {
  const help = await fwknop("help", "knock");
  assert.match(help.out, /^Usage: fwknop knock /);
  assert.deepEqual([help.code, help.err], [0, ""]);
  for (const words of [["--help"], ["-h"], ["-v", "--no-such-option", "--help"], ["-vh"]]) {
    assert.deepEqual(await fwknop("knock", ...words), help, words.join(" "));
  }
});

Deno.test("what an option takes, and what follows --, does not ask for help", async () => {
  for (const words of [["-D", "-h", "-T"], ["-T", "--", "ls", "--help"]]) {
    assert.doesNotMatch((await fwknop("knock", "--no-rc-file", ...words)).out, /^Usage/);
  }
});

Deno.test("help for a command that does not exist suggests one, with exit status 2", async () => {
  assert.deepEqual(await fwknop("help", "knok"), {
    code: 2,
    out: "",
    err: "fwknop: there is no command 'knok'\n  did you mean knock?\n",
  });
});
