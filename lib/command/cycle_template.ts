/**
 * Fills in the variables of command cycle templates (`docs/spec/server.md` 11).
 *
 * @module
 */
import { type CycleVariable, templatePieces } from "../config/cycle_variables.ts";
import type { Address } from "../net/address.ts";
import { PROTOCOL_NUMBERS, type Service } from "../net/service.ts";
import { argumentVector } from "./words.ts";

/** The values of the variables. */
export interface CycleValues {
  /** `$SRC`, `$IP`: the address to admit. */
  readonly address: Address;
  /** `$PKT_SRC`: the source address of the packet. */
  readonly packetSource: Address;
  /** `$DST`: the destination address of the packet. */
  readonly destination: Address;
  /** `$PORT`, `$PROTO` (a number) and `$PROTO_NAME`. */
  readonly service: Service;
  /** `$CLIENT_TIMEOUT`: duration in seconds. */
  readonly seconds: number;
  /** `$TIMEOUT`: end, in seconds since 1970 UTC. */
  readonly expires: number;
}

/**
 * The argument vector. The template is split first and each word is filled in separately, so a value is always exactly
 * one argument or a part of one.
 */
export function fillTemplate(template: string, values: CycleValues): string[] {
  return argumentVector(template).map((word) =>
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
