/**
 * Versions as distributions order them.
 *
 * @module
 */

/**
 * `1.0.0-rc.1` comes before `1.0.0`, so it is `1.0.0~rc.1` for dpkg and for rpm. A hyphen would begin the revision of a
 * distribution (deb-version(7)).
 */
export function packageVersion(version: string): string {
  return version.replace("-", "~").replaceAll("-", ".");
}
