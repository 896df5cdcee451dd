/**
 * Carries decisions out through the firewall and the command runner, and reports how they ended.
 *
 * @module
 */
import type { CommandCycles } from "../command/command_cycles.ts";
import type { CommandRunner } from "../command/command_runner.ts";
import type { Stanza } from "../config/stanza.ts";
import type { PlaceOf } from "../firewall/address_place.ts";
import type { Firewall } from "../firewall/firewall.ts";
import type { Grant } from "../firewall/grant.ts";
import type { Address } from "../net/address.ts";
import { reasonOf } from "../errors/reason.ts";
import type { NatPolicy } from "./authorize_nat.ts";
import type { AccessDecision, CommandDecision, Cycle, Decision, SettledGrant } from "./decision.ts";
import type { Observer } from "./event.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { LookUp } from "./look_up.ts";
import { type Reason, refuse, tie } from "./refusal.ts";
import { nameToLookUp, type SettledNat, settleNat } from "./settle_nat.ts";

/** What an actor needs to carry decisions out. */
export interface ActorParts {
  /** Absent if no stanza needs a firewall. */
  readonly firewall: Firewall | undefined;
  /** Absent in test mode. */
  readonly commands: CommandRunner | undefined;
  /** Absent in test mode. */
  readonly cycles: CommandCycles | undefined;
  /** Resolves the names of NAT hosts. */
  readonly lookUp: LookUp;
  /** Says which addresses belong to this host. */
  readonly placeOf: PlaceOf;
  /** Which kinds of NAT are enabled. */
  readonly policy: { readonly nat: NatPolicy };
  /** They say how commands run, how many rules may be in force, and which targets a NAT request may name. */
  readonly stanzas: readonly Stanza[];
}

/**
 * Stands between the packet processor and the firewall or the commands. It reports a grant only after the firewall has
 * acknowledged it.
 */
export class Actor {
  readonly #parts: ActorParts;
  readonly #observe: Observer;
  readonly #now: () => number;
  readonly #ending: AbortSignal;
  readonly #pending = new Set<Promise<void>>();
  readonly #commands = new Set<Promise<void>>();

  /**
   * @param now seconds since 1970 UTC.
   * @param ending stops look-ups of names.
   */
  constructor(parts: ActorParts, observe: Observer, now: () => number, ending: AbortSignal) {
    this.#parts = parts;
    this.#observe = observe;
    this.#now = now;
    this.#ending = ending;
  }

  /** Starts to carry a decision out. Grants are applied in the order of their packets. */
  readonly act = (decision: Decision, packet: PacketFacts): void => {
    const begun = decision.kind === "run" ? this.#commands : this.#pending;
    const done = this.#apply(decision, packet)
      // No packet may end the server, whatever error it causes.
      .catch((error) => this.#fail(decision, packet, error))
      .finally(() => begun.delete(done));
    begun.add(done);
  };

  /** Resolves when everything that was started so far has ended, except commands of messages, which may run long. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Resolves when the commands of messages have ended. */
  async settleCommands(): Promise<void> {
    await Promise.all(this.#commands);
  }

  async #apply(decision: Decision, packet: PacketFacts): Promise<void> {
    switch (decision.kind) {
      case "run":
        return await this.#run(decision, packet);
      case "cycle":
        return await this.#openCycle(decision, packet);
      default:
        return await this.#grant(decision, packet);
    }
  }

  #fail(decision: Decision, packet: PacketFacts, error: unknown): void {
    this.#refuse(decision, packet, refuse("not-applied", { reason: reasonOf(error) }));
  }

