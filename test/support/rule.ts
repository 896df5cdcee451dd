/**
 * Rules and clocks for tests of which rules are in force and until when.
 *
 * @module
 */
import type { Rule } from "../../lib/firewall/adapter.ts";

/** A rule with this key and this end, in seconds since 1970 UTC. */
export function aRule(key: string, expires: number, more: Partial<Rule> = {}): Rule {
  const summary = {
    kind: "access",
    chain: "FWKNOP_INPUT",
    address: "192.0.2.1",
    destination: "0.0.0.0/0",
    services: "tcp/22",
    service: "tcp/22",
    expires,
  };
  return { key, family: 4, table: "filter", text: key, summary, ...more };
}

/** Two clocks that stand still until a test moves them; milliseconds. */
export class TestClocks {
  wall = 1_000_000;
  elapsed = 0;
  readonly now = (): number => this.wall;
  readonly steady = (): number => this.elapsed;
}
