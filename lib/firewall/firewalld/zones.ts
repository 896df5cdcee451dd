/**
 * Zones of firewalld: parses `firewall-cmd --list-all-zones`, and finds the zones for a grant (firewalld.zones(5)).
 *
 * @module
 */

/** One zone as it is in force. */
export interface Zone {
  readonly name: string;
  readonly interfaces: readonly string[];
  /** Addresses bound to the zone; they win over its interfaces. */
  readonly sources: readonly string[];
  readonly richRules: readonly string[];
}

/** Reads the listing; any other text has no zones. */
export function parseZones(text: string): Zone[] {
  return text.split(/\n(?=\S)/).flatMap((paragraph) => {
    const [heading = "", ...lines] = paragraph.split("\n");
    const [, name] = /^([A-Za-z0-9_-]+)(?: \([a-z, ]+\))?$/.exec(heading) ?? [];
    if (name === undefined) return [];
    const words = (label: string): string[] => {
      const line = lines.find((it) => it.trimStart().startsWith(`${label}:`)) ?? "";
      return line.slice(line.indexOf(":") + 1).split(" ").filter((word) => word !== "");
    };
    const richRules = lines.map((line) => line.trim()).filter((line) => line.startsWith("rule "));
    return [{ name, interfaces: words("interfaces"), sources: words("sources"), richRules }];
  });
}

/**
 * Returns the zones through which a client may arrive: those of the sniffed interfaces, the default zone for an
 * interface without a zone, and every zone with addresses.
 *
 * @param interfaces names; absent: packets may arrive on any interface.
 */
export function zonesOfClients(
  zones: readonly Zone[],
  defaultZone: string,
  interfaces: readonly string[] | undefined,
): string[] {
  const names = zones.filter((zone) =>
    zone.sources.length > 0 ||
    (interfaces === undefined
      ? zone.interfaces.length > 0
      : interfaces.some((name) => holds(zone, name)))
  ).map(({ name }) => name);
  const isLoose = interfaces === undefined ||
    interfaces.some((name) => !zones.some((zone) => holds(zone, name)));
  return isLoose && !names.includes(defaultZone) ? [defaultZone, ...names] : names;
}

/** Whether an interface is in a zone; `wg+` in its list matches all names that begin with `wg`. */
function holds({ interfaces }: Zone, name: string): boolean {
  return interfaces.some((it) => it.endsWith("+") ? name.startsWith(it.slice(0, -1)) : it === name);
}
