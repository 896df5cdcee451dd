import assert from "node:assert/strict";
import { describeAll } from "../../cmd/command.ts";
import { COMMANDS } from "../../cmd/commands.ts";
import { runFwknop } from "../../cmd/run.ts";
import { ownOptions } from "../../lib/manual/command.ts";
import { withFolder } from "../support/folder.ts";

/** Letters that mean different things to the C client and to the C daemon. */
const SEVERAL_MEANINGS: readonly string[] = [
  "-C: packet-limit, server-cmd",
  "-D: destination, server",
  "-P: pcap-filter, server-proto",
  "-U: spoof-user, udp-server",
  "-a: access-file, allow-ip",
  "-f: foreground, fw-timeout",
  "-n: named-config, nfq-capture",
  "-p: pid-file, server-port",
  "-r: rand-port, run-dir",
];

const HELP = "try fwknop knock --help";

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

Deno.test("an unknown command causes one line with a suggestion, and exit status 2", async () => {
  assert.deepEqual(await fwknop("knok"), {
    code: 2,
    out: "",
    err: "fwknop: there is no command 'knok'\n  did you mean knock?\n",
  });
});

Deno.test("for a word similar to commands the hint names these, and for any other word --help", async () => {
  const answers: Readonly<Record<string, string>> = {
    "fw": "did you mean fw-list or fw-flush?",
    "doc": "did you mean doctor?",
    "fw_list": "did you mean fw-list?",
    "KNOCK": "did you mean knock?",
    "x": "try fwknop --help",
  };
  for (const [word, hint] of Object.entries(answers)) {
    const err = `fwknop: there is no command '${word}'\n  ${hint}\n`;
    assert.deepEqual(await fwknop(word), { code: 2, out: "", err });
  }
});

Deno.test("an unknown option causes exit status 2", async () => {
  const { code, out, err } = await fwknop("knock", "--no-such-option");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, /^fwknop: .*--no-such-option/);
});

Deno.test("help names every command and has exit status 0", async () => {
  const { code, out, err } = await fwknop("--help");
  assert.deepEqual([code, err], [0, ""]);
  for (const command of ["knock", "serve", "keygen", "fw-list", "fw-flush", "dump-config"]) {
    assert.ok(out.includes(`\n  ${command} `), command);
  }
});

Deno.test("version names the program and the wire format", async () => {
  const { code, out } = await fwknop("version");
  assert.equal(code, 0);
  assert.match(out, /^fwknop \d[\w.-]*, FKO protocol version 3\.0\.0\n$/);
  // In the C client's form, because scripts read the third word.
  for (const word of ["--version", "-V"]) {
    assert.equal((await fwknop(word)).out, out.replace("fwknop ", "fwknop client "));
  }
});

Deno.test("an abbreviation, a repetition, a stray word and a missing value are refused", async () => {
  const lines: Readonly<Record<string, readonly string[]>> = {
    "--destinatio": ["--destinatio", "host"],
    "--source-ip": ["--source-ip", "-s"],
    "unexpected word 'more'": ["more"],
    "--access": ["--access"],
  };
  for (const [part, words] of Object.entries(lines)) {
    const command = words[0] === "more" ? "keygen" : "knock";
    const { code, err } = await fwknop(command, ...words);
    assert.equal(code, 2, words.join(" "));
    assert.ok(err.includes(part), err);
    assert.match(err, /^fwknop: .*\n {2}(try fwknop \w+ --help|did you mean --\S+\?)\n$/);
  }
});

