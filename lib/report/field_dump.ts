/**
 * The fields of a packet, one per line. Programs read this output, so it equals the C tools' byte for byte
 * (`docs/spec/client.md` 11).
 *
 * @module
 */
import { type DigestName, DIGESTS } from "../crypto/digest_name.ts";
import { ENCRYPTION_MODES, type EncryptionMode } from "../crypto/encryption_mode.ts";
import { MessageType, type SpaMessage } from "../spa/message.ts";

/** What GnuPG reports about a packet; an absent text is shown as `<NULL>`. */
export interface GpgDump {
  readonly signer?: string;
  readonly recipient?: string;
  readonly verifiesSignature: boolean;
  readonly ignoresSignatureErrors: boolean;
  readonly signatureId?: string;
  readonly signatureFingerprint?: string;
  readonly signatureSummary: number;
  /** -1 if unknown. */
  readonly signatureStatus: number;
  readonly homeDirectory?: string;
  readonly program?: string;
}

/** The values to show. */
export interface FieldDump {
  readonly message: SpaMessage;
  readonly digestName: DigestName;
  /** Absent: no HMAC. */
  readonly hmacType?: DigestName | undefined;
  readonly mode: EncryptionMode;
  /** The fields joined by colons, without the digest. */
  readonly encodedData: string;
  readonly digest: string;
  readonly mac?: string | undefined;
  /** The packet text; of a received packet without its mac. */
  readonly finalData: string;
  /** Present in mode `asymmetric`. */
  readonly gpg?: GpgDump;
}

const TYPE_NAMES: Readonly<Record<MessageType, string>> = {
  [MessageType.command]: "Command msg",
  [MessageType.access]: "Access msg",
  [MessageType.natAccess]: "NAT access msg",
  [MessageType.timeoutAccess]: "Client timeout access msg",
  [MessageType.timeoutNatAccess]: "Client timeout NAT access msg",
  [MessageType.localNatAccess]: "Local NAT access msg",
  [MessageType.timeoutLocalNatAccess]: "Client timeout local NAT access msg",
};

const NULL = "<NULL>";
/** Labels are right-aligned to this column. */
const LABEL_WIDTH = 15;

/**
 * The dump, with the empty line at its end.
 *
 * @param quote quotes a value: a server uses `oneLine` for received texts, the client shows its own texts unchanged.
 */
export function formatFieldDump(
  dump: FieldDump,
  quote: (text: string) => string = (text) => text,
): string {
  const { message, mode, digestName, hmacType } = dump;
  const isGpg = mode === "asymmetric";
  const rows: [label: string, value: string | number][] = [
    ["Random Value", message.randomValue],
    ["Username", message.username],
    ["Timestamp", message.timestamp],
    ["FKO Version", message.version],
    ["Message Type", `${message.type} (${TYPE_NAMES[message.type]})`],
    ["Message String", message.message],
    ["Nat Access", message.natAccess ?? NULL],
    ["Server Auth", message.serverAuth ?? NULL],
    ["Client Timeout", message.clientTimeout ?? 0],
    ["Digest Type", `${DIGESTS[digestName].id} (${DIGESTS[digestName].label})`],
    [
      "HMAC Type",
      hmacType === undefined ? "0 (None)" : `${DIGESTS[hmacType].id} (${DIGESTS[hmacType].label})`,
    ],
    ["Encryption Type", isGpg ? "2 (GPG)" : "1 (Rijndael)"],
    ["Encryption Mode", `${ENCRYPTION_MODES[mode].id} (${ENCRYPTION_MODES[mode].label})`],
    ...(dump.gpg === undefined ? [] : gpgRows(dump.gpg)),
    ["Encoded Data", dump.encodedData],
    ["SPA Data Digest", dump.digest],
    ["HMAC", dump.mac ?? NULL],
    ["Final SPA Data", dump.finalData],
  ];
  const lines = rows.map(([label, value]) =>
    `${label.padStart(LABEL_WIDTH)}: ${quote(String(value))}\n`
  );
  return `SPA Field Values:\n=================\n${lines.join("")}\n`;
}

function gpgRows(gpg: GpgDump): [label: string, value: string | number][] {
  return [
    ["GPG signer", gpg.signer ?? NULL],
    ["GPG recipient", gpg.recipient ?? NULL],
    ["GPG sig verify", gpg.verifiesSignature ? "Yes" : "No"],
    ["GPG ignore sig", gpg.ignoresSignatureErrors ? "Yes" : "No"],
    ["GPG sig ID", gpg.signatureId ?? NULL],
    ["GPG sig fpr", gpg.signatureFingerprint ?? NULL],
    ["GPG sig summary", gpg.signatureSummary],
    ["GPG sig status", gpg.signatureStatus],
    ["GPG home dir", gpg.homeDirectory ?? NULL],
    ["GPG exe", gpg.program ?? "/usr/bin/gpg"],
  ];
}
