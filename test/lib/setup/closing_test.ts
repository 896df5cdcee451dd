import { HintedError } from "../../../lib/errors/hinted_error.ts";
import type { FirewallKind } from "../../../lib/firewall/kind.ts";
import type { HostReach } from "../../../lib/firewall/netfilter/reach.ts";
import { chooseClosing, closingRules, closingSettings } from "../../../lib/setup/closing.ts";
import { assert, assertEquals } from "../../assert.ts";

const SSH = { protocol: "tcp", port: 22 } as const;

type Ends = readonly HostReach["reach"][number]["end"][];

/** What happens to ssh over IPv4 and IPv6. */
function host(ends: Ends, hasNft: boolean, iptables: HostReach["iptables"] = [4, 6]): HostReach {
  return {
    reach: ends.map((end, at) => ({ service: SSH, family: at === 0 ? 4 : 6, end })),
    hasNft,
    iptables,
  };
}

Deno.test("the way to close depends on what strangers reach and on what the host has", () => {
  const rows: readonly (readonly [HostReach, FirewallKind, string])[] = [
    [host(["accepted", "accepted"], true), "iptables", "table, nft"],
    [host(["unclear", "accepted"], true), "firewalld", "table, nft"],
    [host(["dropped", "dropped"], true), "iptables", "host, iptables"],
    [host(["dropped", "dropped"], true), "firewalld", "host, firewalld"],
    [host(["accepted", "accepted"], false), "iptables", "rules 4 6, iptables"],
    [host(["accepted"], false), "iptables", "rules 4 6, iptables"],
    [host(["dropped", "accepted"], true), "iptables", "rules 6, iptables"],
    [host(["accepted"], false, [4]), "iptables", "rules 4, iptables"],
    [host(["dropped", "accepted"], true), "nft", "error"],
    [host(["accepted", "accepted"], false, [4]), "iptables", "error"],
    [host(["accepted", "accepted"], false, []), "iptables", "error"],
    [host([], false, []), "iptables", "error"],
  ];
  for (const [reach, kind, expected] of rows) {
    assertEquals(outcome(reach, kind), expected, JSON.stringify([reach, kind]));
  }
});

function outcome(reach: HostReach, kind: FirewallKind): string {
  try {
    const { closing, firewall } = chooseClosing(reach, kind);
    const families = closing.how === "rules" ? ` ${closing.families.join(" ")}` : "";
    return `${closing.how}${families}, ${firewall}`;
  } catch (error) {
    assert(error instanceof HintedError && error.hint !== undefined);
    return "error";
  }
}

Deno.test("a rule is removed by the words that inserted it, without its place", () => {
  for (const { insert, remove } of closingRules([SSH, { protocol: "udp", port: 53 }], [4, 6])) {
    const words = [...insert];
    words.splice(words.indexOf("INPUT") + 1, 1);
    assertEquals(words.map((word) => word === "-I" ? "-D" : word), remove);
  }
});

Deno.test("only the table of our own needs NFT_PROTECT", () => {
  const why = "";
  assertEquals(
    closingSettings({ closing: { how: "table" }, firewall: "nft", why }, [SSH, {
      protocol: "udp",
      port: 53,
    }]),
    [["FIREWALL", "nft"], ["NFT_PROTECT", "tcp/22, udp/53"]],
  );
  assertEquals(
    closingSettings({ closing: { how: "host" }, firewall: "iptables", why }, [SSH]),
    [["FIREWALL", "iptables"]],
  );
});
