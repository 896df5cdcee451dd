/**
 * The first packet of a stranger, as far as the questions say how strangers come.
 *
 * @module
 */
import type { Packet } from "../../doctor/packet.ts";
import type { NetfilterQuestions } from "./questions.ts";

/** What makes a packet one that comes as strangers do. */
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