  async #run(decision: CommandDecision, packet: PacketFacts): Promise<void> {
    const { commands } = this.#parts;
    const execution = this.#stanzaOf(decision)?.commandExecution;
    if (commands === undefined || execution === undefined) {
      return this.#refuseToRun(decision, packet, "the stanza runs no commands");
    }
    const prepared = commands.prepare(decision.command, execution);
    const { text: command, identity } = prepared;
    const running = commands.run(prepared, decision.stanza, () =>
      this.#observe({
        kind: "running",
        packet,
        decision,
        command,
        ...(identity && { identity }),
      }));
    const outcome = await running;
    if (typeof outcome === "string") this.#refuseToRun(decision, packet, outcome);
    else this.#observe({ kind: "ran", packet, decision, command, outcome });
  }

  async #openCycle(decision: Cycle, packet: PacketFacts): Promise<void> {
    const { stanza, address, packetSource, destination, services: [service], seconds } = decision;
    const request = { stanza, address, packetSource, destination, service, seconds };
    const opening = await this.#parts.cycles?.open(
      request,
      (command) => this.#observe({ kind: "running", packet, decision, command }),
    );
    if (opening?.ok === true) {
      const { command, outcome, close } = opening;
      this.#observe({
        kind: "ran",
        packet,
        decision,
        command,
        outcome,
        ...(close && { close }),
      });
    } else if (opening?.isFull === true) {
      this.#refuse(decision, packet, refuse("too-many-rules", { reason: opening.reason }));
    } else this.#refuseToRun(decision, packet, opening?.reason ?? "there are no command cycles");
  }

  #refuseToRun(decision: Decision, packet: PacketFacts, reason: string): void {
    this.#refuse(decision, packet, refuse("command-not-run", { reason }));
  }

  async #grant(decision: AccessDecision, packet: PacketFacts): Promise<void> {
    const { firewall } = this.#parts;
    if (firewall === undefined) throw new TypeError("A stanza without cycle needs a firewall");
    // Without a name to look up, do not await: the firewall then works while the reporters write about the packet.
    const name = nameToLookUp(decision);
    const resolved = name === undefined ? undefined : await this.#lookUp(name, decision);
    if (resolved !== undefined && "code" in resolved) {
      return this.#refuse(decision, packet, resolved);
    }
    const settled = this.#settle(decision, resolved);
    if (!settled.allowed) return this.#refuse(decision, packet, settled.refusal);
    const { added, present, error, isFull } = await firewall.ask({
      name: "open",
      grant: this.#toGrant(settled.grant),
    });
    if (error === undefined) {
      const { grant } = settled;
      const target = grant.kind === "open" ? undefined : grant.target;
      this.#observe({
        kind: "granted",
        packet,
        decision: grant,
        rules: added,
        present,
        ...(target && { target: { address: target.address, port: target.port } }),
      });
    } else {
      const code = isFull ? "too-many-rules" : "not-applied";
      this.#refuse(decision, packet, refuse(code, { reason: error }));
    }
  }

  #settle(decision: AccessDecision, resolved: Address | undefined): SettledNat {
    if (decision.kind === "open") return { allowed: true, grant: decision };
    const { placeOf, policy } = this.#parts;
    const stanza = this.#stanzaOf(decision);
    if (stanza === undefined) throw new TypeError("A decision names its stanza");
    return settleNat(decision, resolved, { stanza, nat: policy.nat, placeOf });
  }

  #stanzaOf(decision: Decision): Stanza | undefined {
    return this.#parts.stanzas.find(({ number }) => number === decision.stanza);
  }

  #refuse({ stanza, name }: Decision, packet: PacketFacts, reason: Reason): void {
    const names = name === undefined ? undefined : new Map([[stanza, name]]);
    this.#observe({ kind: "refused", refusal: tie(reason, packet, [stanza], names) });
  }

  /** The grant to ask the firewall for. */
  #toGrant(settled: SettledGrant): Grant {
    const { stanza, address, services, destination } = settled;
    const mostRules = this.#stanzaOf(settled)?.maxRules;
    const base = {
      stanza,
      address,
      services,
      expires: this.#now() + settled.seconds,
      ...(mostRules === undefined ? {} : { mostRules }),
      ...(destination === undefined ? {} : { destination }),
    };
    if (settled.kind === "open") return { ...base, kind: "access" };
    const { rewrite, sourceNat } = settled;
    const nat = { ...base, rewrite, ...(sourceNat === undefined ? {} : { sourceNat }) };
    const { kind, target } = settled;
    if (kind === "local-nat") return { ...nat, kind, target };
    const { everything } = settled;
    return { ...nat, kind, everything, ...(target === undefined ? {} : { target }) };
  }

  /** The address of a host, or why it is unknown. */
  async #lookUp(
    name: string,
    { stanza, address: { family } }: AccessDecision,
  ): ReturnType<LookUp> {
    return await this.#parts.lookUp({ name, family, stanza, ending: this.#ending });
  }
}
