/**
 * Gives GnuPG options of the C client's command line to Debian's `fwknop` and to ours in test mode.
 */
import { runCClient } from "../../cmd/c/client.ts";
import { assertEquals } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { GPG_PROGRAMS, GpgHome } from "../support/gpg_home.ts";
import { testWhere } from "../support/needs.ts";

const SERVER = ["--gpg-recipient-key", "server@example.test"];
const SIGNER = ["--gpg-signer-key", "client@example.test"];
const UNLOCKED = ["--gpg-no-signing-pw"];

const COMMAND_LINES: readonly (readonly string[])[] = [
  ["-v", ...SERVER, ...SIGNER, ...UNLOCKED],
  ["-v", ...SERVER, ...SIGNER, ...UNLOCKED, "--key-hmac", "hmackey1", "-m", "sha512"],
  [...SERVER, ...SIGNER, "--gpg-agent", "--key-hmac", "hmackey1", "-f", "30"],
  [...SERVER, ...SIGNER, ...UNLOCKED, "-M", "cfb", "-C", "/bin/true"],
  ["-g", ...SERVER, ...SIGNER, ...UNLOCKED, "--gpg-exe", "/usr/bin/gpg"],
  // The packet is not signed, so the test cannot verify it.
  [...SERVER, ...UNLOCKED],
  [...SERVER],
  ["-g", ...UNLOCKED],
  ["--gpg-recipient-key", "nobody@example.test", ...UNLOCKED],
  ["--gpg-recipient-key", "example.test", ...UNLOCKED],
  [...SERVER, "--gpg-signer-key", "nobody@example.test", ...UNLOCKED],
  [...SERVER, "--gpg-signer-key", "example.test", ...UNLOCKED],
  [...SERVER, ...SIGNER, ...UNLOCKED, "--gpg-home-dir", "/nowhere"],
  [...SERVER, ...SIGNER, ...UNLOCKED, "--gpg-exe", "/nowhere/gpg"],
  [...SERVER, "--gpg-signer-key", "locked@example.test", "--key-rijndael", "wrong"],
  [...SERVER, "--gpg-signer-key", "locked@example.test", "--key-rijndael", "right words", "-v"],
  [...SERVER, ...SIGNER, "--key-rijndael", "hmackey1", "--key-hmac", "hmackey1"],
];

/** Text that differs from run to run, and our hints below the C client's lines. */
function mask(text: string): string {
  return text
    .replace(
      /^( *(?:Random Value|Timestamp|Encoded Data|SPA Data Digest|HMAC|Final SPA Data): )(?!<NULL>).*$/gm,
      "$1*",
    )
    .replace(/^ {2}\S.*\n/gm, "");
}

testWhere("GnuPG options have the same effect and messages as in Debian's client", {
  programs: [...GPG_PROGRAMS, "fwknop"],
}, async () => {
  await using home = await GpgHome.make();
  for (const name of ["client", "server"]) await home.trust(await home.generate(name));
  await home.generate("locked", "right words");
  await Deno.writeTextFile(`${home.path}/gpg.conf`, "pinentry-mode loopback\n");
  const common = ["-T", "--no-rc-file", "--no-save-args", "-D", "192.0.2.10", "-A", "tcp/22"];
  for (const line of COMMAND_LINES) {
    const given = line.includes("--gpg-home-dir") ? [] : ["--gpg-home-dir", home.path];
    const args = [...common, "-a", "192.0.2.44", "-U", "tester", ...given, ...line];
    await home.endAgent();
    const reference = await new Deno.Command("fwknop", {
      args,
      env: { HOME: home.path, PATH: "/usr/bin:/bin" },
      clearEnv: true,
      stdin: "null",
    }).output();
    await home.endAgent();
    const context = new BufferContext({ HOME: home.path, PATH: "/usr/bin:/bin" });
    const code = await runCClient(args, context);
    const decoder = new TextDecoder();
    assertEquals(
      { code, stdout: mask(context.stdout), stderr: mask(context.stderr) },
      {
        code: reference.code,
        stdout: mask(decoder.decode(reference.stdout)),
        stderr: mask(decoder.decode(reference.stderr)),
      },
      line.join(" "),
    );
  }
});
