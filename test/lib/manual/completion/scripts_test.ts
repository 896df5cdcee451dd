/**
 * Runs each completion script in its shell, and compares what the shell offers with the tables.
 */
import { describeAll } from "../../../../cmd/command.ts";
import { COMMANDS } from "../../../../cmd/commands.ts";
import { PRINTABLE } from "../../../../cmd/print.ts";
import { CLIENT_OPTIONS } from "../../../../lib/config/client_options.ts";
import { SERVER_OPTIONS } from "../../../../lib/config/server_options.ts";
import { DIGEST_NAMES } from "../../../../lib/crypto/digest_name.ts";
import { ownOptions } from "../../../../lib/manual/command.ts";
import { COMPLETIONS } from "../../../../lib/manual/completion/scripts.ts";
import { optionValues, wordValues } from "../../../../lib/manual/completion/values.ts";
import { assert, assertEquals } from "../../../assert.ts";
import { SHELLS } from "../../../support/completion.ts";
import { withFolder } from "../../../support/folder.ts";
import { testWhere } from "../../../support/needs.ts";

const commands = await describeAll(COMMANDS);

type Complete = (...words: readonly string[]) => Promise<string[]>;

for (const [name, shell] of Object.entries(SHELLS) as [keyof typeof SHELLS, typeof SHELLS.bash][]) {
  testWhere(`${name} offers commands, options, values, files and stanzas`, {
    programs: [shell.program],
  }, () =>
    withFolder(async (home) => {
      const script = `${home}/script`;
      await Deno.writeTextFile(script, COMPLETIONS[name](commands));
      await Deno.mkdir(`${home}/files/folder`, { recursive: true });
      await Deno.writeTextFile(`${home}/files/knock.pcap`, "");
      await Deno.writeTextFile(`${home}/files/rc`, "[elsewhere]\n");
      await Deno.writeTextFile(
        `${home}/.fwknoprc`,
        "[default]\n#[no]\n[home]\n [hotel] x\n[work]\n",
      );
      await lookAround(async (...words) => (await shell.complete(script, words, home)).sort());
    }));
}

async function lookAround(complete: Complete): Promise<void> {
  assertEquals(await complete("fwknop", ""), Object.keys(commands).sort());
  assertEquals(await complete("fwknop", "fw-"), ["fw-flush", "fw-list"]);
  assertEquals(await complete("fwknop", "help", "kno"), ["knock"]);
  const has = async (words: readonly string[], names: readonly string[]): Promise<void> => {
    const offered = await complete(...words, "--");
    for (const option of names) assert(offered.includes(`--${option}`), `${words} --${option}`);
  };
  for (const [command, definition] of Object.entries(commands)) {
    await has(["fwknop", command], ownOptions(definition).map(({ name }) => name));
  }
  const compat = (rows: typeof CLIENT_OPTIONS): string[] =>
    rows.filter(({ only }) => only !== "native").map(({ name }) => name);
  await has(["fwknop", "-v"], compat(CLIENT_OPTIONS));
  await has(["fwknopd"], compat(SERVER_OPTIONS));
  assertEquals(await complete("fwknop", "-m", "sha3_"), ["sha3_256", "sha3_512"]);
  assertEquals(await complete("fwknop", "knock", "-m", ""), DIGEST_NAMES.toSorted());
  assertEquals(await complete("fwknop", "knock", "--server-proto", "udp"), ["udp", "udpraw"]);
  assertEquals(await complete("fwknop", "serve", "--log-format", ""), ["json", "text", "trace"]);
  assertEquals(await complete("fwknop", "knock", "-n", ""), ["home", "hotel", "work"]);
  assertEquals(await complete("fwknop", "knock", "-n", "ho"), ["home", "hotel"]);
  assertEquals(await complete("fwknop", "-n", "w"), ["work"]);
  assertEquals(await complete("fwknop", "knock", "--rc-file", "files/rc", "-n", ""), ["elsewhere"]);
  assertEquals(await complete("fwknop", "stanza", "show", "h"), ["home", "hotel"]);
  const first = (phrase: string): string => phrase.split(" ")[0] ?? "";
  assertEquals(await complete("fwknop", "print", ""), [...new Set(PRINTABLE.map(first))].sort());
  assertEquals(await complete("fwknop", "print", "completion", ""), ["bash", "fish", "zsh"]);
  const ends = async (end: string, ...words: readonly string[]): Promise<void> => {
    const offered = await complete(...words);
    assert(offered.length === 1 && offered[0]?.endsWith(end), `${words}: ${offered}`);
  };
  await ends("knock.pcap", "fwknop", "explain", "files/kn");
  await ends("knock.pcap", "fwknopd", "--pcap-file", "files/kn");
  assertEquals(
    (await complete("fwknop", "serve", "--run-dir", "files/")).map((path) =>
      path.replace(/\/$/, "").replace(/^.*\//, "")
    ),
    ["folder"],
  );
}

testWhere("bash offers values after =, and does not run a stanza's name as a command", {
  programs: ["bash"],
}, () =>
  withFolder(async (home) => {
    const script = `${home}/script`;
    await Deno.writeTextFile(script, COMPLETIONS.bash(commands));
    await Deno.writeTextFile(`${home}/.fwknoprc`, "[$(touch ran)]\n[`touch ran`]\n[a b]\n");
    const complete: Complete = (...words) => SHELLS.bash.complete(script, words, home);
    assertEquals(await complete("fwknop", "knock", "--digest-type", "=", "md"), ["md5"]);
    assertEquals(await complete("fwknop", "knock", "--digest-type", "="), [...DIGEST_NAMES]);
    assertEquals(await complete("fwknop", "knock", "-n", ""), [
      "\\$\\(touch\\ ran\\)",
      "\\`touch\\ ran\\`",
      "a\\ b",
    ]);
    assert(![...Deno.readDirSync(home)].some(({ name }) => name === "ran"));
    assert((await complete("fwknop", "knock", "--wait", "--", "ca")).includes("cat"));
  }));

/** Placeholders of free text. */
const FREE = [
  ...[
    "ADDRESS",
    "BASE64",
    "BYTES",
    "COUNT",
    "FILTER",
    "HOST,PORT",
    "HOST[:PORT]",
    "KEY",
    "NAME",
    "NETWORKS",
  ],
  ...["NUMBER", "PORT", "SECONDS", "TAG", "TEXT", "TIME", "URL", "USER"],
];

Deno.test("every placeholder has values, or is in the list of free texts", () => {
  const rows = [
    ...CLIENT_OPTIONS,
    ...SERVER_OPTIONS,
    ...Object.values(commands).flatMap(ownOptions),
  ];
  const free = rows.filter((row) => optionValues(row)?.kind === "free")
    .map(({ argument = "" }) => argument);
  assertEquals([...new Set(free)].filter((argument) => !FREE.includes(argument)), []);
  for (const [name, command] of Object.entries(commands)) {
    const isFree = wordValues(command)?.kind === "free";
    assert(!isFree || FREE.includes(command.words?.placeholder ?? ""), name);
  }
});