Deno.test("the hint for a mistake in the options says what to type", async () => {
  const answers: readonly (readonly [words: string, text: string, hint: string])[] = [
    ["knock --wait=3", "--wait does not take a value: '3'", "use --wait-time 3"],
    ["knock --repeat=2", "--repeat does not take a value: '2'", "use --repeat-time 2"],
    ["knock --json=x", "--json does not take a value: 'x'", "write --json alone"],
    [
      "knock --key-base64 K",
      "fwknop knock has no option --key-base64",
      "did you mean --key-base64-rijndael or --key-base64-hmac?",
    ],
    [
      "knock --key-gen",
      "fwknop knock has no option --key-gen",
      "use fwknop keygen for keys, or fwknop invite for both ends with them",
    ],
    ["serve --conf F", "fwknop serve has no option --conf", "did you mean --config-file?"],
    ["serve -K", "fwknop serve has no option -K", "use fwknop stop"],
    [
      "knock --Forward-access 192.0.2.1,22",
      "fwknop knock has no option --Forward-access",
      "use -N HOST --nat-port PORT",
    ],
    ["knock -X", "fwknop knock has no option -X", "try fwknop knock --help"],
    ["knock -vX", "fwknop knock has no option -X", "try fwknop knock --help"],
    ["serve --test=1", "--test does not take a value: '1'", "write --test alone"],
    // Every JavaScript object has a member of this name.
    [
      "knock --constructor",
      "fwknop knock has no option --constructor",
      "try fwknop knock --help",
    ],
    ["uci --x", "fwknop uci has no option --x", "try fwknop uci --help"],
    ["knock --gpg", "fwknop knock has no option --gpg", "try fwknop knock --help"],
    ["status --HELP", "fwknop status has no option --HELP", "did you mean --help?"],
    ["status --json --json", "--json is given twice", "try fwknop status --help"],
    ["knock -p62201 -p 3", "--server-port is given twice: '62201' and '3'", HELP],
    ["knock -A --foo", "--access needs a value", "write --access=VALUE if it begins with --"],
    ["knock -D -- ssh", "--destination needs a value", HELP],
    ["stop extra", "unexpected word 'extra' for fwknop stop", "try fwknop stop --help"],
    ["stop -- --help", "unexpected word '--help' for fwknop stop", "try fwknop stop --help"],
    [
      "knock -A tcp/22 -A tcp/23",
      "--access is given twice: 'tcp/22' and 'tcp/23'",
      "try fwknop knock --help",
    ],
    ["knock --key-hmac K1 --key-hmac K2", "--key-hmac is given twice", "try fwknop knock --help"],
    ["knock -D", "--destination needs a value", "try fwknop knock --help"],
    [
      "knock -s 192.0.2.7",
      "-s does not take an address: '192.0.2.7'",
      "-a 192.0.2.7 admits an address, -s the source of the packet",
    ],
    [
      "knock --no-rc-file -D gate.example:62201 -A tcp/22 -s",
      "--destination: 'gate.example:62201' has a port",
      "use -D gate.example -p 62201",
    ],
  ];
  for (const [words, text, hint] of answers) {
    const { code, out, err } = await fwknop(...words.split(" "));
    assert.deepEqual([code, out, err], [2, "", `fwknop: ${text}\n  ${hint}\n`], words);
  }
  const empty = await fwknop("knock", "--no-rc-file", "-A", "tcp/22", "-D", "h", "-a", "");
  assert.match(empty.err, /'' is not an address\n.*-R looks up your public one/);
});

Deno.test("a mistake is shown on its line, with controls and colours of the words spelt out", async () => {
  const word = "\x1b[30mx\ny";
  const shown = String.raw`\x1b[30mx\ny`;
  const lines: readonly (readonly string[])[] = [
    [word],
    ["help", word],
    ["print", word],
    ["stop", word],
    ["stop", `--${word}`],
    ["knock", `--wait=${word}`],
    ["knock", "-A", word, "-A", "x"],
    ["-T", "--no-rc-file", `--${word}`],
  ];
  for (const words of lines) {
    const { err } = await fwknop(...words);
    assert.ok(err.split("\n")[0]?.includes(shown), JSON.stringify(err));
    assert.ok(!err.includes("\x1b"), JSON.stringify(err));
  }
});

