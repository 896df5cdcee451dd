/**
 * A service that stands for all.
 *
 * @module
 */
import type { Service } from "../net/service.ts";

/** A port nobody asks for: only a rule for connections in general is about it. */
export const ANY_SERVICE: Service = { protocol: "tcp", port: 9 };
