/**
 * Two hosts on one cable.
 *
 * @module
 */
import type { Lab, Namespace } from "./namespace.ts";

/** A client at 10.9.0.1 and fd09::1, a server at 10.9.0.2 and fd09::2. */
export async function cabledPair(lab: Lab): Promise<{ client: Namespace; server: Namespace }> {
  const client = await lab.namespace("client");
  const server = await lab.namespace("server");
  await lab.cable(
    { namespace: client, device: "eth0", addresses: ["10.9.0.1/24", "fd09::1/64"] },
    { namespace: server, device: "eth0", addresses: ["10.9.0.2/24", "fd09::2/64"] },
  );
  return { client, server };
}
