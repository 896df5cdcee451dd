/**
 * The log of the server: events as lines, in the C daemon's words if the C daemon has such a line.
 *
 * @module
 */
import { formatHexDump } from "./hex_dump.ts";
import { grantText } from "./decision_text.ts";
import { oneLine } from "../one_line.ts";
import { removePrefix } from "../spa/prefix.ts";
import type { DecodedEvent, GrantedEvent, PacketEvent, RepeatedEvent } from "../server/event.ts";
import type { RuleSummary } from "../firewall/firewall.ts";
import { present } from "../config/present.ts";
import type { Stanza } from "../config/stanza.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { namedLine } from "./client_name.ts";
import { formatFieldDump, type GpgDump } from "./field_dump.ts";
import type { LogLine } from "./log_line.ts";
import type { PacketFacts } from "../server/describe_packet.ts";
import { type Refusal, rowOf } from "../server/refusal.ts";
import { ranLines, runningLines } from "./command_report.ts";
import { refusalLines } from "./refusal_line.ts";

/** Which lines the reporter writes. */
export interface LineReporterOptions {
  /** Add all fields of each decoded packet (`-v -v`). */
  readonly dumpFields: boolean;
  /**
   * Announce every stanza that looks at a packet, as the C daemon does. Otherwise announce only the stanza whose key
   * made the packet, because the others only refuse.
   */
  readonly everyStanza: boolean;
  /** Show the packet text with each announcement, as the C daemon does with `-v`. */
  readonly showsText?: boolean;
  /** Takes the hexadecimal dump of each packet that looks like SPA, as the C daemon prints it with `-v -v -v`. */
  readonly dump?: ((text: string) => void) | undefined;
}

/** Writes each event to the log. */
export class LineReporter {
  readonly #log: (line: LogLine) => void;
  readonly #options: LineReporterOptions;
  #packet = 0;
  /** The last packet that was dumped. */
  #dumped = 0;
  /** Stanzas announced for the current packet. */
  readonly #announced = new Set<number>();

