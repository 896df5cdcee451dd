/**
 * Whether other hosts can reach this host over IPv6.
 *
 * @module
 */

/** Whether this host has a global IPv6 address: one that is neither loopback nor link-local. */
export function hasGlobalIpv6(): boolean {
  try {
    if (Deno.build.os !== "linux") return Deno.networkInterfaces().some(isGlobalIpv6);
    return /^\S+ \S+ \S+ 00 /m.test(Deno.readTextFileSync("/proc/net/if_inet6"));
  } catch {
    return false;
  }
}

/**
 * Whether hosts on the same link can reach this host over IPv6. Linux only.
 *
 * @param interfaces the interfaces to look at; absent: all.
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

/** Judges one address by its text, for systems that do not report its scope. */
export function isGlobalIpv6(
  { family, address }: Pick<Deno.NetworkInterfaceInfo, "family" | "address">,
): boolean {
  return family === "IPv6" && !/^(::1$|fe[89ab][0-9a-f]:)/i.test(address);
}
