/**
 * The differences between operating systems in one table: names of libraries, numbers and struct
 * layouts. Linux values are those of x86_64 and arm64 (glibc). macOS values are those of the 64-bit SDK.
 *
 * @module
 */

/** Byte offsets of `struct msghdr` and the widths of its counts. */
export interface MessageHeaderLayout {
  readonly size: number;
  readonly name: number;
  readonly nameLength: number;
  readonly vector: number;
  /** A count of 4 bytes. Where C has 8, the upper half stays zero (little-endian). */
  readonly vectorLength: number;
  readonly control: number;
  readonly controlLength: number;
  readonly flags: number;
}

/** Byte offsets of `struct cmsghdr`. `data` is the offset that `CMSG_DATA` adds. */
export interface ControlHeaderLayout {
  readonly level: number;
  readonly type: number;
  readonly data: number;
  /** Each header starts at a multiple of this. */
  readonly alignment: number;
}

/** Byte offsets of `struct flock`. */
export interface RecordLockLayout {
  readonly size: number;
  readonly type: number;
  readonly whence: number;
  readonly owner: number;
}

/** One operating system. */
export interface Platform {
  /** Candidates for the C library, best first. */
  readonly libc: readonly string[];
  /** Candidates for libpcap, best first. */
  readonly libpcap: readonly string[];
  /** The function that locates `errno` of the calling thread. */
  readonly errnoFunction: "__errno_location" | "__error";
  /** The `strerror_r` that returns an int and fills the buffer (POSIX). */
  readonly errorTextFunction: "__xpg_strerror_r" | "strerror_r";
  /**
   * Whether filler words go between the fixed and the variable arguments of a variadic C function.
   * Apple's arm64 convention passes variable arguments on the stack only, so filler uses up the
   * argument registers first. Everywhere else variable arguments are passed like fixed ones.
   */
  readonly variadicPadding: boolean;
  /** `sockaddr` starts with a length byte (BSD) instead of a 16-bit family. */
  readonly addressHasLength: boolean;
  readonly messageHeader: MessageHeaderLayout;
  readonly controlHeader: ControlHeaderLayout;
  readonly recordLock: RecordLockLayout;
  readonly number: {
    readonly AF_UNIX: number;
    readonly AF_INET: number;
    readonly AF_INET6: number;
    readonly SOCK_DGRAM: number;
    readonly SOL_SOCKET: number;
    readonly SO_RCVBUF: number;
    readonly IPPROTO_IP: number;
    readonly IP_PKTINFO: number;
    readonly IPPROTO_IPV6: number;
    readonly IPV6_V6ONLY: number;
    readonly IPV6_RECVPKTINFO: number;
    readonly IPV6_PKTINFO: number;
    readonly MSG_DONTWAIT: number;
    readonly O_RDWR: number;
    readonly O_CREAT: number;
    readonly O_CLOEXEC: number;
    readonly F_SETFD: number;
    readonly F_GETLK: number;
    readonly F_WRLCK: number;
    readonly F_UNLCK: number;
  };
}

const LINUX: Platform = {
  // glibc; then musl by its name on each processor, for the portable bundle (untested).
  libc: ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"],
  libpcap: ["libpcap.so.0.8", "libpcap.so.1"],
  errnoFunction: "__errno_location",
  errorTextFunction: "__xpg_strerror_r",
  variadicPadding: false,
  addressHasLength: false,
  messageHeader: {
    size: 56,
    name: 0,
    nameLength: 8,
    vector: 16,
    vectorLength: 24,
    control: 32,
    controlLength: 40,
    flags: 48,
  },
  controlHeader: { level: 8, type: 12, data: 16, alignment: 8 },
  recordLock: { size: 32, type: 0, whence: 2, owner: 24 },
  number: {
    AF_UNIX: 1,
    AF_INET: 2,
    AF_INET6: 10,
    SOCK_DGRAM: 2,
    SOL_SOCKET: 1,
    SO_RCVBUF: 8,
    IPPROTO_IP: 0,
    IP_PKTINFO: 8,
    IPPROTO_IPV6: 41,
    IPV6_V6ONLY: 26,
    IPV6_RECVPKTINFO: 49,
    IPV6_PKTINFO: 50,
    MSG_DONTWAIT: 0x40,
    O_RDWR: 2,
    O_CREAT: 0o100,
    O_CLOEXEC: 0o2000000,
    F_SETFD: 2,
    F_GETLK: 5,
    F_WRLCK: 1,
    F_UNLCK: 2,
  },
};

const MACOS: Platform = {
  libc: ["libSystem.B.dylib"],
  libpcap: ["libpcap.A.dylib", "libpcap.dylib"],
  errnoFunction: "__error",
  errorTextFunction: "strerror_r",
  variadicPadding: Deno.build.arch === "aarch64",
  addressHasLength: true,
  messageHeader: {
    size: 48,
    name: 0,
    nameLength: 8,
    vector: 16,
    vectorLength: 24,
    control: 32,
    controlLength: 40,
    flags: 44,
  },
  controlHeader: { level: 4, type: 8, data: 12, alignment: 4 },
  recordLock: { size: 24, type: 20, whence: 22, owner: 16 },
  number: {
    AF_UNIX: 1,
    AF_INET: 2,
    AF_INET6: 30,
    SOCK_DGRAM: 2,
    SOL_SOCKET: 0xffff,
    SO_RCVBUF: 0x1002,
    IPPROTO_IP: 0,
    IP_PKTINFO: 26,
    IPPROTO_IPV6: 41,
    IPV6_V6ONLY: 27,
    IPV6_RECVPKTINFO: 61,
    IPV6_PKTINFO: 46,
    MSG_DONTWAIT: 0x80,
    O_RDWR: 2,
    O_CREAT: 0x200,
    O_CLOEXEC: 0x1000000,
    F_SETFD: 2,
    F_GETLK: 7,
    F_WRLCK: 3,
    F_UNLCK: 2,
  },
};

/**
 * Numbers that exist on Linux only. `SO_RCVBUFFORCE` needs CAP_NET_ADMIN and ignores
 * `net.core.rmem_max`. `SO_MEMINFO` returns nine 32-bit counters; the ninth counts the packets that
 * were dropped because the socket's buffer was full.
 */
export const LINUX_ONLY = {
  SOCK_RAW: 3,
  SOCK_CLOEXEC: 0o2000000,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  NETLINK_ROUTE: 0,
  RTMGRP_LINK: 1,
  NETLINK_NETFILTER: 12,
  NFNLGRP_NFTABLES: 7,
  SOL_PACKET: 263,
  PACKET_IGNORE_OUTGOING: 23,
  SO_RCVBUFFORCE: 33,
  SO_MEMINFO: 55,
  SK_MEMINFO_DROPS: 8,
} as const;

/**
 * The table of the running system.
 *
 * @throws {Error} on a system whose layouts the table does not have.
 */
export function platform(): Platform {
  switch (Deno.build.os) {
    case "linux":
      return LINUX;
    case "darwin":
      return MACOS;
    default:
      throw new Error(
        `The daemon's system calls are known for Linux and macOS, not for ${Deno.build.os}`,
      );
  }
}

/** Whether Linux-only features may be used. */
export const isLinux: boolean = Deno.build.os === "linux";
