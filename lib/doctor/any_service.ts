/**
 * A service that stands for every service.
 *
 * @module
 */
import type { Service } from "../net/service.ts";

/** The discard port, which no stanza opens: only rules for connections in general apply to it. */
export const ANY_SERVICE: Service = { protocol: "tcp", port: 9 };
