/**
 * The functions of the C library that the program calls, one typed table per purpose, so that a
 * short-lived command binds only the functions it calls.
 *
 * Results of type `ssize_t` are declared `i32`: no call here moves 2 GiB, -1 stays -1, and a 64-bit
 * result would allocate a bigint for every packet. Counts of type `size_t` are declared `usize` only
 * in calls that are not made per packet: a number takes the slow path there.
 *
 * @module
 */

/** Closes a descriptor. Three tables have it. */
const close = {
  parameters: [
    "i32", // int fd
  ],
  result: "i32", // 0 or -1
} as const satisfies Deno.ForeignFunction;

/** Error functions. Each system has one of each pair. */
export const errorSymbols = {
  __errno_location: {
    parameters: [],
    result: "pointer", // int *, of the calling thread
    optional: true,
  },
  __error: {
    parameters: [],
    result: "pointer", // int *, of the calling thread (macOS)
    optional: true,
  },
  __xpg_strerror_r: {
    parameters: [
      "i32", // int errnum
      "buffer", // char *buf
      "usize", // size_t buflen
    ],
    result: "i32", // 0 or an error number
    optional: true,
  },
  strerror_r: {
    parameters: [
      "i32", // int errnum
      "buffer", // char *buf
      "usize", // size_t buflen
    ],
    result: "i32", // 0 or an error number (macOS; glibc's returns a pointer and is not called)
    optional: true,
  },
  memcpy: {
    parameters: [
      "buffer", // void *dest
      "pointer", // const void *src
      "usize", // size_t n
    ],
    result: "pointer", // dest
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Sockets and waiting for them. */
export const socketSymbols = {
  socket: {
    parameters: [
      "i32", // int domain
      "i32", // int type
      "i32", // int protocol
    ],
    result: "i32", // descriptor or -1
  },
  bind: {
    parameters: [
      "i32", // int sockfd
      "buffer", // const struct sockaddr *addr
      "u32", // socklen_t addrlen
    ],
    result: "i32", // 0 or -1
  },
  connect: {
    parameters: [
      "i32", // int sockfd
      "buffer", // const struct sockaddr *addr
      "u32", // socklen_t addrlen
    ],
    result: "i32", // 0 or -1
  },
  getsockname: {
    parameters: [
      "i32", // int sockfd
      "buffer", // struct sockaddr *addr
      "buffer", // socklen_t *addrlen, in and out
    ],
    result: "i32", // 0 or -1
  },
  setsockopt: {
    parameters: [
      "i32", // int sockfd
      "i32", // int level
      "i32", // int optname
      "buffer", // const void *optval
      "u32", // socklen_t optlen
    ],
    result: "i32", // 0 or -1
  },
  getsockopt: {
    parameters: [
      "i32", // int sockfd
      "i32", // int level
      "i32", // int optname
      "buffer", // void *optval
      "buffer", // socklen_t *optlen, in and out
    ],
    result: "i32", // 0 or -1
  },
  recvmsg: {
    parameters: [
      "i32", // int sockfd
      "buffer", // struct msghdr *msg
      "i32", // int flags
    ],
    result: "i32", // bytes, or -1 (ssize_t)
  },
  recv: {
    parameters: [
      "i32", // int sockfd
      "buffer", // void *buf
      "usize", // size_t len
      "i32", // int flags
    ],
    result: "i32", // bytes, or -1 (ssize_t)
  },
  send: {
    parameters: [
      "i32", // int sockfd
      "buffer", // const void *buf
      "usize", // size_t len
      "i32", // int flags
    ],
    result: "i32", // bytes, or -1 (ssize_t)
  },
  poll: {
    parameters: [
      "buffer", // struct pollfd *fds
      "usize", // nfds_t nfds
      "i32", // int timeout in milliseconds, -1 for no limit
    ],
    result: "i32", // descriptors ready, 0, or -1
    nonblocking: true, // on a separate thread, so errno cannot be read
  },
  pipe: {
    parameters: [
      "buffer", // int pipefd[2]: read end, write end
    ],
    result: "i32", // 0 or -1
  },
  read: {
    parameters: [
      "i32", // int fd
      "buffer", // void *buf
      "usize", // size_t count
    ],
    result: "i32", // bytes, 0 at the end, or -1 (ssize_t)
  },
  write: {
    parameters: [
      "i32", // int fd
      "buffer", // const void *buf
      "usize", // size_t count
    ],
    result: "i32", // bytes or -1 (ssize_t)
  },
  close,
  address_of: {
    name: "memcpy", // copies no bytes; returns dest as a number, even where UnsafePointer is forbidden
    parameters: [
      "buffer", // void *dest
      "buffer", // const void *src
      "usize", // size_t n, 0
    ],
    result: "u64", // dest
  },
  fcntl_int: {
    name: "fcntl",
    parameters: [
      "i32", // int fd
      "i32", // int cmd
      "i32", // int arg
    ],
    result: "i32", // depends on cmd; -1 on error
  },
  fcntl_int_padded: {
    name: "fcntl",
    parameters: [
      "i32", // int fd
      "i32", // int cmd
      "usize", // filler, see Platform.variadicPadding
      "usize",
      "usize",
      "usize",
      "usize",
      "usize",
      "i32", // int arg
    ],
    result: "i32", // depends on cmd; -1 on error
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Files and POSIX locks on them. */
export const fileSymbols = {
  open: {
    parameters: [
      "buffer", // const char *pathname
      "i32", // int flags
      "i32", // mode_t mode
    ],
    result: "i32", // descriptor or -1
  },
  open_padded: {
    name: "open",
    parameters: [
      "buffer", // const char *pathname
      "i32", // int flags
      "usize", // filler, see Platform.variadicPadding
      "usize",
      "usize",
      "usize",
      "usize",
      "usize",
      "i32", // mode_t mode
    ],
    result: "i32", // descriptor or -1
  },
  lockf: {
    parameters: [
      "i32", // int fd
      "i32", // int cmd: 1 lock, 2 try, 3 test, 0 unlock
      "i64", // off_t len, 0 for all that follows
    ],
    result: "i32", // 0 or -1
  },
  fcntl_lock: {
    name: "fcntl",
    parameters: [
      "i32", // int fd
      "i32", // int cmd
      "buffer", // struct flock *
    ],
    result: "i32", // 0 or -1
  },
  fcntl_lock_padded: {
    name: "fcntl",
    parameters: [
      "i32", // int fd
      "i32", // int cmd
      "usize", // filler, see Platform.variadicPadding
      "usize",
      "usize",
      "usize",
      "usize",
      "usize",
      "buffer", // struct flock *
    ],
    result: "i32", // 0 or -1
  },
  pread: {
    parameters: [
      "i32", // int fd
      "buffer", // void *buf
      "usize", // size_t count
      "i64", // off_t offset
    ],
    result: "i32", // bytes, 0 at the end, or -1 (ssize_t)
  },
  pwrite: {
    parameters: [
      "i32", // int fd
      "buffer", // const void *buf
      "usize", // size_t count
      "i64", // off_t offset
    ],
    result: "i32", // bytes or -1 (ssize_t)
  },
  ftruncate: {
    parameters: [
      "i32", // int fd
      "i64", // off_t length
    ],
    result: "i32", // 0 or -1
  },
  close,
} as const satisfies Deno.ForeignLibraryInterface;

/** The standard streams. */
export const streamSymbols = {
  open: {
    parameters: [
      "buffer", // const char *pathname
      "i32", // int flags; no file is created, so there is no mode
    ],
    result: "i32", // descriptor or -1
  },
  dup2: {
    parameters: [
      "i32", // int oldfd
      "i32", // int newfd
    ],
    result: "i32", // newfd or -1
  },
  close,
} as const satisfies Deno.ForeignLibraryInterface;

/** Ignoring signals. */
export const signalSymbols = {
  signal: {
    parameters: [
      "i32", // int signum
      "pointer", // void (*handler)(int), or SIG_IGN
    ],
    result: "pointer", // the previous handler
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Scheduling. */
export const processorSymbols = {
  sched_yield: {
    parameters: [],
    result: "i32", // 0 or -1
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The name by which the program was started. Each system has one of the two. */
export const invocationSymbols = {
  program_invocation_short_name: {
    type: "pointer", // char *, GNU; the symbol's address is the address of the variable
    optional: true,
  },
  getprogname: {
    parameters: [],
    result: "pointer", // const char *
    optional: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;
