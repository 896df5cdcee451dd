/**
 * Prints the output of a knock. The lines are the C client's, in its order, because programs read them
 * (`docs/spec/client.md` 11).
 *
 * @module
 */
import { httpRequest } from "../lib/client/deliver.ts";
import type { Dialect } from "../lib/dialect.ts";
import { Problem } from "../lib/client/problem.ts";
import type { ResolvedAddress } from "../lib/client/resolve_address.ts";
import type { Sent } from "../lib/client/send.ts";
import type { KnockPlan } from "../lib/client/plan.ts";
import type { Context } from "./context.ts";
import type { Knock } from "./made_knock.ts";
import { describeProblem } from "./problem_text.ts";

/** The output of one run. */
export class KnockOutput {
  readonly #isVerbose: boolean;

  constructor(
    readonly context: Context,
    private readonly plan: KnockPlan,
    private readonly dialect: Dialect,
  ) {
    this.#isVerbose = plan.isVerbose;
  }

  /** Prints a problem that does not end the run. */
  warn(problem: Problem): void {
    this.context.err(describeProblem(problem, this.dialect));
  }

  /** Warns that the packet admits its own source, but only with `-v`. */
  warnOfAnySource(): void {
    if (!this.#isVerbose) return;
    this.context.err(
      "[-] WARNING: Should use -a or -R to harden SPA against potential MITM attacks\n",
    );
  }

  /** Warns that an address service is asked without TLS, although `--resolve-http-only` was not given. */
  warnOfClearUrl({ href }: URL): void {
    this.context.err(
      this.dialect === "c"
        ? `[-] Warning: IP resolution URL '${href}' should begin with 'https://' in -R mode.\n`
        : `fwknop: warning: ${href} is asked without encryption: an attacker on the way can choose the address to admit\n` +
          "  use https://, or --resolve-http-only to accept that\n",
    );
  }

  tellResolved({ address, via }: ResolvedAddress): void {
    if (!this.#isVerbose) return;
    this.context.out(`\n[+] Resolved external IP (via ${via}) as: ${address.text}\n`);
  }

  warnOfLegacyKey(): void {
    this.context.err(
      "WARNING: Encryption key in '-M legacy' mode must be <= 16 bytes\n" +
        "long - truncating before sending SPA packet. Upgrading remote\n" +
        "fwknopd is recommended.\n",
    );
  }

  /** Says why the client does not ask for the passphrase of the signing key. */
  tellPassphrase(): void {
    const { sealing } = this.plan;
    if (this.dialect !== "c" || sealing.kind !== "gpg") return;
    const { passphraseNote: note } = sealing;
    if (note !== undefined) this.context.out(`[+] GPG mode set, signing passphrase ${note}\n`);
  }

  /** Prints the random port, which the user always needs, and the fields. */
  async tellMade(made: Knock): Promise<void> {
    const { request } = made;
    if (request.randomNatPort !== undefined) {
      const target = request.natAccess ?? request.asked;
      this.context.out(
        `[+] Randomly assigned port '${request.randomNatPort}' on: '${request.message}' ` +
          `will grant access to: '${target}'\n`,
      );
    }
    if (!this.#isVerbose && !this.plan.isTest) return;
    const { dumpMade } = await import("./knock_dump.ts");
    this.context.out(dumpMade(made, this.plan));
  }

  tellDelivery({ ports: { port, sourcePort } }: Knock): void {
    if (!this.#isVerbose) return;
    const { transport, server } = this.plan.route;
    this.context.out(
      "Generating SPA packet:\n" +
        `            protocol: ${transport}\n` +
        `         source port: ${sourcePort || "<OS assigned>"}\n` +
        `    destination port: ${port}\n` +
        `             IP/host: ${server}\n`,
    );
  }

  /** Opens the packet again, as a server would. */
  async tellTest(made: Knock): Promise<Problem | undefined> {
    const notSent = "est mode enabled, SPA packet not actually sent.\n";
    const { route } = this.plan;
    if (route.transport === "http") {
      const request = httpRequest(made.packet.packetText, route);
      if (request instanceof Problem) return request;
      if (this.#isVerbose) this.context.out(`${request}\n`);
      this.context.out(`T${notSent}`);
    } else this.context.out(`t${notSent}`);
    if (this.#isVerbose) this.context.out("send_spa_packet: bytes sent: 0\n");
    const { dumpOpened, openAgain } = await import("./knock_dump.ts");
    const opened = await openAgain(made, this.plan);
    if (opened instanceof Problem) return opened;
    if (!this.#isVerbose) return undefined;
    this.context.out(`\nDump of the Decoded Data\n${dumpOpened(opened, made, this.plan)}`);
    return undefined;
  }

  tellSent({ bytes, address }: Sent, { ports: { port } }: Knock): void {
    if (this.#isVerbose) this.context.out(`send_spa_packet: bytes sent: ${bytes}\n`);
    else if (this.dialect === "native" && this.context.isTerminal) {
      this.context.out(
        `Sent ${bytes} bytes to ${address.text} ${this.plan.route.transport}/${port}. The server never answers.\n`,
      );
    }
  }
}
