/**
 * The certificate authorities of this host, which a company or a home may have added to.
 *
 * @module
 */

/** Where systems keep them in one file: Debian and Arch, Fedora and RHEL, SUSE, Alpine, macOS and the BSDs. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * What a TLS client takes for trusted besides the program's built-in authorities: the first bundle of this host that
 * can be read, as wget does. Without one there are the built-in ones alone.
 */
export function trustedCertificates(paths: readonly string[] = BUNDLES): { caCerts: string[] } {
  for (const path of paths) {
    try {
      return { caCerts: [Deno.readTextFileSync(path)] };
    } catch {
      // The next system's place.
    }
  }
  return { caCerts: [] };
}
