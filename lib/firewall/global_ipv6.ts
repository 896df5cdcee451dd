/**
 * Whether strangers reach this host by IPv6.
 *
 * @module
 */

/** Whether this host has an IPv6 address that others reach: one that is neither the loopback's nor of a link. */
export function hasGlobalIpv6(): boolean {
  try {
    if (Deno.build.os !== "linux") return Deno.networkInterfaces().some(isGlobalIpv6);
    return /^\S+ \S+ \S+ 00 /m.test(Deno.readTextFileSync("/proc/net/if_inet6"));
  } catch {
    return false;
  }
}

/**
 * Whether hosts of the same link reach this host by IPv6. Linux only.
 *
 * @param interfaces those that are asked about; absent: all.
 */
export function hasLinkIpv6(interfaces?: readonly string[]): boolean {
  try {
    return Deno.readTextFileSync("/proc/net/if_inet6").split("\n").some((line) => {
      const [, , , scope, , name = ""] = line.trim().split(/ +/);
      return scope === "20" && (interfaces?.includes(name) ?? true);
    });
  } catch {
    return false;
  }
}

/** The same as `hasGlobalIpv6` by an address alone, where the system does not tell its scope. */
export function isGlobalIpv6(
  { family, address }: Pick<Deno.NetworkInterfaceInfo, "family" | "address">,
): boolean {
  return family === "IPv6" && !/^(::1$|fe[89ab][0-9a-f]:)/i.test(address);
}
