/**
 * Formats the fields of a knock, for `-v` and for a test. Other knocks do not load this.
 *
 * @module
 */
import type { GpgSealing, KnockPlan } from "../lib/client/plan.ts";
import { libraryError, Problem } from "../lib/client/problem.ts";
import { present } from "../lib/config/present.ts";
import type { GpgOpenedPacket } from "../lib/gpg/open.ts";
import type { GpgSignature } from "../lib/gpg/signature.ts";
import { formatFieldDump, type GpgDump } from "../lib/report/field_dump.ts";
import { SPA_ERRORS, type SpaFailure } from "../lib/spa/error.ts";
import type { SpaMessage } from "../lib/spa/message.ts";
import type { Knock } from "./made_knock.ts";

/** The fields of a packet that was made. */
export function dumpMade(knock: Knock, plan: KnockPlan): string {
  const { message, packet } = knock;
  const { sealing } = plan;
  const { signer, recipient }: Partial<GpgSealing> = sealing.kind === "gpg" ? sealing : {};
  const gpg = { ...gpgDump(undefined), ...present({ signer, recipient }) };
  return dump(knock, plan, message, packet, packet.packetText, gpg);
}

/** The fields of the same packet, opened again. */
export function dumpOpened(opened: GpgOpenedPacket, knock: Knock, plan: KnockPlan): string {
  const { packetText, mac = "" } = knock.packet;
  const received = packetText.slice(0, packetText.length - mac.length);
  return dump(knock, plan, opened.message, opened, received, gpgDump(opened.signature));
}

/** Opens a packet as a server would. */
export async function openAgain(
  { message, packet, keys }: Knock,
  { sealing }: KnockPlan,
): Promise<GpgOpenedPacket | Problem> {
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

function dump(
  { keys }: Knock,
  { sealing }: KnockPlan,
  message: SpaMessage,
  texts: { readonly encodedData: string; readonly digest: string; readonly mac?: string },
  finalData: string,
  gpg: GpgDump,
): string {
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

function programOf({ homeDirectory, program }: GpgSealing) {
  return present({ homeDirectory, program });
}

/** The facts about a signature; -1 without a signature. */
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
