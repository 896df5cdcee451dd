/**
 * Decides how to use firewalld on this host: with rich or direct rules, and in which zones.
 *
 * @module
 */
import { openedPorts } from "../../config/listeners.ts";
import { interfaceNames, isSniffing } from "../../config/sniffed_interfaces.ts";
import { commandWords } from "../../config/command_words.ts";
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import { HintedError } from "../../errors/hinted_error.ts";
import { ownUid } from "../../own_uid.ts";
import type { AskProgram } from "../ask.ts";
import { parseZones, zonesOfClients } from "./zones.ts";
import { describeOutcome, type Outcome } from "../plan.ts";
import { hintFor } from "../program_hint.ts";

/** Kind of rules and zones. */
export type FirewalldMode =
  | { readonly rules: "direct" }
  | {
    readonly rules: "rich";
    readonly zones: readonly string[];
    readonly exits: readonly string[];
  };

/**
 * Reads FIREWD_RULES and FIREWD_ZONES, or asks the host. Direct rules work if firewalld's own chains are in iptables.
 * With the nftables backend, and in versions without direct rules, only rich rules work.
 *
 * @param command of firewalld's client.
 * @throws {HintedError} if firewalld does not run, or lacks a zone.
 */
export async function askFirewalld(
  settings: ServerSettings,
  command: string,
  ask: AskProgram,
): Promise<FirewalldMode> {
  const program = commandWords(command);
  if (await hasDirectRules(settings, program, ask)) return { rules: "direct" };
  const listing = await ask(...program, "--list-all-zones");
  const zones = parseZones(mustSay(listing));
  const standard = mustSay(await ask(...program, "--get-default-zone")).trim();
  const exits = zonesOfClients(zones, standard, undefined);
  if (settings.FIREWD_ZONES !== undefined) {
    const named = settings.FIREWD_ZONES.split(",").map((name) => name.trim());
    const unknown = named.find((name) => !zones.some((zone) => zone.name === name));
    if (unknown !== undefined) {
      throw new HintedError(`FIREWD_ZONES names '${unknown}', and firewalld has no such zone`, {
        hint: `Its zones are ${zones.map(({ name }) => name).join(", ")}`,
      });
    }
    return { rules: "rich", zones: named, exits };
  }
  return { rules: "rich", zones: zonesOfClients(zones, standard, sniffedOn(settings)), exits };
}

async function hasDirectRules(
  { FIREWD_RULES }: ServerSettings,
  program: readonly string[],
  ask: AskProgram,
): Promise<boolean> {
  if (FIREWD_RULES !== "auto") return FIREWD_RULES === "direct";
  const words = ["--direct", "--passthrough", "ipv4", "-t", "filter", "-S", "INPUT"];
  const input = await ask(...program, ...words);
  // A chain of firewalld's iptables backend.
  return input.code === 0 && input.stdout.includes("-j INPUT_ZONES");
}

/** Returns the interfaces that packets are sniffed on; `undefined` if packets may arrive on any interface. */
function sniffedOn(settings: ServerSettings): string[] | undefined {
  if (!isSniffing(settings) || openedPorts(settings).length > 0) return undefined;
  const names = interfaceNames(settings);
  return names.includes("any") ? undefined : names;
}

function mustSay(outcome: Outcome): string {
  if (outcome.code === 0) return outcome.stdout;
  throw new HintedError(describeOutcome(outcome), { hint: hintFor([outcome], ownUid() === 0) });
}
