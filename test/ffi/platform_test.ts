import assert from "node:assert/strict";
import { LINUX_ONLY, platform } from "../../ffi/platform.ts";
import { withFolder } from "../support/folder.ts";
import { testWhere } from "../support/needs.ts";

/** C expressions and the values in the table. */
function expectations(): Record<string, number> {
  const { messageHeader, controlHeader, recordLock, number } = platform();
  const { SK_MEMINFO_DROPS, ...linux } = LINUX_ONLY;
  return {
    ...number,
    ...linux,
    SK_MEMINFO_DROPS,
    "sizeof(struct msghdr)": messageHeader.size,
    "offsetof(struct msghdr, msg_name)": messageHeader.name,
    "offsetof(struct msghdr, msg_namelen)": messageHeader.nameLength,
    "offsetof(struct msghdr, msg_iov)": messageHeader.vector,
    "offsetof(struct msghdr, msg_iovlen)": messageHeader.vectorLength,
    "offsetof(struct msghdr, msg_control)": messageHeader.control,
    "offsetof(struct msghdr, msg_controllen)": messageHeader.controlLength,
    "offsetof(struct msghdr, msg_flags)": messageHeader.flags,
    "offsetof(struct cmsghdr, cmsg_level)": controlHeader.level,
    "offsetof(struct cmsghdr, cmsg_type)": controlHeader.type,
    "CMSG_LEN(0)": controlHeader.data,
    "CMSG_ALIGN(1)": controlHeader.alignment,
    "sizeof(struct flock)": recordLock.size,
    "offsetof(struct flock, l_type)": recordLock.type,
    "offsetof(struct flock, l_whence)": recordLock.whence,
    "offsetof(struct flock, l_pid)": recordLock.owner,
    "sizeof(struct iovec)": 16,
    "sizeof(struct pollfd)": 8,
    "sizeof(struct sockaddr_in6)": 28,
    "offsetof(struct sockaddr_in6, sin6_addr)": 8,
    "offsetof(struct in_pktinfo, ipi_addr)": 8,
    "offsetof(struct in6_pktinfo, ipi6_addr)": 0,
    "sizeof(struct timeval)": 16,
    "EAGAIN": 11,
    "EADDRINUSE": 98,
    "EADDRNOTAVAIL": 99,
    "EAFNOSUPPORT": 97,
    "ECONNREFUSED": 111,
    "ENETDOWN": 100,
    "ENOBUFS": 105,
    "ENODEV": 19,
  };
}

testWhere(
  "numbers and layouts equal those of the C headers",
  { system: "linux", programs: ["cc"] },
  async () => {
    const expected = expectations();
    const lines = Object.keys(expected).map((expression) =>
      `printf("%s %ld\\n", "${expression}", (long)(${expression}));`
    );
    const source = `
#define _GNU_SOURCE
#include <stdio.h>
#include <stddef.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <netinet/in.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/sock_diag.h>
int main(void) { ${lines.join("\n")} return 0; }`;
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/layout.c`, source);
      const build = await new Deno.Command("cc", {
        args: ["-o", `${folder}/layout`, `${folder}/layout.c`],
      }).output();
      assert.ok(build.success, new TextDecoder().decode(build.stderr));
      const { stdout } = await new Deno.Command(`${folder}/layout`).output();
      const found = new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
        const blank = line.lastIndexOf(" ");
        return [line.slice(0, blank), Number(line.slice(blank + 1))] as const;
      });
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  },
);
