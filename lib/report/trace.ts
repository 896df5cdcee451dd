/**
 * The trace of `serve -v` on a terminal, and of `explain`: each packet with the steps that it passed and the step that
 * failed.
 *
 * @module
 */
import { bold, dim, green, red } from "./color.ts";
import type { DecodedEvent, ExplainEvent, FindingEvent, GrantedEvent } from "../server/event.ts";
import type { PacketFacts } from "../server/describe_packet.ts";
import { type Refusal, rowOf } from "../server/refusal.ts";
import { type PacketStep, STEPS } from "../server/step.ts";
import { namedNumber, stanzaText } from "./client_name.ts";
import { decisionText, grantText } from "./decision_text.ts";
import { ranLines } from "./command_report.ts";
import { explainRefusal } from "./explanation.ts";
import { explainFinding } from "./finding_text.ts";
import { summarizeMessage } from "./message_summary.ts";
import { wrap } from "./wrap.ts";
import { oneLine, visible } from "../one_line.ts";

/** The text of a passed step, for the steps that have no event. */
const PASSED: Readonly<Partial<Record<PacketStep, string>>> = {
  screen: "looks like SPA",
  source: "a stanza takes packets from this address",
  seen: "not seen before",
};

/** Further lines of a step start below its text. */
const INDENT = " ".repeat(19);
/** The least width of texts in columns, even on a narrower terminal. */
const MIN_WIDTH = 40;

/** Writes the trace, one packet after the other. */
export class Trace {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #columns: () => number | undefined;
  #packet = 0;
  /** How many steps of the current packet have been shown. */
  #shown = 0;
  /** Whether a stanza's keys made the current packet. */
  #isDecoded = false;

  /**
   * @param write takes a line without its newline.
   * @param now seconds since 1970 UTC.
   * @param columns width of the terminal; longer lines are wrapped below the text of their step.
   */
  constructor(
    write: (line: string) => void,
    now: () => number,
    columns: () => number | undefined = () => undefined,
  ) {
    this.#write = write;
    this.#now = now;
    this.#columns = columns;
  }

  /** Writes one event. */
  readonly observe = (event: ExplainEvent): void => {
    switch (event.kind) {
      case "refused":
        this.#refused(event.refusal);
        return;
      case "decoded": {
        this.#begin(event.packet);
        this.#pass("authenticate");
        this.#isDecoded = true;
        const means = describeKeys(event);
        const { number, name } = event.stanza;
        this.#step(true, "authenticate", `${stanzaText(number, name)}: ${means}`);
        this.#text(INDENT, summarizeMessage(event.fields.message, this.#now()));
        return;
      }
      case "granted":
        this.#granted(event);
        return;
      case "decided":
        this.#begin(event.packet);
        this.#step(
          true,
          "act",
          `${stanzaText(event.decision.stanza, event.decision.name)}: would ${
            decisionText(event.decision)
          }`,
        );
        return;
      case "finding":
        this.#finding(event);
        return;
      case "running":
        this.#begin(event.packet);
        this.#step(true, "act", `run: ${oneLine(event.command)}`);
        return;
      case "ran":
        this.#begin(event.packet);
        for (const { severity, text } of ranLines(event)) {
          this.#step(severity !== "error" && severity !== "warning", "act", text);
        }
        return;
      case "bad-forwarded-for":
        this.#begin(event.packet);
        this.#write(`  ${dim("X-Forwarded-For does not hold one address")}`);
        return;
      case "repeated":
        // The trace shows every packet, so no refusal is held back.
        return;
    }
  };

  #refused(refusal: Refusal): void {
    this.#begin(refusal.packet);
    // Another stanza's key matched, so this mismatch is expected.
    if (this.#isDecoded && refusal.step === "authenticate") return;
    this.#pass(refusal.step);
    if (refusal.elsewhere) {
      const text = `${stanzaLabel(refusal)}the packet is not theirs`;
      this.#text(`  · ${refusal.step.padEnd(14)} `, text, dim);
      return;
    }
    const { fact, hint } = explainRefusal(refusal);
    this.#step(
      rowOf(refusal).isFault === false,
      refusal.step,
      `${stanzaLabel(refusal)}${fact}`,
    );
    this.#hint(hint);
    // If the packet goes on with another stanza, do not show this step as passed.
    this.#shown = Math.max(this.#shown, STEPS.indexOf(refusal.step) + 1);
  }

  #finding({ packet, finding, name }: FindingEvent): void {
    this.#begin(packet);
    const { fact, hint } = explainFinding(finding, name);
    this.#text("  → ", fact);
    if (hint !== "") this.#hint(hint);
  }

  #granted(event: GrantedEvent): void {
    this.#begin(event.packet);
    const already = event.rules.length === 0 ? " (was open already)" : "";
    this.#step(true, "act", `${grantText(event)}${already}`);
  }

  /** Writes the line that introduces a packet, unless the trace is already at this packet. */
  #begin(packet: PacketFacts): void {
    if (this.#packet === packet.number) return;
    this.#packet = packet.number;
    this.#shown = 0;
    this.#isDecoded = false;
    const from = `${packet.source} port ${packet.sourcePort}`;
    const to = `${packet.destination} port ${packet.destinationPort}`;
    this.#write(bold(`packet ${packet.number}: ${from} → ${to}, ${packet.length} bytes`));
  }

  /** Shows the passed steps before this one that have not been shown. */
  #pass(step: PacketStep): void {
    const reached = STEPS.indexOf(step);
    for (; this.#shown < reached; this.#shown++) {
      const passed = STEPS[this.#shown];
      const text = passed === undefined ? undefined : PASSED[passed];
      if (passed !== undefined && text !== undefined) this.#step(true, passed, text);
    }
  }

  #step(passed: boolean, step: PacketStep, text: string): void {
    const mark = passed ? green("✓") : red("✗");
    this.#text(`  ${mark} ${step.padEnd(14)} `, text);
  }

  #hint(text: string): void {
    this.#text(INDENT, text, dim);
  }

  /** Writes a text after its label. The label is at most as wide as the indent. */
  #text(label: string, text: string, style = (part: string): string => part): void {
    const columns = this.#columns();
    const width = columns === undefined ? undefined : Math.max(MIN_WIDTH, columns - INDENT.length);
    const [first = "", ...rest] = wrap(visible(text), width);
    this.#write(`${style === dim ? dim(label) : label}${style(first)}`);
    for (const line of rest) this.#write(`${INDENT}${style(line)}`);
  }
}

function describeKeys({ stanza, gpg }: DecodedEvent): string {
  if (gpg === undefined) {
    return stanza.hmac === undefined ? "decrypted, not authenticated" : "HMAC and key are right";
  }
  const { signature } = gpg;
  const signed = signature === undefined
    ? "not signed"
    : `${signature.flaw ?? "signed"} (${signature.fingerprint ?? signature.id})`;
  return `${stanza.hmac === undefined ? "" : "HMAC is right, "}decrypted by gpg, ${signed}`;
}

function stanzaLabel({ stanzas, names }: Refusal): string {
  const [first, ...others] = stanzas.map((number) => namedNumber(number, names?.get(number)));
  if (first === undefined) return "";
  if (others.length === 0) return `stanza ${first}: `;
  return `stanzas ${first} ${others.length === 1 ? "and" : "to"} ${others.at(-1)}: `;
}
