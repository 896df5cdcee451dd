/**
 * A program for tests, run inside a namespace: sends one UDP packet to ADDRESS PORT with TEXT.
 *
 * @module
 */
import { UdpSender } from "./udp_sender.ts";

const [to = "", port = "", text = ""] = Deno.args;
using sender = new UdpSender(to.includes(":") ? 6 : 4);
sender.send(to, Number(port), new TextEncoder().encode(text));
