/**
 * Refusals as log lines, made from the table of refusals.
 *
 * @module
 */
import { type Refusal, rowOf } from "../server/refusal.ts";
import { namedLine } from "./client_name.ts";
import type { LogLine } from "./log_line.ts";
import { quotedFacts } from "./quoted_facts.ts";

/** More stanzas than this share one line, so that an attacker cannot fill the log with junk packets. */
const MOST_LINES = 8;

/**
 * The lines of a refusal: one, or one for each stanza that refused.
 *
 * @param everyStanza write one line for every stanza, with the C daemon's severity and words.
 */
export function refusalLines(refusal: Refusal, everyStanza = false): LogLine[] {
  const { packet, stanzas, names } = refusal;
  const row = rowOf(refusal);
  const { severity, line } = everyStanza ? { ...row, ...row.inC } : row;
  const facts = quotedFacts(refusal.facts);
  const source = `[${packet.source}]`;
  const lineOf = (label: string, name?: string): LogLine => {
    const stanza = `(${label})`;
    const text = line(facts, { who: `${source} ${stanza}`, stanza, packet });
    return { severity, text: namedLine(text, name) };
  };
  if (stanzas.length === 0) {
    return [{ severity, text: line(facts, { who: source, stanza: "", packet }) }];
  }
  if (stanzas.length > MOST_LINES && !everyStanza) {
    return [lineOf(`${stanzas.length} stanzas, #${stanzas[0]} to #${stanzas.at(-1)}`)];
  }
  return stanzas.map((stanza) => lineOf(`stanza #${stanza}`, names?.get(stanza)));
}
