/**
 * The firewalld adapter for firewalld's iptables backend. It passes the rules of the iptables adapter to firewalld's
 * direct interface, as the C daemon does (`docs/spec/firewalls.md` 2). With the nftables backend such rules open
 * nothing; `rich.ts` is for that.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { Adapter } from "../adapter.ts";
import { adapterFor, type IptablesSettings } from "../iptables/adapter.ts";
import type { IptablesView } from "../iptables/view.ts";

/**
 * The adapter for a command such as `/usr/bin/firewall-cmd`. It starts the program once per rule, because firewalld has
 * no batches for passthrough. So a grant that fails half-way is undone rule by rule.
 */
export function firewalldDirectAdapter(settings: IptablesSettings): Adapter<IptablesView> {
  const words = commandWords(settings.command);
  const passthrough = (family: string) => ({
    single: [...words, "--direct", "--passthrough", family],
  });
  const programs = { 4: passthrough("ipv4"), 6: passthrough("ipv6") };
  const names = {
    kind: "firewalld-direct",
    name: "firewalld (direct rules)",
    variables: "FIREWD",
  } as const;
  return adapterFor(names, programs, settings);
}
