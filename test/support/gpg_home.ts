/**
 * Temporary keyrings for tests. Each has an agent, which is ended with it.
 *
 * @module
 */
import { run, until } from "./namespace.ts";
import { testWhere } from "./needs.ts";

/** What a test of GnuPG needs. */
export const GPG_PROGRAMS = ["gpg", "gpgconf"] as const;

/** The folder of a keyring. */
export class GpgHome implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes an empty keyring. Its path is short, because it may contain an agent's socket. */
  static async make(): Promise<GpgHome> {
    return new GpgHome(await Deno.makeTempDir({ dir: "/tmp", prefix: "fwkg" }));
  }

  /** Runs gpg with this keyring; rejects unless it succeeds. */
  async gpg(...args: readonly string[]): Promise<string> {
    return await this.#gpg(args, "");
  }

  /** Imports an armored key, secret or public. */
  async import(armored: string): Promise<void> {
    await this.#gpg(["--import"], armored);
  }

  /** Gives a key ultimate owner trust, so that its signatures are valid. */
  async trust(fingerprint: string): Promise<void> {
    await this.#gpg(["--import-ownertrust"], `${fingerprint}:6:\n`);
  }

  /** Makes an RSA key that signs and encrypts, and returns its fingerprint. */
  async generate(name: string, passphrase = "", bits = 2048): Promise<string> {
    const secret = ["--pinentry-mode", "loopback", "--passphrase", passphrase];
    const user = `${name} <${name}@example.test>`;
    await this.gpg(...secret, "--quick-gen-key", user, `rsa${bits}`, "sign,cert", "never");
    const fingerprint = await this.fingerprint(name);
    await this.gpg(...secret, "--quick-add-key", fingerprint, `rsa${bits}`, "encrypt", "never");
    return fingerprint;
  }

  /** The fingerprint of the only key with that name. */
  async fingerprint(name: string): Promise<string> {
    const listing = await this.gpg("--with-colons", "--list-keys", `${name}@example.test`);
    const [, fingerprint] = /^fpr:+([0-9A-F]{40}):/m.exec(listing) ?? [];
    if (fingerprint === undefined) throw new Error(`No key of ${name}`);
    return fingerprint;
  }

  /** Copies the public key of that name to another keyring. */
  async give(name: string, to: GpgHome): Promise<void> {
    await to.import(await this.gpg("--armor", "--export", `${name}@example.test`));
  }

  /**
   * Ends the agent, which forgets its cached passphrases, and waits until its socket is gone. `gpgconf` returns while
   * the agent still ends: a gpg that reached this agent would find no secret key.
   */
  async endAgent(): Promise<void> {
    await run("gpgconf", "--homedir", this.path, "--kill", "all");
    const { stdout } = await run("gpgconf", "--homedir", this.path, "--list-dirs", "agent-socket");
    await until("gpg's agent ends", () => !exists(decodeURIComponent(stdout.trim())), 20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endAgent();
    await Deno.remove(this.path, { recursive: true });
  }

  async #gpg(args: readonly string[], input: string): Promise<string> {
    const child = new Deno.Command("gpg", {
      args: ["--homedir", this.path, "--batch", "--no-tty", "--quiet", ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    if (code !== 0) throw new Error(`gpg ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
    return decoder.decode(stdout);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Registers a test that needs GnuPG. */
export function gpgTest(name: string, body: () => Promise<void>): void {
  testWhere(name, { programs: GPG_PROGRAMS }, body);
}
