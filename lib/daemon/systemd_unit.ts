/**
 * The service files for systemd (systemd.service(5), systemd.exec(5)).
 *
 * @module
 */

/** Which service file. */
export type UnitKind = "hardened" | "compatible";

/** Where a service has its files. */
interface UnitPlace {
  /** The folder of `fwknopd.conf` and `access.conf`. */
  readonly config: string;
  /** The folder below `/run`. */
  readonly run: string;
  /** A trial keeps nothing that a reboot would find, and is not enabled. */
  readonly isTrial: boolean;
}

/** Where `fwknop serve` has them by itself. */
const USUAL: UnitPlace = { config: "/etc/fwknop", run: "fwknop", isTrial: false };

const HEAD = `[Unit]
Description=Single Packet Authorization server
After=network.target
`;

/**
 * SIGTERM goes to the daemon alone, because it still needs its firewall programs to remove its rules. The start limit
 * is off: after five quick starts systemd would give up, before a missing interface comes back.
 */
const LIFE = `KillMode=mixed
Restart=on-failure
RestartSec=5
# A dump of a crash would hold the keys.
LimitCORE=0`;

/** What both units deny. Its first line stands below a comment of the compatible unit. */
const CONFINEMENT = `ProtectKernelModules=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
# The engine compiles code while it runs.
MemoryDenyWriteExecute=no
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
KeyringMode=private
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelTunables=yes`;

const TAIL = `
[Install]
WantedBy=multi-user.target
`;

/**
 * As root, like the C daemon's unit. Every firewall works, commands of access.conf run as root, as other users and by
 * sudo, and a reload reads the files of \`/etc/fwknop\` again. The unit denies everything else: the kernel's modules, logs
 * and settings except forwarding, the clock, devices, other kinds of sockets, and all other capabilities.
 */
const COMPATIBLE = (program: string, { config, run, isTrial }: UnitPlace): string =>
  `${HEAD}
[Service]
Type=notify
ExecStart=${program} serve --foreground${
    isTrial
      ? ` --config-file ${config}/fwknopd.conf --access-file ${config}/access.conf --run-dir %t/${run}`
      : ""
  }
ExecReload=/bin/kill -HUP $MAINPID
${LIFE}
RuntimeDirectory=${run}
RuntimeDirectoryMode=0700
# The replay cache and pending closes outlive a restart.
RuntimeDirectoryPreserve=yes

# Commands may use sudo.
NoNewPrivileges=no
# Firewall, sniffing, ports below 1024; then what commands as other users, sudo, gpg and files need. A command that
# mounts, enters a namespace or sets the clock needs more: systemctl edit fwknop.
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE \\
    CAP_SETUID CAP_SETGID CAP_KILL CAP_AUDIT_WRITE CAP_SYS_RESOURCE CAP_SYS_NICE CAP_IPC_LOCK \\
    CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID
# iptables-legacy wants to load ip_tables itself: where it is not loaded at boot, name it in /etc/modules-load.d.
${CONFINEMENT}
SystemCallFilter=~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap
# ENABLE_PROC_IP_FORWARD
ReadWritePaths=-/proc/sys/net/ipv4/ip_forward
${isTrial ? "" : TAIL}`;

/**
 * Without root: two capabilities, a user that exists only while the service runs, and nothing of the system
 * writable. For nft and iptables-nft; not for iptables-legacy (its lock file is root's), nor for commands
 * that need root.
 */
const HARDENED = (program: string, { config, run, isTrial }: UnitPlace): string =>
  `${HEAD}# The other service of this program, which runs as root: only one of them can watch.
Conflicts=fwknop-compatible.service

[Service]
Type=notify
# Copies made when the service starts: after editing the files, restart instead of reload.
LoadCredential=fwknopd.conf:${config}/fwknopd.conf
LoadCredential=access.conf:${config}/access.conf
ExecStart=${program} serve --foreground \\
    --config-file %d/fwknopd.conf --access-file %d/access.conf \\
    --run-dir %t/${run}${isTrial ? "" : " --digest-file %S/fwknop/digest.cache"}
${LIFE}
DynamicUser=yes
RuntimeDirectory=${run}
RuntimeDirectoryMode=0700
# What is still to be closed is in there: after a crash the next start has to find it.
RuntimeDirectoryPreserve=restart
${isTrial ? "" : "StateDirectory=fwknop\nStateDirectoryMode=0700\n"}UMask=0077

# Sniffing, and changing the firewall. Add CAP_NET_BIND_SERVICE for a UDP or TCP server below port 1024.
AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW
NoNewPrivileges=yes

${CONFINEMENT}
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
RestrictSUIDSGID=yes
RemoveIPC=yes

ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
DevicePolicy=closed
ProtectProc=invisible
${isTrial ? "" : TAIL}`;

/**
 * The text of a service file.
 *
 * @param program absolute path of the binary.
 * @throws {TypeError} for a path that systemd would split or expand.
 */
export function systemdUnit(kind: UnitKind, program: string): string {
  return unitAt(kind, program, USUAL);
}

/**
 * The service file of a trial of `fwknop setup`: it reads the configuration from another folder, and keeps all its files
 * in `/run`.
 *
 * @param config absolute path of the folder with `fwknopd.conf` and `access.conf`.
 * @throws {TypeError} as {@link systemdUnit}.
 */
export function trialUnit(kind: UnitKind, program: string, config: string): string {
  return unitAt(kind, program, { config, run: "fwknop-trial", isTrial: true });
}

function unitAt(kind: UnitKind, program: string, place: UnitPlace): string {
  if (!/^\/[\w./+-]+$/.test(program)) {
    throw new TypeError(`Not a path for a service file: '${program}'`);
  }
  return kind === "hardened" ? HARDENED(program, place) : COMPATIBLE(program, place);
}
