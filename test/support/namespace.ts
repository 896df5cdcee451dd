/**
 * Network namespaces for tests: created, joined by veth pairs, entered and always removed.
 *
 * Names are `fwk-PID-…`, so parallel runs do not collide. The next run removes the namespaces of a killed run, whose
 * process is gone. The host's own network and firewall are never touched.
 *
 * @module
 */

import { hasProgram, testWhere, unmetNeed } from "./needs.ts";
import { useOwnHome } from "../../scripts/own_home.ts";

// A program inside a namespace still sees the files of this machine, including the user's home.
useOwnHome();

/** How a program inside a namespace ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Never rejects because of its exit status. */
export async function run(program: string, ...args: readonly string[]): Promise<Ended> {
  const output = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

async function must(program: string, ...args: readonly string[]): Promise<string> {
  const ended = await run(program, ...args);
  if (ended.code !== 0) {
    throw new Error(`${program} ${args.join(" ")}: exit ${ended.code}: ${ended.stderr.trim()}`);
  }
  return ended.stdout;
}

/** One network namespace with its loopback interface up. */
export class Namespace {
  constructor(readonly name: string) {}

  /** The words before a program that run it inside: `ip netns exec NAME`. */
  get entry(): readonly [string, ...string[]] {
    return ["ip", "netns", "exec", this.name];
  }

  /** Runs a program inside to its end. */
  run(...words: readonly string[]): Promise<Ended> {
    return run(...this.entry, ...words);
  }

  /** Runs a program inside and returns its output; rejects unless it succeeds. */
  must(...words: readonly string[]): Promise<string> {
    return must(...this.entry, ...words);
  }

  /** Starts a program inside; it is killed with the namespace. */
  spawn(words: readonly string[], options: Deno.CommandOptions = {}): Deno.ChildProcess {
    const [program, ...entry] = this.entry;
    return new Deno.Command(program, { ...options, args: [...entry, ...words] }).spawn();
  }

  /** Adds an address such as `10.0.0.1/24` to an interface. IPv6 addresses are usable at once (no DAD). */
  async address(device: string, address: string): Promise<void> {
    const extra = address.includes(":") ? ["nodad"] : [];
    await must("ip", "-n", this.name, "address", "add", address, "dev", device, ...extra);
  }

  /** Adds a route, given as the words after `ip route add`. */
  async route(...words: readonly string[]): Promise<void> {
    await must("ip", "-n", this.name, "route", "add", ...words);
  }
}

/** One end of a cable: the namespace, the name of the interface in it, and its addresses. */
export interface CableEnd {
  readonly namespace: Namespace;
  readonly device: string;
  readonly addresses: readonly string[];
}

/** The namespaces of one test. */
export class Lab {
  readonly #names: string[] = [];
  static #count = 0;

  /** Makes a namespace. The label is only for people who look at `ip netns`. */
  async namespace(label: string): Promise<Namespace> {
    const name = `fwk-${Deno.pid}-${Lab.#count++}-${label}`;
    await must("ip", "netns", "add", name);
    this.#names.push(name);
    await must("ip", "-n", name, "link", "set", "lo", "up");
    return new Namespace(name);
  }

  /** Joins two namespaces by a veth pair and brings both ends up. */
  async cable(a: CableEnd, b: CableEnd): Promise<void> {
    const link = ["link", "add", a.device, "type", "veth"];
    const peer = ["peer", "name", b.device, "netns", b.namespace.name];
    await must("ip", "-n", a.namespace.name, ...link, ...peer);
    for (const { namespace, device, addresses } of [a, b]) {
      for (const address of addresses) await namespace.address(device, address);
      await must("ip", "-n", namespace.name, "link", "set", device, "up");
    }
  }

  /** Process ids inside a namespace. */
  async pids(namespace: Namespace): Promise<number[]> {
    const text = await must("ip", "netns", "pids", namespace.name);
    return text.split(/\s+/).filter((word) => word !== "").map(Number);
  }

  /** Kills the processes inside and removes everything. A second call does nothing. */
  remove(): void {
    for (const name of this.#names.splice(0)) removeNamespace(name);
  }
}

/** Synchronous, so it also works while the process is being unloaded. */
function removeNamespace(name: string): void {
  const ip = (...args: string[]) =>
    new Deno.Command("ip", { args, stdin: "null", stderr: "null" }).outputSync();
  for (const word of new TextDecoder().decode(ip("netns", "pids", name).stdout).split(/\s+/)) {
    if (!/^[0-9]+$/.test(word)) continue;
    try {
      Deno.kill(Number(word), "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }
  ip("netns", "delete", name);
}

function removeLeftovers(): void {
  const list = new Deno.Command("ip", { args: ["netns", "list"], stderr: "null" }).outputSync();
  for (const line of new TextDecoder().decode(list.stdout).split("\n")) {
    const match = /^(fwk-([0-9]+)-\S+)/.exec(line);
    if (match?.[1] === undefined || processLives(Number(match[2]))) continue;
    removeNamespace(match[1]);
  }
}

/** Whether a process with that number exists, zombies included. */
export function processLives(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process still runs: a zombie that its parent has not reaped yet does not. */
export function processRuns(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.charAt(stat.lastIndexOf(")") + 2) !== "Z";
  } catch {
    return false;
  }
}

let verdict: { readonly reason: string | undefined } | undefined;

/** Why no namespace can be made, or `undefined`. Tried once. */
export function namespacesUnavailable(): string | undefined {
  verdict ??= { reason: tryNamespace() };
  return verdict.reason;
}

function tryNamespace(): string | undefined {
  if (Deno.build.os !== "linux") return "network namespaces are a Linux thing";
  if (!hasProgram("ip")) return "the program ip (iproute2) is missing";
  if (Deno.uid() !== 0) return "network namespaces need root";
  removeLeftovers();
  const name = `fwk-${Deno.pid}-try`;
  const made = new Deno.Command("ip", { args: ["netns", "add", name] }).outputSync();
  if (!made.success) return `ip netns add: ${new TextDecoder().decode(made.stderr).trim()}`;
  removeNamespace(name);
  globalThis.addEventListener("unload", () => openLabs.forEach((lab) => lab.remove()));
  return undefined;
}

/** Why a program does not work in a new namespace, or `undefined`; for programs that need kernel modules. */
export function failsInNamespace(...words: readonly string[]): string | undefined {
  const name = `fwk-${Deno.pid}-try`;
  try {
    new Deno.Command("ip", { args: ["netns", "add", name] }).outputSync();
    const ended = new Deno.Command("ip", { args: ["netns", "exec", name, ...words] }).outputSync();
    if (ended.success) return undefined;
    return `${words.join(" ")}: ${new TextDecoder().decode(ended.stderr).split("\n")[0]}`;
  } finally {
    removeNamespace(name);
  }
}

const openLabs = new Set<Lab>();

/**
 * Registers a test that gets a {@link Lab}. Where namespaces or one of the programs are missing, or `unavailable` gives
 * a reason, the test is ignored and the reason is printed. The lab is always removed.
 */
export function namespaceTest(
  name: string,
  needs: { readonly programs?: readonly string[]; readonly unavailable?: () => string | undefined },
  body: (lab: Lab) => Promise<void>,
): void {
  const { programs = [], unavailable } = needs;
  const blocker = namespacesUnavailable() ?? unmetNeed({ programs }) ?? unavailable?.();
  testWhere(name, { blocker }, async () => {
    const lab = new Lab();
    openLabs.add(lab);
    try {
      await body(lab);
    } finally {
      lab.remove();
      openLabs.delete(lab);
    }
  });
}

/**
 * Waits until the condition holds. Checks it every few milliseconds.
 *
 * @throws {Error} with `what` when `seconds` have passed.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 5,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!await condition()) {
    if (performance.now() > end) {
      throw new Error(`Waited ${seconds} s until ${what}, and it did not happen`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
