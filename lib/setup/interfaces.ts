/**
 * Finds the interfaces on which packets of clients arrive.
 *
 * @module
 */

/** What the kernel lists about routes and addresses. */
export interface RouteTables {
  /** `/proc/net/route` (proc_net(5)); empty if it is missing. */
  readonly ipv4: string;
  /** `/proc/net/ipv6_route`; empty if it is missing. */
  readonly ipv6: string;
}

/** Reads the tables of this network. */
export function readRouteTables(): RouteTables {
  return { ipv4: readOrEmpty("/proc/net/route"), ipv6: readOrEmpty("/proc/net/ipv6_route") };
}

/** The interfaces of the default routes, each once. */
export function defaultInterfaces({ ipv4, ipv6 }: RouteTables): string[] {
  const four = ipv4.split("\n").map((line) => line.trim().split(/\s+/)).flatMap(
    ([name = "", destination, , flags, , , , mask]) =>
      destination === "00000000" && mask === "00000000" && isUp(flags) ? [name] : [],
  );
  const six = ipv6.split("\n").map((line) => line.trim().split(/\s+/)).flatMap((words) => {
    const [destination, length] = words;
    const name = words[9] ?? "";
    return /^0{32}$/.test(destination ?? "") && length === "00" && name !== "lo" && isUp(words[8])
      ? [name]
      : [];
  });
  return [...new Set([...four, ...six])];
}

/** RTF_UP, without RTF_REJECT: without a default route, the kernel keeps one that refuses. */
function isUp(flags: string | undefined): boolean {
  const bits = Number.parseInt(flags ?? "0", 16);
  return (bits & 0x1) !== 0 && (bits & 0x200) === 0;
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