  constructor(log: (line: LogLine) => void, options: LineReporterOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Writes one event. */
  readonly observe = (event: PacketEvent): void => {
    if ("packet" in event) this.#dump(event.packet);
    else if (event.kind === "refused") this.#dump(event.refusal.packet);
    switch (event.kind) {
      case "refused":
        this.#refused(event.refusal);
        return;
      case "repeated":
        this.#repeated(event);
        return;
      case "bad-forwarded-for":
        this.#log({
          severity: "warning",
          text: `Error parsing X-Forwarded-For header: value '${
            oneLine(event.value)
          }' is not an IP address`,
        });
        return;
      case "decoded":
        this.#decoded(event);
        return;
      case "granted":
        this.#granted(event);
        return;
      case "running":
        for (const line of runningLines(event)) this.#log(line);
        return;
      case "ran":
        for (const line of ranLines(event)) this.#log(line);
    }
  };

  #refused(refusal: Refusal): void {
    const { everyStanza } = this.#options;
    const isAnnounced = everyStanza && rowOf(refusal).inC?.isAnnounced !== false;
    for (const [index, line] of refusalLines(refusal, everyStanza).entries()) {
      const stanza = refusal.stanzas[index];
      if (stanza !== undefined && isAnnounced) {
        this.#announce(refusal.packet, stanza, refusal.names?.get(stanza));
      }
      this.#log(line);
    }
  }

  /** Announces a stanza, once for each packet. */
  #announce(packet: PacketFacts, stanza: number, name: string | undefined): void {
    if (this.#packet !== packet.number) {
      this.#packet = packet.number;
      this.#announced.clear();
    }
    if (this.#announced.has(stanza)) return;
    this.#announced.add(stanza);
    const text =
      `(stanza #${stanza}) SPA Packet from IP: ${packet.source} received with access source match`;
    this.#log({ severity: "info", text: namedLine(text, name) });
    if (this.#options.showsText && packet.text !== undefined) {
      this.#log({ severity: "debug", text: `SPA Packet: '${packet.text}'` });
    }
  }

  #dump({ number, text }: PacketFacts): void {
    if (text === undefined || number <= this.#dumped) return;
    this.#dumped = number;
    this.#options.dump?.(formatHexDump(text));
  }

  #repeated({ refusal, count, seconds }: RepeatedEvent): void {
    if (refusal === undefined) {
      const text = `${count} more packets of many sources refused in ${seconds} s`;
      this.#log({ severity: "warning", text });
      return;
    }
    for (const { severity, text } of refusalLines(refusal)) {
      this.#log({ severity, text: `${text} (${count} more of these in ${seconds} s)` });
    }
  }

  #decoded(event: DecodedEvent): void {
    const { packet, stanza } = event;
    this.#announce(packet, stanza.number, stanza.name);
    const who = `[${packet.source}] (stanza #${stanza.number})`;
    if (this.#options.dumpFields) {
      const rest = dumpFields(event).split("\n");
      const text = namedLine(`${who} SPA Decode (res=0):`, stanza.name);
      this.#log({ severity: "debug", text, rest });
    }
    if (event.gpg?.signature === undefined) return;
    const { id, fingerprint = "" } = event.gpg.signature;
    const text = `${who} Incoming SPA data signed by '${id}' (fingerprint '${fingerprint}').`;
    this.#log({ severity: "info", text: namedLine(text, stanza.name) });
  }

  #granted(event: GrantedEvent): void {
    const { packet, decision, target, rules, present } = event;
    const log = (text: string): void =>
      this.#log({ severity: "info", text: namedLine(text, decision.name) });
    for (const rule of rules) log(addedText(rule));
    for (const rule of present) {
      const { chain, address, services, expires } = rule;
      log(`Rule already in ${chain} for ${address} ${services}, expires at ${expires}`);
    }
    if (target === undefined) return;
    // The C daemon's lines above do not name the NAT target.
    const who = `[${packet.source}] (stanza #${decision.stanza})`;
    log(`${who} NAT: ${grantText(event)}`);
  }
}

/** All fields. The final data is without mac, as in the C daemon after it has split the mac off. */
function dumpFields({ fields, stanza, gpg, packetText }: DecodedEvent): string {
  const cipher = gpg === undefined ? "rijndael" : "gpg";
  const finalData = removePrefix(fields.fullText, cipher) ?? fields.fullText;
  return formatFieldDump({
    ...fields,
    mode: gpg === undefined ? stanza.encryptionMode : "asymmetric",
    hmacType: stanza.hmac?.type,
    mac: stanza.hmac === undefined ? undefined : packetText.slice(finalData.length),
    finalData,
    ...(gpg === undefined ? {} : { gpg: gpgDump(stanza, gpg.signature) }),
  }, oneLine).trimEnd();
}

function gpgDump({ gpg }: Stanza, signature: GpgSignature | undefined): GpgDump {
  const { homeDirectory, program } = gpg ?? {};
  return {
    verifiesSignature: gpg?.requireSignature ?? true,
    ignoresSignatureErrors: gpg?.ignoreSignatureErrors ?? false,
    signatureSummary: signature?.summary ?? -1,
    signatureStatus: signature?.status ?? -1,
    ...present({
      signatureId: signature?.id,
      signatureFingerprint: signature?.fingerprint,
      homeDirectory,
      program,
    }),
  };
}

/** `Added access rule to FWKNOP_INPUT for 192.0.2.44 -> 0.0.0.0/0 tcp/22, expires at 1519706071`. */
function addedText(rule: RuleSummary): string {
  return `Added ${rule.kind} rule to ${rule.chain} for ${rule.address} -> ${rule.destination} ` +
    `${rule.services}, expires at ${rule.expires}`;
}
