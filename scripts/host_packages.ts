/**
 * The programs and libraries that the tests need from the machine, and the tests that need them.
 *
 * @module
 */

/** One package of Debian and Ubuntu, how to detect it, and the tests that need it. */
export interface HostPackage {
  /** Names to try in order: distributions renamed some. */
  readonly names: readonly string[];
  /** A program that comes with it. */
  readonly program?: string;
  /** A shared library that comes with it. */
  readonly library?: string;
  /** The service that the package starts: it is switched off after an installation. */
  readonly unit?: string;
  /** The tests that are left out without it. */
  readonly tests: string;
}

/** Every package that the tests can use. */
export const HOST_PACKAGES: readonly HostPackage[] = [
  {
    names: ["fwknop-client"],
    program: "fwknop",
    tests: "packets of the C client opened by our server",
  },
  {
    names: ["fwknop-server"],
    program: "fwknopd",
    unit: "fwknop-server",
    tests: "packets of our client opened by the C server",
  },
  {
    names: ["iptables"],
    program: "iptables-restore",
    tests: "grants with iptables, the demonstration",
  },
  { names: ["nftables"], program: "nft", tests: "grants seen through nftables" },
  {
    names: ["firewalld"],
    program: "firewalld",
    unit: "firewalld",
    tests: "grants with firewalld",
  },
  { names: ["dbus-daemon", "dbus"], program: "dbus-daemon", tests: "grants with firewalld" },
  { names: ["ipset"], program: "ipset", tests: "command cycles with ipset" },
  { names: ["ufw"], program: "ufw", tests: "command cycles with ufw" },
  { names: ["openssh-client"], program: "ssh", tests: "command cycles on a router over ssh" },
  {
    names: ["openssh-server"],
    program: "sshd",
    unit: "ssh",
    tests: "command cycles on a router over ssh",
  },
  { names: ["sudo"], program: "sudo", tests: "command messages through sudo" },
  {
    names: ["libpcap0.8t64", "libpcap0.8"],
    library: "libpcap.so.0.8",
    tests: "capture with libpcap",
  },
  {
    names: ["libnetfilter-queue1"],
    library: "libnetfilter_queue.so.1",
    tests: "capture from a netfilter queue",
  },
  {
    names: ["systemd-container"],
    program: "systemd-nspawn",
    tests: "the units under systemd",
  },
  { names: ["iproute2"], program: "ip", tests: "everything in network namespaces" },
  { names: ["tcpdump"], program: "tcpdump", tests: "comparison with captured files" },
  { names: ["gnupg"], program: "gpg", tests: "GnuPG messages" },
  { names: ["openssl"], program: "openssl", tests: "ciphers beside OpenSSL" },
  { names: ["minisign"], program: "minisign", tests: "signatures beside minisign" },
  {
    names: ["signify-openbsd"],
    program: "signify-openbsd",
    tests: "signatures beside OpenBSD's signify",
  },
  { names: ["zsh"], program: "zsh", tests: "completion in zsh" },
  { names: ["fish"], program: "fish", tests: "completion in fish" },
];

/**
 * The packages that the demonstration with a real firewall needs. Either firewall is enough; the smaller one is
 * installed where the machine has no firewall.
 */
export function demoPackages(probe: HostProbe): HostPackage[] {
  const firewall = probe.hasProgram("iptables-restore") ? "iptables" : "nftables";
  return ["iproute2", firewall, "libpcap0.8"].flatMap((name) =>
    HOST_PACKAGES.filter(({ names }) => names.includes(name))
  );
}

/** Access to the machine. */
export interface HostProbe {
  hasProgram(name: string): boolean;
  hasLibrary(name: string): boolean;
}

/** The missing packages. */
export function missingPackages(
  packages: readonly HostPackage[],
  probe: HostProbe,
): HostPackage[] {
  return packages.filter(({ program, library }) =>
    (program !== undefined && !probe.hasProgram(program)) ||
    (library !== undefined && !probe.hasLibrary(library))
  );
}

/** Whether `/etc/os-release` is that of Debian or of a derivative. */
export function isDebianLike(osRelease: string): boolean {
  const fields = new Map(
    [...osRelease.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]),
  );
  return `${fields.get("ID") ?? ""} ${fields.get("ID_LIKE") ?? ""}`.split(/\s+/)
    .some((id) => id === "debian" || id === "ubuntu");
}

/** One line per group of tests that is left out, with the reason. */
export function leftOutLines(
  missing: readonly HostPackage[],
  isLinux: boolean,
  isRoot: boolean,
): string[] {
  const lines = missing.map(({ names, program, library, tests }) =>
    `left out: ${tests}: ${program ?? library} is missing (package ${names.at(-1)})`
  );
  if (!isLinux) {
    lines.push("left out: network namespaces, firewalls and capture: this is not Linux");
  } else if (!isRoot) {
    lines.push("left out: network namespaces, firewalls and capture: they need root");
  }
  return lines;
}
