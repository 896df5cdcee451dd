/**
 * The first packet of a stranger, a client without a grant.
 *
 * @module
 */
import type { Packet } from "../../doctor/packet.ts";
import type { NetfilterQuestions } from "./questions.ts";

/** Completes a packet to the first packet of a stranger, on the interfaces of the questions. */
export function asStranger<P extends Pick<Packet, "service" | "family">>(
  { interfaces }: Pick<NetfilterQuestions, "interfaces">,
  packet: P,
): P & Packet {
  return {
    ...packet,
    established: false,
    ...(interfaces === undefined ? {} : { interfaces }),
  };
}
