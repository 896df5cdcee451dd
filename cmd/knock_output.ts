/**
 * What a knock prints. The lines are the C client's, in its order: programs read them
 * (`docs/spec/client.md` 11).
 *
 * @module
 */
import { httpRequest, type Ports } from "../lib/client/deliver.ts";
import type { KnockKeys } from "../lib/client/keys.ts";
import type { Dialect } from "../lib/dialect.ts";
import { libraryError, Problem } from "../lib/client/problem.ts";
import type { KnockRequest } from "../lib/client/request.ts";
import type { ResolvedAddress } from "../lib/client/resolve_address.ts";
import type { Sent } from "../lib/client/send.ts";
import type { GpgSealing, KnockPlan } from "../lib/client/plan.ts";
import { present } from "../lib/config/present.ts";
import type { GpgOpenedPacket } from "../lib/gpg/open.ts";
import type { GpgSignature } from "../lib/gpg/signature.ts";
import { formatFieldDump, type GpgDump } from "../lib/report/field_dump.ts";
import { SPA_ERRORS, type SpaFailure } from "../lib/spa/error.ts";
import type { SpaMessage } from "../lib/spa/message.ts";
import type { SealedPacket } from "../lib/spa/seal.ts";
import type { Context } from "./context.ts";
import { describeProblem } from "./problem_text.ts";

/** A packet that was made, and what it was made of. */
export interface Knock {
  readonly request: KnockRequest;
  readonly message: SpaMessage;
  readonly packet: SealedPacket;
  readonly keys: KnockKeys;
  readonly ports: Ports;
}

/** The printing side of one run. */
export class KnockOutput {
  readonly #isVerbose: boolean;

  constructor(
    readonly context: Context,
    private readonly plan: KnockPlan,
    private readonly dialect: Dialect,
  ) {
    this.#isVerbose = plan.isVerbose;
  }

  /** Something went wrong that does not end the run. */
  warn(problem: Problem): void {
    this.context.err(describeProblem(problem, this.dialect));
  }

