/**
 * What the build put into the program. `scripts/build_facts.ts` replaces the text below in the bundle.
 *
 * @module
 */
import { parsePublicKey, type PublicKey } from "./minisign.ts";

/** The text that the build replaces by JSON of {@link EmbeddedFacts}. */
const EMBEDDED = "@fwknop-build-facts@";

/** What the build embeds. */
export interface EmbeddedFacts {
  /** A `test` build must not be given out. */
  readonly kind: "release" | "test";
  /** Texts of the public keys whose releases `upgrade` takes, as {@link parsePublicKey} reads them. */
  readonly keys: readonly string[];
}

/** How this program was built. */
export interface BuildFacts {
  readonly kind: EmbeddedFacts["kind"] | "source";
  readonly keys: readonly PublicKey[];
}

/** How this program was built; from source it has no keys. */
export function buildFacts(embedded: string = EMBEDDED): BuildFacts {
  if (!embedded.startsWith("{")) return { kind: "source", keys: [] };
  const { kind, keys }: EmbeddedFacts = JSON.parse(embedded);
  return { kind, keys: keys.map(parsePublicKey).filter((key) => key !== undefined) };
}
