/**
 * Decides once, from valid settings, what one knock does: which address it admits, what it requests, how it is sealed,
 * where its keys come from, where it goes, and what follows. Pure: it looks up, reads and draws nothing.
 *
 * @module
 */
import type { KeySource } from "../config/client_values.ts";
import { isRaw, type Transport } from "../config/transport.ts";
import type { DigestName } from "../crypto/digest_name.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import { type AddressFamily, isUnspecified, parseAddress } from "../net/address.ts";
import { parseServices, type Service } from "../net/service.ts";
import { DEFAULT_USER_AGENT } from "../spa/http.ts";
import type { Settings } from "./settings.ts";

/** The address that the packet asks to admit. */
export type Admission =
  /** As written. `0.0.0.0` is the packet's own source. An empty text is no address. */
  | { readonly kind: "address"; readonly text: string }
  /** A web service answers it, anew for each knock. */
  | { readonly kind: "look up"; readonly service: AddressService };

/** Which service to ask for the public address of this host, and how. */
export interface AddressService {
  /** One URL, or several separated by commas, as written. Absent: the default service. */
  readonly url?: string | undefined;
  /** Ask the service without encryption. */
  readonly isClear: boolean;
  /** The wget command that asks, with its arguments. */
  readonly wget?: string | undefined;
  /** That wget sends its own user agent. */
  readonly wgetNamesItself: boolean;
  readonly userAgent: string;
}

/** What the packet requests. */
export interface PlannedRequest {
  /** A command to run. Absent: the packet requests services. */
  readonly command?: string | undefined;
  /** The services as written. */
  readonly access?: string | undefined;
  /** `access`, parsed. Absent: there is no list, or it cannot be parsed. */
  readonly services?: readonly Service[] | undefined;
  /** Inside host and port, as written. */
  readonly natAccess?: string | undefined;
  /** For local NAT: the server, which is the inside host itself. */
  readonly localNatHost?: string | undefined;
  /** The port that replaces the one in the services; 0: no port does. */
  readonly outsidePort: number | "random";
  /** Seconds; 0 leaves the time to the server. */
  readonly timeout: number;
}

/** Where the passphrase of the signing key comes from. */
export type SigningPassphrase = "key" | "agent" | "none";

/** Encryption with GnuPG. */
export interface GpgSealing {
  readonly kind: "gpg";
  readonly digest: DigestName;
  readonly program?: string | undefined;
  readonly homeDirectory?: string | undefined;
  readonly recipient: string;
  readonly signer?: string | undefined;
  readonly passphrase: SigningPassphrase;
  /** Why the client does not ask for the passphrase, in the C client's words. */
  readonly passphraseNote?: string | undefined;
}

/** Encryption with a key that both ends have. */
export interface SymmetricSealing {
  readonly kind: "symmetric";
  readonly digest: DigestName;
  readonly mode: EncryptionMode;
}

/** How the message becomes a packet. */
export type Sealing = GpgSealing | SymmetricSealing;

/** Where one key comes from: a source, the user, or nowhere, because it is not needed. */
export type PlannedKey = KeySource | { readonly kind: "terminal" } | { readonly kind: "none" };

/** Where the keys come from. */
export interface KeyPlan {
  /** Use of the first key. The legacy mode cuts a long key. */
  readonly purpose: "cipher" | "legacy cipher" | "passphrase";
  readonly key: PlannedKey;
  readonly hmac?: { readonly key: PlannedKey; readonly digest: DigestName } | undefined;
  /** Name of the destination, as key files list it. */
  readonly destination: string;
}

/** Where the packet goes, and how. */
export interface Route {
  /** The host as written. Empty if nothing is sent. */
  readonly server: string;
  readonly transport: Transport;
  /** `[http://]host[:port]`, as written. */
  readonly proxy?: string | undefined;
  /** Use only addresses of this family. */
  readonly family?: AddressFamily | undefined;
  readonly port: number | "random";
  /** Absent: the system picks one. */
  readonly sourcePort?: number | "random" | undefined;
  readonly spoofSource?: string | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
  readonly userAgent: string;
}

/** One knock. */
export interface KnockPlan {
  readonly admission: Admission;
  readonly request: PlannedRequest;
  readonly sealing: Sealing;
  readonly keys: KeyPlan;
  readonly route: Route;
  /** The user name in the packet. Absent: the one of the environment. */
  readonly user?: string | undefined;
  /** Seconds by which to shift the time stamp. */
  readonly timeOffset: number;
  /** Seconds to try the port after the knock; 0: do not try. */
  readonly wait: number;
  /** Seconds between two knocks; 0: one knock. */
  readonly repeat: number;
  /** The packet is opened again instead of being sent. */
  readonly isTest: boolean;
  readonly isVerbose: boolean;
  readonly packetFile?: { readonly path: string; readonly append: boolean } | undefined;
}

/** The plan of a knock with these settings, which `validate.ts` has checked. */
export function planKnock(settings: Settings): KnockPlan {
  const { packetFile: path, appendPacket: append = false } = settings;
  return {
    admission: admissionOf(settings),
    request: requestOf(settings),
    sealing: sealingOf(settings),
    keys: keysOf(settings),
    route: routeOf(settings),
    user: settings.user,
    timeOffset: settings.timeOffset ?? 0,
    wait: settings.wait ?? 0,
    repeat: repeatInterval(settings),
    isTest: settings.test === true,
    isVerbose: (settings.verbosity ?? 0) > 0,
    packetFile: path === undefined ? undefined : { path, append },
  };
}

