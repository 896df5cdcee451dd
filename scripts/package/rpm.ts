/**
 * The rpm package. `rpmbuild` makes it: the format has no other writer that is kept well.
 *
 * @module
 */
import { mustRun } from "../process.ts";
import { packageVersion } from "./package_version.ts";
import { RPM_SCRIPTS } from "./scripts.ts";
import { gzip, tarBytes, type TarEntry, withParents } from "./tar.ts";

/** What a package consists of. */
export interface RpmParts {
  readonly version: string;
  /** `x86_64` or `aarch64`. */
  readonly architecture: string;
  /** The files below `/`, with absolute paths. */
  readonly items: readonly TarEntry[];
  readonly warning?: string | undefined;
  /** Seconds since 1970 UTC, for every file. */
  readonly time: number;
}

/** The name of the file, as dnf expects it. */
export function rpmName(
  { version, architecture }: Pick<RpmParts, "version" | "architecture">,
): string {
  return `fwknop-${packageVersion(version)}-1.${architecture}.rpm`;
}

/**
 * Makes the package in a folder.
 *
 * @returns its path.
 * @throws {Error} with the output of `rpmbuild` when that fails.
 */
export async function buildRpm(parts: RpmParts, folder: string): Promise<string> {
  const tree = withParents(parts.items.map((item) => ({ ...item, path: item.path.slice(1) })));
  const source = gzip(tarBytes(tree, parts.time));
  for (const name of ["SOURCES", "SPECS"]) Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
  Deno.writeFileSync(`${folder}/SOURCES/tree.tar.gz`, source);
  const spec = `${folder}/SPECS/fwknop.spec`;
  Deno.writeTextFileSync(spec, specText(parts));
  await mustRun("rpmbuild", [
    "-bb",
    "--quiet",
    `--target=${parts.architecture}`,
    `--define=_topdir ${folder}`,
    spec,
  ], { env: { SOURCE_DATE_EPOCH: String(parts.time), HOME: folder } });
  return `${folder}/RPMS/${parts.architecture}/${rpmName(parts)}`;
}

/** The spec. It builds nothing and touches no byte of the binary. */
export function specText({ version, items, warning }: RpmParts): string {
  return `%global _buildhost localhost
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global __os_install_post %{nil}
%global _build_id_links none
%global debug_package %{nil}
# Our own manual pages have their final names.
%global __brp_compress %{nil}
AutoReqProv: no
Name: fwknop
Version: ${packageVersion(version)}
Release: 1
Summary: Keeps ports closed until one encrypted packet proves who is asking
License: MIT
Source0: tree.tar.gz
Requires: glibc >= 2.27, libgcc
Recommends: libpcap, nftables
Provides: fwknop-server = %{version}, fwknop-client = %{version}
Obsoletes: fwknop-server < 3, fwknop-client < 3
Conflicts: fwknop-server < 3

%description
Single Packet Authorization: the client sends one encrypted, authenticated UDP packet; the daemon
sniffs it, checks who sent it, and opens one port for one address for thirty seconds.
${warning === undefined ? "" : `\n${warning}\n`}
%install
mkdir -p %{buildroot}
tar -xzf %{SOURCE0} -C %{buildroot}

${Object.entries(RPM_SCRIPTS).map(([name, body]) => `%${name}\n${body}\n`).join("\n")}
%files
%defattr(-,root,root,-)
${items.map(fileLine).join("\n")}
`;
}

function fileLine(item: TarEntry): string {
  switch (item.kind) {
    case "folder":
      return `%dir %attr(${item.mode.toString(8)},root,root) ${item.path}`;
    case "link":
      return item.path;
    case "file":
      return `%attr(${item.mode.toString(8)},root,root) ${item.path}`;
  }
}