Deno.test("the hint for a stanza's name in place of a command is the command that knocks", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/.fwknoprc`, "[gate]\nSPA_SERVER gate.example\n", {
      mode: 0o600,
    });
    let err = "";
    const context = {
      ...{ out: () => {}, err: (text: string) => void (err += text) },
      ...{ isTerminal: false, isErrorTerminal: false, usesColor: false },
      env: (name: string) => name === "HOME" ? folder : undefined,
    };
    assert.equal(await runFwknop(["gate"], context), 2);
    assert.equal(
      err,
      "fwknop: there is no command 'gate'\n  to knock with that stanza: fwknop knock -n gate\n",
    );
    err = "";
    assert.equal(await runFwknop(["knock"], context), 2);
    assert.match(err, /no destination\n {2}use -n with a stanza of \S+ \(gate\), or -D HOST\n/);
    await Deno.writeTextFile(`${folder}/.fwknoprc`, "[gate]\nACCESS tcp/22\n");
    err = "";
    assert.equal(await runFwknop(["knock", "-n", "gate"], context), 2);
    assert.match(
      err,
      /no destination\n {2}put SPA_SERVER HOST below \[gate\] in \S+, or use -D HOST\n/,
    );
    err = "";
    assert.equal(await runFwknop(["knock", "-n", "home"], context), 2);
    assert.match(err, /no stanza \[home\] in \S+\n {2}there are gate\n/);
    err = "";
    assert.equal(
      await runFwknop(["knock", "-n", "home"], {
        ...context,
        env: (it: string) => it === "HOME" ? `${folder}/none` : undefined,
      }),
      2,
    );
    assert.match(err, /because there is no file \S+\/none\/\.fwknoprc\n.*fwknop stanza add home/);
    assert.match((await fwknop("revoke")).err, /fwknop fw-flush/);
    assert.match((await fwknop("start")).err, /fwknop serve starts/);
    assert.match((await fwknop("kill")).err, /fwknop stop stops/);
  }));

Deno.test("a letter means the same option in every command, except for letters of the C tools", async () => {
  const meanings = new Map<string, Map<string, string[]>>();
  for (const [name, command] of Object.entries(await describeAll(COMMANDS))) {
    for (const row of ownOptions(command)) {
      if (row.short === undefined) continue;
      const options = meanings.get(row.short) ?? new Map<string, string[]>();
      options.set(row.name, [...options.get(row.name) ?? [], name]);
      meanings.set(row.short, options);
    }
  }
  const several = [...meanings].filter(([, options]) => options.size > 1);
  const told = several.map(([letter, options]) =>
    `-${letter}: ${[...options.keys()].sort().join(", ")}`
  );
  assert.deepEqual(told.sort(), SEVERAL_MEANINGS);
});

Deno.test("a value may follow its letter without a blank", async () => {
  const { code, out } = await fwknop(
    ...["knock", "--no-rc-file", "-vTAtcp/22", "-a192.0.2.7", "--key-rijndael=0123", "-mmd5"],
  );
  assert.equal(code, 0);
  assert.match(out, /Message String: 192\.0\.2\.7,tcp\/22\n[^]*Digest Type: 1 \(MD5\)/);
});

Deno.test("every spelling of an option is accepted, and any other word causes a complaint", async () => {
  const knock = ["knock", "--no-rc-file", "-T", "-A", "tcp/22", "-a", "192.0.2.7", "-P", "udpraw"];
  const spoofed = ["--key-rijndael", "secret", "--spoof-src", "192.0.2.1"];
  const { code, err } = await fwknop(...knock, ...spoofed);
  assert.deepEqual([code, err], [0, ""]);
  const wrong = await fwknop(...knock, ...spoofed, "--no-such-option");
  assert.match(wrong.err, /^fwknop: .*--no-such-option/);
});

Deno.test("stanza add accepts invite's name for the option of the server", () =>
  withFolder(async (folder) => {
    const file = `${folder}/rc`;
    const words = ["stanza", "add", "new", "--rc-file", file, "--server", "gate.example"];
    const { code, err } = await fwknop(...words, "-A", "tcp/22");
    assert.equal(code, 0);
    assert.match(err, /^fwknop: warning: \[new\] has no key, .*\n.*--keys FILE --force\n$/);
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

Deno.test("-h as the value of an option, or after --, does not ask for help", async () => {
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