  /** Said only to those who are looking. */
  warnOfAnySource(): void {
    if (!this.#isVerbose) return;
    this.context.err(
      "[-] WARNING: Should use -a or -R to harden SPA against potential MITM attacks\n",
    );
  }

  /** The address service is asked without TLS, and nobody insisted on that. */
  warnOfClearUrl({ href }: URL): void {
    this.context.err(
      this.dialect === "c"
        ? `[-] Warning: IP resolution URL '${href}' should begin with 'https://' in -R mode.\n`
        : `fwknop: warning: ${href} is asked in clear: an attacker on the way can choose the address to admit\n` +
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

  /** Why nobody is asked for the passphrase of the signing key. */
  tellPassphrase(): void {
    const { sealing } = this.plan;
    if (this.dialect !== "c" || sealing.kind !== "gpg") return;
    const { passphraseNote: note } = sealing;
    if (note !== undefined) this.context.out(`[+] GPG mode set, signing passphrase ${note}\n`);
  }

  /** The random port, which the user needs in any case, and the fields. */
  tellMade({ request, message, packet, keys }: Knock): void {
    if (request.randomNatPort !== undefined) {
      const target = request.natAccess ?? request.asked;
      this.context.out(
        `[+] Randomly assigned port '${request.randomNatPort}' on: '${request.message}' ` +
          `will grant access to: '${target}'\n`,
      );
    }
    if (!this.#isVerbose && !this.plan.isTest) return;
    const { sealing } = this.plan;
    const { signer, recipient }: Partial<GpgSealing> = sealing.kind === "gpg" ? sealing : {};
    const gpg = { ...gpgDump(undefined), ...present({ signer, recipient }) };
    this.context.out(this.#dump(message, keys, packet, packet.packetText, gpg));
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
    const { packet, keys } = made;
    const notSent = "est mode enabled, SPA packet not actually sent.\n";
    const { route } = this.plan;
    if (route.transport === "http") {
      const request = httpRequest(packet.packetText, route);
      if (request instanceof Problem) return request;
      if (this.#isVerbose) this.context.out(`${request}\n`);
      this.context.out(`T${notSent}`);
    } else this.context.out(`t${notSent}`);
    if (this.#isVerbose) this.context.out("send_spa_packet: bytes sent: 0\n");
    const opened = await this.#open(made);
    if (opened instanceof Problem) return opened;
    if (!this.#isVerbose) return undefined;
    const received = packet.packetText.slice(
      0,
      packet.packetText.length - (packet.mac ?? "").length,
    );
    this.context.out("\nDump of the Decoded Data\n");
    const { signature } = opened;
    this.context.out(this.#dump(opened.message, keys, opened, received, gpgDump(signature)));
    return undefined;
  }

  async #open({ message, packet, keys }: Knock): Promise<GpgOpenedPacket | Problem> {
    const { sealing } = this.plan;
    if (sealing.kind === "gpg") {
      const { openWithGpg } = await import("../lib/client/gpg.ts");
      const opened = await openWithGpg(packet, sealing, keys);
      return opened.ok ? opened.value : unreadable(opened);
    }
    const { openPacket } = await import("../lib/spa/packet.ts");
    const opened = openPacket(packet.packetText, {
      encryptionKey: keys.encryptionKey,
      mode: sealing.mode,
      hmac: keys.hmac,
      allowLong: message.type === 0,
    });
    return opened.ok ? opened.value : unreadable(opened);
  }

  tellSent({ bytes, address }: Sent, { ports: { port } }: Knock): void {
    if (this.#isVerbose) this.context.out(`send_spa_packet: bytes sent: ${bytes}\n`);
    else if (this.dialect === "native" && this.context.isTerminal) {
      this.context.out(
        `Sent ${bytes} bytes to ${address.text} ${this.plan.route.transport}/${port}. The server never answers.\n`,
      );
    }
  }

  #dump(
    message: SpaMessage,
    keys: KnockKeys,
    texts: { readonly encodedData: string; readonly digest: string; readonly mac?: string },
    finalData: string,
    gpg: GpgDump,
  ): string {
    const { sealing } = this.plan;
    return formatFieldDump({
      message,
      digestName: sealing.digest,
      hmacType: keys.hmac?.type,
      mode: sealing.kind === "gpg" ? "asymmetric" : sealing.mode,
      encodedData: texts.encodedData,
      digest: texts.digest,
      mac: texts.mac,
      finalData,
      ...(sealing.kind === "gpg" ? { gpg: { ...gpg, ...programOf(sealing) } } : {}),
    });
  }
}

function programOf({ homeDirectory, program }: GpgSealing) {
  return present({ homeDirectory, program });
}

/** What is known of a signature; -1 where there is none. */
function gpgDump(signature: GpgSignature | undefined): GpgDump {
  return {
    verifiesSignature: true,
    ignoresSignatureErrors: false,
    signatureSummary: signature?.summary ?? -1,
    signatureStatus: signature?.status ?? -1,
    ...present({
      signatureId: signature?.id,
      signatureFingerprint: signature?.fingerprint,
    }),
  };
}

function unreadable({ error, detail }: SpaFailure): Problem {
  const { code, text } = SPA_ERRORS[error];
  const line = libraryError("fko_decrypt_spa_data", code ?? 0, text);
  if (!error.startsWith("GPGME")) {
    return new Problem(`the packet cannot be read again: ${text}`, { reference: line });
  }
  const reason = detail === undefined ? text : `${text}: ${detail}`;
  return new Problem(`the packet cannot be read again here: ${reason}`, {
    hint: "only the server can read it, unless you have the recipient's secret key",
    reference: `${line}\nGPG ERR: ${detail ?? ""}\nNo access to recipient private key?`,
  });
}
