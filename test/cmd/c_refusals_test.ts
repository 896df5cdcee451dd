/**
 * Refusals of the C client's command line: every row of `docs/spec/client.md` 3, with its message.
 */
import { runCClient } from "../../cmd/c/client.ts";
import { assertEquals } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";

const TEST = "-T --no-save-args -A tcp/22 -a 192.0.2.7 --key-rijndael secret";
const SENDS = "--no-save-args -A tcp/22 --key-rijndael secret";

/** Rows by their number in the table. */
const ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "1": {
    "--no-rc-file --save-rc-stanza": "Cannot save an rc stanza in --no-rc-file mode.",
    "--no-rc-file -n x": "Cannot set stanza name in --no-rc-file mode.",
    "--no-rc-file --stanza-list": "Cannot list stanzas in --no-rc-file mode.",
  },
  "2": { [`--no-home-dir ${TEST}`]: "Warning: in --no-home-dir mode, must set --rc-file path." },
  "4": {
    [`${TEST} -f 131073`]: "--fw-timeout must be within [0-131072]",
    [`${TEST} -m x`]:
      "* Invalid digest type: x, use {md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512}",
    [`${TEST} --hmac-digest-type x`]:
      "* Invalid hmac digest type: x, use {md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512}",
    [`${TEST} -M x`]: "* Invalid encryption mode: x, use {CBC,CTR,legacy,Asymmetric}",
    [`${TEST} -P x`]: "Unrecognized protocol: x",
    [`${TEST} --time-offset-plus x`]: "Invalid time offset: 'x'",
    "-k --key-len 129": "Invalid key length '129', must be in [1-128]",
    "-k --hmac-key-len 0": "Invalid hmac key length '0', must be in [1-128]",
    [`${TEST} --icmp-type 41`]: "Invalid icmp type '41', must be in [0-40]",
    [`${TEST} --icmp-code 16`]: "Invalid icmp code '16', must be in [0-15]",
    [`${TEST} --key-base64-rijndael %`]:
      "Base64 encoded Rijndael argument '(hidden)' doesn't look like base64-encoded data.",
    [`${TEST} --key-base64-hmac %`]:
      "Base64 encoded HMAC argument '(hidden)' doesn't look like base64-encoded data.",
  },
  "6": { [`${TEST} -n absent`]: "Named configuration stanza: [absent] was not found." },
  "7": { [`${TEST} --save-rc-stanza`]: "Must use --destination unless --test mode is used" },
  "8": { [`${SENDS} -s`]: "Must use --destination unless --test mode is used" },
  "9": {
    [`${SENDS} -D 192.0.2.1`]: "Must use one of [-s|-R|-a] to specify IP for SPA access.",
  },
  "11": { [`${TEST} -a 300.1.1.1`]: "Invalid allow IP specified for SPA access" },
  "12": {
    [`${TEST} -P udpraw -Q host`]: "Invalid spoof IP",
    [`${TEST} -Q 192.0.2.9`]: "Must set -P <udpraw|tcpraw|icmp> with a spoofed source IP",
  },
  "13": { [`${TEST} -H proxy -P udp`]: "Cannot set --http-proxy with a non-HTTP protocol." },
  "14": { [`${TEST} -g`]: "Must specify --gpg-recipient-key when GPG is used." },
  "15": {
    [`${TEST} -M Asymmetric`]:
      "Must specify GPG recipient/signing keys when Asymmetric encryption mode is used.",
  },
  "16": {
    [`${TEST} -M legacy --use-hmac`]: "Legacy encryption mode is incompatible with HMAC usage.",
  },
  "17": {
    "--no-home-dir --no-rc-file -T -A tcp/22 -s":
      "In --no-home-dir mode must set the args save file path with -E",
  },
};

/** Rows that need a run without HOME. */
const HOMELESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "3": {
    [TEST]: "Warning: Unable to determine HOME directory.\n No .fwknoprc file processed.",
  },
  "18": { "--no-rc-file -T -A tcp/22 -s": "Unable to determine args save file" },
};

async function check(
  rows: Readonly<Record<string, Readonly<Record<string, string>>>>,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [row, lines] of Object.entries(rows)) {
    for (const [line, message] of Object.entries(lines)) {
      const context = new BufferContext(environment);
      const code = await runCClient(line.split(" "), context);
      // A hint of ours may follow the C client's message.
      const said = context.stderr.replace(/^ {2}\S.*\n/gm, "");
      assertEquals([code, said], [1, `${message}\n`], `row ${row}: ${line}`);
    }
  }
}

Deno.test("every refusal has the C client's message and exit status 1", () =>
  withFolder(async (home) => {
    await Deno.writeTextFile(`${home}/.fwknoprc`, "", { mode: 0o600 });
    await check(ROWS, { HOME: home });
    await check(HOMELESS, {});
  }));

Deno.test("unknown, ambiguous and incomplete options cause two complaints (row 5)", async () => {
  const lines: Readonly<Record<string, string>> = {
    "--bogus": "unrecognized option '--bogus'",
    "-A": "option requires an argument -- 'A'",
    "--access": "option '--access' requires an argument",
  };
  for (const [line, complaint] of Object.entries(lines)) {
    const context = new BufferContext({});
    const code = await runCClient(["--no-rc-file", line], context);
    assertEquals([code, context.stderr], [1, `fwknop: ${complaint}\n`.repeat(2)], line);
    assertEquals(context.stdout.includes("Usage: fwknop -A"), true);
  }
});

Deno.test("an option that only fwknop knock has is reported once, without the usage", async () => {
  const lines: Readonly<Record<string, string>> = {
    "-n gate --wait": "--wait",
    "-n gate --wait-time=3 --json": "--wait-time",
    "-6 -n gate": "-6",
  };
  for (const [line, option] of Object.entries(lines)) {
    const context = new BufferContext({});
    const code = await runCClient(line.split(" "), context);
    const told =
      `fwknop: ${option} belongs to fwknop knock: put the word knock before the options\n`;
    assertEquals([code, context.stdout, context.stderr], [1, "", told], line);
  }
});

Deno.test("an option that knock does not have either causes the usual complaints", async () => {
  const context = new BufferContext({});
  const code = await runCClient(["--no-rc-file", "--wait", "--waiting"], context);
  const first = "fwknop: unrecognized option '--wait'\n";
  const both = `${first}fwknop: unrecognized option '--waiting'\n`;
  assertEquals([code, context.stderr], [1, both + first]);
  assertEquals(context.stdout.includes("Usage: fwknop -A"), true);
});

Deno.test("an open address causes a warning only with -v (row 10)", async () => {
  const line = "--no-rc-file --no-save-args -s -A tcp/22 --key-rijndael secret -D 127.0.0.1 -p 9";
  const warning = "[-] WARNING: Should use -a or -R to harden SPA against potential MITM attacks\n";
  for (const [more, expected] of [["", ""], [" -v", warning]] as const) {
    const context = new BufferContext({ HOME: "/nonexistent" });
    assertEquals(await runCClient(`${line}${more}`.split(" "), context), 0);
    assertEquals(context.stderr, expected);
  }
});
