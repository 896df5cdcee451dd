/**
 * Being told by the kernel of changes of the ruleset. Linux only.
 *
 * @module
 */
import { NetlinkSocket } from "../../ffi/netlink_socket.ts";
import { isLinux, LINUX_ONLY } from "../../ffi/platform.ts";
import { ReadinessSet } from "../../ffi/readiness.ts";
import { parseRulesetChanges, type RulesetChange } from "./ruleset_change.ts";

/** Changes in order; `overrun`: there were more than the kernel keeps for a reader. */
export type RulesetNews = readonly RulesetChange[] | "overrun";

/** A source of news about the ruleset. */
export interface RulesetWatch {
  /** Has `tell` called when there is news to {@link take}; resolves when there will be no more. Never rejects. */
  start(tell: () => void): Promise<void>;
  /** What has come since the last call, without waiting. What a program changed is there when it has ended. */
  take(): RulesetNews;
  close(): void;
}

/** The kernel's news, or `undefined` where it gives none: on other systems, and without CAP_NET_ADMIN. */
export function watchRuleset(): RulesetWatch | undefined {
  if (!isLinux) return undefined;
  try {
    return new KernelWatch();
  } catch {
    // Whoever asked looks now and then instead.
    return undefined;
  }
}

/** Groups are bits of a mask, counted from 1. */
const GROUP = 1 << (LINUX_ONLY.NFNLGRP_NFTABLES - 1);

class KernelWatch implements RulesetWatch {
  readonly #socket = new NetlinkSocket(LINUX_ONLY.NETLINK_NETFILTER, GROUP);
  readonly #ready = new ReadinessSet();
  #closed = false;

  async start(tell: () => void): Promise<void> {
    this.#ready.watch([this.#socket.descriptor]);
    try {
      while (!this.#closed) {
        const ready = await this.#ready.wait();
        if (ready.length > 0 && !this.#closed) tell();
      }
    } catch {
      // The system refuses to wait, as when out of memory.
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
