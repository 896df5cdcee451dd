import assert from "node:assert/strict";
import { ROOT, run } from "../../scripts/process.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

/** The fenced block without a language that begins with this word. */
function block(start: string): string {
  for (const [, language, text = ""] of README.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (language === "" && text.startsWith(start)) return text;
  }
  throw new Error(`The README has no block that begins with ${start}`);
}

Deno.test("the quick start's files load at both ends and match", () =>
  withFolder(async (folder) => {
    const write = (name: string, text: string): string => {
      Deno.writeTextFileSync(`${folder}/${name}`, text, { mode: 0o600 });
      return `${folder}/${name}`;
    };
    const [program = "", ...words] = SOURCE_PROGRAM;
    const fwknop = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(program, [...words, ...args]);
      assert.deepEqual([code, stderr], [0, ""], args.join(" "));
      return stdout;
    };
    const server = write("fwknopd.conf", block("PCAP_INTF"));
    const access = write("access.conf", block("SOURCE"));
    const client = write("fwknoprc", block("[server]"));
    const settings = await fwknop("dump-config", "-c", server, "-a", access);
    assert.match(settings, /OPEN_PORTS:\s+tcp\/22/);
    const packet = await fwknop("knock", "--rc-file", client, "-n", "server", "-T", "-v");
    assert.match(packet, /203\.0\.113\.7,tcp\/22/);
    for (const key of [/^KEY_BASE64 +(\S+)/gm, /^HMAC_KEY_BASE64 +(\S+)/gm]) {
      const [first, second, more] = Array.from(README.matchAll(key), ([, value]) => value);
      assert.ok(first !== undefined && first === second && more === undefined, String(key));
    }
  }));

Deno.test("the CI entry runs the README's test command", () => {
  const [command] = /^\$ (npx .* task test)$/m.exec(README)?.slice(1) ?? [];
  assert.ok(command !== undefined);
  assert.ok(Deno.readTextFileSync(`${ROOT}.ci/run`).trimEnd().endsWith(`\n${command}`));
});

Deno.test("the version is the same wherever it is written", async () => {
  const { VERSION } = await import("../../lib/version.ts");
  const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  assert.equal(config.version, VERSION);
  assert.ok(README.includes(`This is version ${VERSION}.`));
});
