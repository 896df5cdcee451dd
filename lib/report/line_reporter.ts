/**
 * The log of the server: events as lines, in the C daemon's wording where it has one.
 *
 * @module
 */
import { removePrefix } from "../spa/prefix.ts";
import type { DecodedEvent, GrantedEvent, PacketEvent, RepeatedEvent } from "../server/event.ts";
import type { RuleSummary } from "../firewall/firewall.ts";
import { formatFieldDump } from "./field_dump.ts";
import type { LogLine } from "../daemon/log_line.ts";
import { refusalLines } from "./refusal_line.ts";

/** Writes each event to the log. */
export class LineReporter {
  readonly #log: (line: LogLine) => void;
  readonly #dumpFields: boolean;

  /** @param options.dumpFields add all fields of each decoded packet (`-v -v`). */
  constructor(log: (line: LogLine) => void, options: { readonly dumpFields: boolean }) {
    this.#log = log;
    this.#dumpFields = options.dumpFields;
  }

  /** Tells one event. */
  readonly observe = (event: PacketEvent): void => {
    switch (event.kind) {
      case "refused":
        for (const line of refusalLines(event.refusal)) this.#log(line);
        return;
      case "repeated":
        this.#repeated(event);
        return;
      case "bad-forwarded-for":
        this.#log({
          severity: "warning",
          text: `Error parsing X-Forwarded-For header: value '${event.value}' is not an IP address`,
        });
        return;
      case "decoded":
        this.#decoded(event);
        return;
      case "granted":
        this.#granted(event);
    }
  };

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
    const prefix = `(stanza #${stanza.number})`;
    const text = `${prefix} SPA Packet from IP: ${packet.source} received with access source match`;
    this.#log({ severity: "info", text });
    if (!this.#dumpFields) return;
    const heading = `[${packet.source}] ${prefix} SPA Decode (res=0):`;
    this.#log({ severity: "debug", text: `${heading}\n${dumpFields(event)}` });
  }

  #granted({ rules, present }: GrantedEvent): void {
    for (const rule of rules) this.#log({ severity: "info", text: addedText(rule) });
    for (const rule of present) {
      const { chain, address, services, expires } = rule;
      const text = `Rule already in ${chain} for ${address} ${services}, expires at ${expires}`;
      this.#log({ severity: "info", text });
    }
  }
}

/** All fields; the final data is shown without mac, as the C daemon does after it has split it off. */
function dumpFields({ fields, stanza }: DecodedEvent): string {
  return formatFieldDump({
    ...fields,
    mode: stanza.encryptionMode,
    hmacType: stanza.hmac?.type,
    finalData: removePrefix(fields.fullText, "rijndael") ?? fields.fullText,
  }).trimEnd();
}

/** `Added access rule to FWKNOP_INPUT for 192.0.2.44 -> 0.0.0.0/0 tcp/22, expires at 1519706071`. */
export function addedText(rule: RuleSummary): string {
  return `Added ${rule.kind} rule to ${rule.chain} for ${rule.address} -> ${rule.destination} ` +
    `${rule.services}, expires at ${rule.expires}`;
}
