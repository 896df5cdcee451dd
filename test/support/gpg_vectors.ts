/**
 * The vectors of GnuPG mode, typed (`test/vectors/README.md`), and their keyring.
 *
 * @module
 */
import type { Stanza } from "../../lib/config/stanza.ts";
import { readTexts } from "./config_files.ts";
import { GpgHome } from "./gpg_home.ts";
import type { VectorFields } from "./vectors.ts";

interface AnyGpgVector {
  readonly id: string;
  readonly note: string;
  readonly packet: string;
  readonly server_access_conf: readonly (readonly [string, string])[];
}

/** A packet that the C client made and the C daemon accepted. */
export interface PositiveGpgVector extends AnyGpgVector {
  readonly decoded: VectorFields;
  readonly gpg: {
    readonly signature_id: string | null;
    readonly signature_fingerprint: string | null;
    readonly signature_summary: string;
    readonly signature_status: string;
  };
}

/** A packet that the C daemon refused. */
export interface NegativeGpgVector extends AnyGpgVector {
  readonly error: { readonly name: string; readonly log: string };
}

/** `spa-vectors-gpg.json`. */
export interface GpgVectors {
  readonly test_keys: Readonly<
    Record<string, { readonly fingerprint: string; readonly secret_key_armored: string }>
  >;
  readonly positive: readonly PositiveGpgVector[];
  readonly negative: readonly NegativeGpgVector[];
}

/** Reads `spa-vectors-gpg.json`. */
export function readGpgVectors(): GpgVectors {
  const url = new URL("../vectors/spa-vectors-gpg.json", import.meta.url);
  return JSON.parse(Deno.readTextFileSync(url));
}

/** A keyring with the test keys, all of them trusted. */
export async function vectorHome({ test_keys }: GpgVectors): Promise<GpgHome> {
  const home = await GpgHome.make();
  for (const { secret_key_armored, fingerprint } of Object.values(test_keys)) {
    await home.import(secret_key_armored);
    await home.trust(fingerprint);
  }
  return home;
}

/** The stanzas of a vector's server, with its keyring. */
export function vectorStanzas(vector: AnyGpgVector, home: GpgHome): readonly Stanza[] {
  const lines = [...vector.server_access_conf, ["GPG_HOME_DIR", home.path] as const];
  const access = lines.map((words) => `${words.join(" ")}\n`).join("");
  const { config, diagnostics } = readTexts({ access, folders: [home.path] });
  if (config === undefined) throw new Error(JSON.stringify(diagnostics));
  return config.stanzas.map(({ stanza }) => stanza);
}
