/**
 * A host in a namespace on which the test carries out the doctor's repairs.
 *
 * @module
 */
import { parseChain } from "../../lib/config/chain.ts";
import type { Finding } from "../../lib/doctor/finding.ts";
import type { NetfilterQuestions } from "../../lib/firewall/netfilter/questions.ts";
import type { Firewall } from "../../lib/firewall/firewall.ts";
import { parseServices } from "../../lib/net/service.ts";
import { examineIn, linuxQuestions } from "./doctor.ts";
import { iptablesIn, nftIn } from "./firewall.ts";
import type { Namespace } from "./namespace.ts";

/** More rounds than this mean that the repairs go in circles. */
const MOST_ROUNDS = 6;

/** The host, its settings in the form of the doctor's questions, and the firewall that uses them. */
export class DoctoredHost {
  #settings: Partial<NetfilterQuestions>;
  #firewall: Firewall | undefined;

  constructor(
    readonly namespace: Namespace,
    readonly kind: "iptables" | "nft",
    settings: Partial<NetfilterQuestions> = {},
  ) {
    this.#settings = settings;
  }

  /** Starts the firewall with the settings, after it has closed the running one. */
  async start(): Promise<Firewall> {
    await this.#firewall?.ask({ name: "close" });
    const { chains = {}, forwarding, protect } = linuxQuestions(this.kind, this.#settings);
    const { input } = chains;
    const { firewall } = this.kind === "nft"
      ? nftIn(this.namespace, { settings: { nat: forwarding, protect } })
      : iptablesIn(this.namespace, {
        settings: { chains: forwarding ? chains : input === undefined ? {} : { input } },
      });
    await firewall.ask({ name: "prepare" });
    return this.#firewall = firewall;
  }

  /** Carries out the repair of each finding until no finding is bad, and returns the repairs. */
  async repair(): Promise<string[]> {
    const done: string[] = [];
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const wrong = await this.#wrong();
      if (wrong.length === 0) return done;
      for (const { text, repair } of wrong) {
        if (repair === undefined) throw new Error(`No repair for: ${text}`);
        await this.#carryOut(repair);
        done.push(repair);
      }
    }
    const left = (await this.#wrong()).map(({ text }) => text);
    throw new Error(`After ${done.join("\n")}\nthis is still wrong: ${left.join("\n")}`);
  }

  async close(): Promise<void> {
    await this.#firewall?.ask({ name: "close" });
  }

  async #wrong(): Promise<Finding[]> {
    const findings = await examineIn(this.namespace, this.kind, this.#settings);
    return findings.filter(({ state }) => state === "bad");
  }

  /** Carries out a repair: a setting and a start, a command, or one after the other. */
  async #carryOut(repair: string): Promise<void> {
    const [, name = "", value = "", command = repair] =
      /^Set (\w+) (.*) in fwknopd\.conf(?: and start fwknop again)?(?:; when fwknop has started again: (.*))?$/
        .exec(repair) ?? [];
    if (name !== "") {
      this.#settings = { ...this.#settings, ...this.#setting(name, value) };
      await this.start();
    }
    if (command !== repair || name === "") await this.namespace.must("sh", "-ec", command);
  }

  #setting(name: string, value: string): Partial<NetfilterQuestions> {
    if (name === "NFT_PROTECT") return { protect: parseServices(value.replaceAll(" ", "")) ?? [] };
    const { value: chain } = parseChain(value);
    const [, role] = /^IPT_(INPUT|FORWARD)_ACCESS$/.exec(name) ?? [];
    if (chain === undefined || role === undefined) throw new Error(`No such setting: ${name}`);
    return {
      chains: { ...this.#settings.chains, [role === "INPUT" ? "input" : "forward"]: chain },
    };
  }
}
