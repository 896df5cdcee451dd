/**
 * What `fwknopd --fw-list` and `--fw-list-all` print.
 *
 * @module
 */
import type { Firewall, Listing } from "./firewall.ts";

/**
 * The C daemon's text around the firewall program's own listings (`docs/spec/server.md` 12). The program's error messages
 * go to standard error: for example, that a chain does not exist.
 */
export async function cListing(firewall: Firewall, all: boolean): Promise<Listing> {
  const listings = await firewall.ask({ name: "show", all, family: 4 });
  const text = all
    ? `Listing all ${firewall.name} rules in applicable tables...\n${
      listings.map((one) => one.text).join("")
    }`
    : `Listing rules in fwknopd ${firewall.name} chains...\n` +
      listings.map((one) => `\n${one.text}`).join("");
  return { text, complaint: listings.map((one) => one.complaint).join("") };
}
