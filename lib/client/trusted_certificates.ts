/**
 * The certificate authorities of this host. An administrator may have added some.
 *
 * @module
 */

/** Paths of the bundle: Debian and Arch, Fedora and RHEL, SUSE, Alpine, macOS and the BSDs. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The authorities that a TLS client trusts besides the program's built-in ones: the first bundle of this host that can
 * be read, as wget does. Without a bundle, only the built-in ones count.
 */
export function trustedCertificates(paths: readonly string[] = BUNDLES): { caCerts: string[] } {
  for (const path of paths) {
    try {
      return { caCerts: [Deno.readTextFileSync(path)] };
    } catch {
      // Try the path of the next system.
    }
  }
  return { caCerts: [] };
}
