/**
 * Whether the kernel forwards packets. Without that, no grant to another host works.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import { reasonOf } from "../errors/reason.ts";
import { hasGlobalIpv6 } from "./global_ipv6.ts";

/** The switches of Linux. */
const SWITCHES: Readonly<Record<AddressFamily, string>> = {
  4: "/proc/sys/net/ipv4/ip_forward",
  6: "/proc/sys/net/ipv6/conf/all/forwarding",
};

/** The command that switches forwarding on. */
export const FORWARDING_COMMANDS: Readonly<Record<AddressFamily, string>> = {
  4: "sysctl -w net.ipv4.ip_forward=1",
  6: "sysctl -w net.ipv6.conf.all.forwarding=1",
};

/** Whether the kernel forwards packets of the family; `undefined` if the switch cannot be read. */
export function forwards(family: AddressFamily): boolean | undefined {
  try {
    return Deno.readTextFileSync(SWITCHES[family]).trim() !== "0";
  } catch {
    return undefined;
  }
}

/** A notice for the log: what was found or changed. */
export interface ForwardingNotice {
  readonly severity: "info" | "warning";
  readonly text: string;
}

/**
 * For a server whose grants may forward: switches IPv4 forwarding on if configured, and reports each family where it
 * is off. The perl daemon switched it on unasked, the C daemon never does (`docs/spec/server.md` 15). IPv6 forwarding is
 * only read, because switching it on also stops the host from configuring itself by router advertisements.
 *
 * @param enable ENABLE_PROC_IP_FORWARD.
 */
export function checkForwarding(enable: boolean): readonly ForwardingNotice[] {
  const notices: ForwardingNotice[] = [];
  if (forwards(4) === false) notices.push(enable ? switchOn() : offNotice());
  if (forwards(6) === false && hasGlobalIpv6()) {
    notices.push({
      severity: "warning",
      text: "The kernel forwards no IPv6 packets, so no NAT grant of that family can work: " +
        FORWARDING_COMMANDS[6],
    });
  }
  return notices;
}

function switchOn(): ForwardingNotice {
  try {
    Deno.writeTextFileSync(SWITCHES[4], "1\n", { create: false });
    return { severity: "info", text: "Switched on the forwarding of IPv4 packets" };
  } catch (error) {
    const reason = reasonOf(error);
    return { severity: "warning", text: `Cannot switch on forwarding: ${reason}` };
  }
}

function offNotice(): ForwardingNotice {
  return {
    severity: "warning",
    text: "The kernel forwards no packets, so no NAT grant can work: " +
      `${FORWARDING_COMMANDS[4]}, or ENABLE_PROC_IP_FORWARD Y`,
  };
}
