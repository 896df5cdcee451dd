/**
 * Templates of command cycles, with their variables filled in (`docs/spec/server.md` 11).
 *
 * @module
 */
import { type CycleVariable, templatePieces } from "../config/cycle_variables.ts";
import type { Address } from "../net/address.ts";
import { PROTOCOL_NUMBERS, type Service } from "../net/service.ts";
import { splitWords } from "./words.ts";

/** What the variables stand for. */
export interface CycleValues {
  /** `$SRC`, `$IP`: the address to admit. */
  readonly address: Address;
  /** `$PKT_SRC`: where the packet came from. */
  readonly packetSource: Address;
  /** `$DST`: where the packet was sent to. */
  readonly destination: Address;
  /** `$PORT`, `$PROTO` (a number) and `$PROTO_NAME`. */
  readonly service: Service;
  /** `$CLIENT_TIMEOUT`: how long, in seconds. */
  readonly seconds: number;
  /** `$TIMEOUT`: until when, in seconds since 1970 UTC. */
  readonly expires: number;
}

/**
 * The argument vector. The template is split first and each word filled in by itself, so no value can ever become two
 * arguments, or none.
 */
export function fillTemplate(template: string, values: CycleValues): string[] {
  return splitWords(template).map((word) =>
    templatePieces(word).map((piece) => {
      switch (piece.kind) {
        case "text":
          return piece.text;
        case "variable":
          return valueOf(piece.name, values);
        case "unknown":
          return "";
      }
    }).join("")
  );
}

function valueOf(name: CycleVariable, values: CycleValues): string {
  switch (name) {
    case "IP":
    case "SRC":
      return values.address.text;
    case "PKT_SRC":
      return values.packetSource.text;
    case "DST":
      return values.destination.text;
    case "PORT":
      return String(values.service.port);
    case "PROTO_NAME":
      return values.service.protocol;
    case "PROTO":
      return String(PROTOCOL_NUMBERS[values.service.protocol]);
    case "TIMEOUT":
      return String(values.expires);
    case "CLIENT_TIMEOUT":
      return String(values.seconds);
  }
}
