/**
 * Receives the kernel's reports of changes in the ruleset. Linux only.
 *
 * @module
 */
import { NetlinkSocket } from "../../ffi/netlink_socket.ts";
import { isLinux, LINUX_ONLY } from "../../ffi/platform.ts";
import { ReadinessSet } from "../../ffi/readiness.ts";
import { parseRulesetChanges, type RulesetChange } from "./ruleset_change.ts";

/** Changes in order. `overrun`: there were more than the kernel buffers for a reader, and some are lost. */
export type RulesetNews = readonly RulesetChange[] | "overrun";

/** A source of reports about the ruleset. */
export interface RulesetWatch {
  /** Calls `notify` when there are changes to {@link take}; resolves when no more can come. Never rejects. */
  start(notify: () => void): Promise<void>;
  /** The changes since the last call, without waiting. A program's changes are available when it has ended. */
  take(): RulesetNews;
  close(): void;
}

/** The kernel's reports; `undefined` if it gives none: on other systems, and without CAP_NET_ADMIN. */
export function watchRuleset(): RulesetWatch | undefined {
  if (!isLinux) return undefined;
  try {
    return new KernelWatch();
  } catch {
    // The caller checks the firewall at intervals instead.
    return undefined;
  }
}

/** Groups are bits of a mask, counted from 1. */
const GROUP = 1 << (LINUX_ONLY.NFNLGRP_NFTABLES - 1);

class KernelWatch implements RulesetWatch {
  readonly #socket = new NetlinkSocket(LINUX_ONLY.NETLINK_NETFILTER, GROUP);
  readonly #ready = new ReadinessSet();
  #closed = false;

  async start(notify: () => void): Promise<void> {
    this.#ready.watch([this.#socket.descriptor]);
    try {
      while (!this.#closed) {
        const ready = await this.#ready.wait();
        if (ready.length > 0 && !this.#closed) notify();
      }
    } catch {
      // The system refuses to wait: for example, it is out of memory.
      this.close();
    }
  }

  take(): RulesetNews {
    const changes: RulesetChange[] = [];
    let isOverrun = false;
    for (;;) {
      const batch = this.#closed ? undefined : this.#socket.receive();
      if (batch === undefined) return isOverrun ? "overrun" : changes;
      if (batch === "overrun") isOverrun = true;
      else changes.push(...parseRulesetChanges(batch));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready.close();
    this.#socket.close();
  }
}
