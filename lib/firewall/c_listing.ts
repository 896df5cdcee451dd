/**
 * What `fwknopd --fw-list` and `--fw-list-all` print.
 *
 * @module
 */
import type { Firewall } from "./firewall.ts";

/** The C daemon's text around the firewall program's own listings (`docs/spec/server.md` 12). */
export async function cListing(firewall: Firewall, all: boolean): Promise<string> {
  const listings = await firewall.show(all);
  return all
    ? `Listing all ${firewall.name} rules in applicable tables...\n${listings.join("")}`
    : `Listing rules in fwknopd ${firewall.name} chains...\n` +
      listings.map((listing) => `\n${listing}`).join("");
}