/** Whether the packet admits its own source. The client warns: an attacker on the way can change the source. */
export function admitsAnySource(admission: Admission): boolean {
  const address = admission.kind === "address" ? parseAddress(admission.text) : undefined;
  return address !== undefined && isUnspecified(address);
}

function admissionOf(settings: Settings): Admission {
  const { allow, resolve, command } = settings;
  if (allow?.kind === "address") return allow;
  if (allow?.kind === "source") return { kind: "address", text: "0.0.0.0" };
  // A command request needs no address, so no third party is asked (`docs/spec/client.md` 8).
  if (resolve !== true || command !== undefined) return { kind: "address", text: "" };
  return {
    kind: "look up",
    service: {
      url: settings.resolveUrl,
      isClear: settings.resolveHttpOnly === true,
      wget: settings.wgetCommand,
      wgetNamesItself: settings.wgetUserAgent === true,
      userAgent: settings.userAgent ?? DEFAULT_USER_AGENT,
    },
  };
}

function requestOf(settings: Settings): PlannedRequest {
  const { command, access, natAccess, natLocal, server = "" } = settings;
  return {
    command,
    access,
    services: access === undefined ? undefined : parseServices(access),
    natAccess,
    localNatHost: natLocal ? server : undefined,
    outsidePort: settings.natRandomPort ? "random" : settings.natPort ?? 0,
    timeout: settings.timeout ?? 0,
  };
}

function sealingOf(settings: Settings): Sealing {
  const { digest, mode } = settings;
  if (!settings.useGpg) return { kind: "symmetric", digest, mode };
  const { gpgAgent, gpgNoPassphrase, key } = settings;
  const note = gpgAgent ? "acquired via gpg-agent" : gpgNoPassphrase ? "not required" : undefined;
  return {
    kind: "gpg",
    digest,
    program: settings.gpgProgram,
    homeDirectory: settings.gpgHomeDirectory,
    recipient: settings.gpgRecipient ?? "",
    signer: settings.gpgSigner,
    passphrase: signingPassphrase(settings),
    passphraseNote: key === undefined ? note : undefined,
  };
}

/**
 * A passphrase in the settings wins, then the agent, then a key without a passphrase. Otherwise the client asks for it,
 * as for any other key (`docs/spec/client.md` 7). Without a signer there is nothing to unlock.
 */
function signingPassphrase(settings: Settings): SigningPassphrase {
  const { gpgSigner, gpgAgent, gpgNoPassphrase, key } = settings;
  if (gpgSigner !== undefined && key !== undefined) return "key";
  if (gpgAgent) return "agent";
  return gpgSigner === undefined || gpgNoPassphrase ? "none" : "key";
}

function keysOf(settings: Settings): KeyPlan {
  const { useGpg, key, hmacKey, hmacDigest: digest } = settings;
  const isAsked = !useGpg || signingPassphrase(settings) === "key";
  return {
    purpose: useGpg ? "passphrase" : settings.mode === "legacy" ? "legacy cipher" : "cipher",
    key: isAsked ? key ?? otherKey(settings) : { kind: "none" },
    hmac: settings.useHmac ? { key: hmacKey ?? otherKey(settings), digest } : undefined,
    destination: settings.server ?? "",
  };
}

/** Where a key comes from if the settings do not hold it. */
function otherKey({ keyDescriptor: descriptor, keyCommand: command }: Settings): PlannedKey {
  if (descriptor !== undefined) return { kind: "descriptor", descriptor };
  return command === undefined ? { kind: "terminal" } : { kind: "command", command };
}

function routeOf(settings: Settings): Route {
  const { transport, ipv4Only, ipv6Only, randomPort, serverPort, sourcePort } = settings;
  const isByHand = isRaw(transport);
  return {
    server: settings.server ?? "",
    transport,
    proxy: settings.proxy,
    family: isByHand || ipv4Only ? 4 : ipv6Only ? 6 : undefined,
    port: randomPort ? "random" : serverPort,
    // The system does not choose the source port of a raw packet.
    sourcePort: sourcePort ?? (isByHand ? "random" : undefined),
    spoofSource: settings.spoofSource,
    icmpType: settings.icmpType,
    icmpCode: settings.icmpCode,
    userAgent: settings.userAgent ?? DEFAULT_USER_AGENT,
  };
}

/** Seconds of a grant if the client does not request a time (FW_ACCESS_TIMEOUT, `docs/spec/server.md` 5). */
const USUAL_GRANT = 30;

/** Seconds between two knocks. They are short enough that one packet may get lost and the next still comes in time. */
function repeatInterval({ repeat, timeout }: Settings): number {
  if (repeat === undefined) return 0;
  if (repeat > 0) return repeat;
  const grant = timeout === undefined || timeout === 0 ? USUAL_GRANT : timeout;
  return Math.max(1, Math.floor(grant * 2 / 5));
}
