/**
 * Parses the output of `nft -j list table`.
 *
 * @module
 */

/** An element of a set or map. */
export interface ListedElement {
  /** `["10.77.0.2", "tcp", "2222"]`. */
  readonly key: readonly string[];
  /** The value in a map: `10.0.0.1 . 22`. */
  readonly value?: string;
  readonly comment?: string;
  /** Whether the kernel removes it on its own. */
  readonly timesOut: boolean;
}

/** A table with the parts that the adapter uses. */
export interface ListedTable {
  readonly sets: ReadonlyMap<string, readonly ListedElement[]>;
  /** Comments of the rules of each chain, in order; an empty text for a rule without comment. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /**
   * Whether it has flags, which some versions of nft print wrongly. One flag means that none of its rules is in force.
   */
  readonly hasFlags: boolean;
}

/** Reads the JSON of one table; `undefined` for any other text. Ignores elements of an unknown form. */
export function parseNftTable(text: string): ListedTable | undefined {
  const objects = parseObjects(text);
  if (objects === undefined) return undefined;
  const sets = new Map<string, ListedElement[]>();
  const chains = new Map<string, string[]>();
  let hasFlags = false;
  for (const object of objects) {
    hasFlags ||= property(property(object, "table"), "flags") !== undefined;
    const set = property(object, "set") ?? property(object, "map");
    const setName = asText(property(set, "name"));
    if (setName !== undefined) {
      const elements = property(set, "elem");
      sets.set(
        setName,
        (Array.isArray(elements) ? elements : []).flatMap((item) => parseElement(item) ?? []),
      );
    }
    const chain = asText(property(property(object, "chain"), "name"));
    if (chain !== undefined) chains.set(chain, []);
    const rule = property(object, "rule");
    const comments = chains.get(asText(property(rule, "chain")) ?? "");
    comments?.push(asText(property(rule, "comment")) ?? "");
  }
  return { sets, chains, hasFlags };
}

/** Returns the names of tables as `family name` from `nft -j list tables`; `undefined` for any other text. */
export function parseNftTables(text: string): string[] | undefined {
  return parseObjects(text)?.flatMap((object) => {
    const table = property(object, "table");
    const [family, name] = [asText(property(table, "family")), asText(property(table, "name"))];
    return family === undefined || name === undefined ? [] : [`${family} ${name}`];
  });
}

/** The objects of `nft -j` output. */
export function parseObjects(text: string): unknown[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const objects = property(document, "nftables");
  return Array.isArray(objects) ? objects : undefined;
}

/** Either `{elem: {val, comment}}`, or a pair of that and a value in a map. */
function parseElement(item: unknown): ListedElement | undefined {
  const [left, right] = Array.isArray(item) ? item : [item];
  const inner = property(left, "elem");
  const key = parseParts(inner === undefined ? left : property(inner, "val"));
  if (key === undefined) return undefined;
  const comment = asText(property(inner, "comment"));
  const value = parseParts(right)?.join(" . ");
  return {
    key,
    ...(value === undefined ? {} : { value }),
    ...(comment === undefined ? {} : { comment }),
    timesOut: property(inner, "timeout") !== undefined,
  };
}

function parseParts(value: unknown): string[] | undefined {
  const parts = property(value, "concat") ?? [value];
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part) =>
    typeof part === "string" || typeof part === "number" ? String(part) : undefined
  );
  return texts.every((part) => part !== undefined) ? texts : undefined;
}

/** Returns a member of a value that may not be an object. */
export function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
