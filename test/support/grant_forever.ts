/**
 * Opens grants as fast as it can until it is killed: `grant_forever.ts (iptables|nft) NAMESPACE`.
 *
 * @module
 */
import { access, iptablesIn, nftIn } from "./firewall.ts";
import { Namespace } from "./namespace.ts";

const [kind, name = ""] = Deno.args;
const namespace = new Namespace(name);
const { firewall } = kind === "nft" ? nftIn(namespace) : iptablesIn(namespace);
await firewall.ask({ name: "prepare" });
for (let index = 0; index < 10_000; index++) {
  // Some are short, so that rules are also deleted all the time.
  const seconds = index % 3 === 0 ? 1 : 60;
  await firewall.ask({
    name: "open",
    grant: access(`10.1.${index >> 8}.${index & 255}`, "tcp/22,udp/53", seconds),
  });
}
