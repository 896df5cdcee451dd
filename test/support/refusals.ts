/**
 * Refusals of every code, made from the table.
 *
 * @module
 */
import type { PacketFacts } from "../../lib/server/describe_packet.ts";
import { type Reason, type Refusal, type RefusalCode, tie } from "../../lib/server/refusal.ts";
import type { FactKind, FactKinds, FactShape } from "../../lib/server/refusal_row.ts";
import { REFUSALS } from "../../lib/server/refusals.ts";
import { STEPS } from "../../lib/server/step.ts";

/** The refused packet. */
export const REFUSED_PACKET: PacketFacts = {
  number: 1,
  protocol: 17,
  source: "192.0.2.9",
  sourcePort: 53992,
  destination: "198.51.100.7",
  destinationPort: 62201,
  length: 204,
};

/** A refusal of each code with each combination of its facts. @param text the value of the facts that are texts. */
export function everyRefusal(text: string): Refusal[] {
  return (Object.keys(REFUSALS) as RefusalCode[]).flatMap((code) => {
    const { step, facts } = REFUSALS[code];
    const stanzas = STEPS.indexOf(step) < STEPS.indexOf("stanza") ? [] : [1];
    return variants(facts, text).map((facts) =>
      tie({ step, code, facts } as Reason, REFUSED_PACKET, stanzas)
    );
  });
}

function variants(shape: FactShape, text: string): object[] {
  if (Array.isArray(shape)) return shape.flatMap((kinds) => variants(kinds, text));
  return Object.entries(shape as FactKinds).reduce<object[]>((made, [name, kind]) => {
    const isOptional = name.endsWith("?");
    const key = isOptional ? name.slice(0, -1) : name;
    const present = values(kind, text).flatMap((value) =>
      made.map((facts) => ({ ...facts, [key]: value }))
    );
    return isOptional ? [...made, ...present] : present;
  }, [{}]);
}

function values(kind: FactKind, text: string): readonly unknown[] {
  if (typeof kind !== "string") return kind;
  switch (kind) {
    case "text":
      return [text];
    case "number":
      return [7];
    case "spa-error":
      return [
        "DECRYPTION_FAILURE",
        "GPGME_NO_SIGNATURE",
        "GPGME_BAD_SIGNATURE",
        "GPGME_DECRYPT_FAILED",
      ];
  }
}
