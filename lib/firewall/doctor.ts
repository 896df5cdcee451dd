/**
 * Looks for what makes a host's firewall useless to, or broken by, single packet authorization.
 *
 * @module
 */
import { formatService, type Service } from "../net/service.ts";
import { iptablesPrograms } from "./iptables_programs.ts";
import { acceptsEstablished, dockerPorts, fateOf, parsePolicy, type Policy } from "./policy.ts";
import { Runner } from "./runner.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly state: "good" | "bad" | "unclear";
  /** In sentence case, without a full stop. */
  readonly text: string;
  /** The command that mends it. */
  readonly mend?: string;
}

/** What is asked about. */
export interface DoctorQuestions {
  /** FIREWALL_EXE. */
  readonly command: string;
  /** Services that knocking is to open. */
  readonly services: readonly Service[];
  /** The UDP port packets come to when this host listens for them; absent: they are sniffed. */
  readonly udpPort?: number;
  /** Whether grants may forward. */
  readonly forwarding: boolean;
}

/** Asks the firewall and the kernel; nothing is changed. */
export async function examineFirewall(questions: DoctorQuestions): Promise<Finding[]> {
  const program = iptablesPrograms(questions.command)[4]?.single ?? [];
  const runner = new Runner();
  const [filter, nat] = await runner.query([
    { words: [...program, "-t", "filter", "-S"] },
    { words: [...program, "-t", "nat", "-S"] },
  ]);
  const findings = filter?.code === 0
    ? judgePolicy(questions, parsePolicy(filter.stdout), parsePolicy(nat?.stdout ?? ""))
    : [{ state: "bad", text: `${program[0] ?? "iptables"} cannot be used` } as const];
  return [...findings, ...(questions.forwarding ? judgeForwarding(readForwarding()) : [])];
}

/** What the filter and nat tables of IPv4 mean for the services. */
export function judgePolicy(
  { services, udpPort }: DoctorQuestions,
  filter: Policy,
  nat: Policy,
): Finding[] {
  const findings: Finding[] = services.map((service) => judgeService(filter, service));
  findings.push(
    acceptsEstablished(filter) ? { state: "good", text: "Open sessions outlive their grant" } : {
      state: "bad",
      text: "Packets of established connections are not accepted: sessions die when a grant ends",
      mend: "iptables -I INPUT 1 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    },
  );
  if (udpPort !== undefined) findings.push(judgeSpaPort(filter, udpPort));
  const published = dockerPorts(nat);
  for (const service of services) {
    if (!published.some(({ protocol, port }) => sameAs(service, protocol, port))) continue;
    findings.push({
      state: "bad",
      text: `Docker publishes ${formatService(service)}: its traffic never passes INPUT`,
      mend: `docker run -p 127.0.0.1:${service.port}:… (or drop it in the chain DOCKER-USER)`,
    });
  }
  return findings;
}

/** Whether the kernel forwards IPv4 packets, from the content of its switch. */
export function judgeForwarding(content: string | undefined): Finding[] {
  if (content === undefined) {
    return [{ state: "unclear", text: "Whether the kernel forwards packets cannot be read" }];
  }
  return content.trim() === "1" ? [{ state: "good", text: "The kernel forwards packets" }] : [{
    state: "bad",
    text: "The kernel does not forward packets, so no NAT grant can work",
    mend: "sysctl -w net.ipv4.ip_forward=1",
  }];
}

function judgeService(filter: Policy, service: Service): Finding {
  const name = formatService(service);
  const fate = fateOf(filter, service);
  if (fate === "dropped") {
    return { state: "good", text: `${name} is closed to those who do not knock` };
  }
  if (fate === "unclear") {
    return { state: "unclear", text: `Rules with other conditions decide about ${name}` };
  }
  return {
    state: "bad",
    text: `${name} is open to everybody: knocking protects nothing`,
    mend: `iptables -A INPUT -p ${service.protocol} --dport ${service.port} -j DROP`,
  };
}

function judgeSpaPort(filter: Policy, port: number): Finding {
  const fate = fateOf(filter, { protocol: "udp", port });
  if (fate === "accepted") return { state: "good", text: `Packets to udp/${port} arrive` };
  return {
    state: fate === "dropped" ? "bad" : "unclear",
    text: `Packets to udp/${port} ${
      fate === "dropped" ? "are" : "may be"
    } dropped before the server sees them`,
    mend: `iptables -I INPUT 1 -p udp --dport ${port} -j ACCEPT`,
  };
}

function sameAs(service: Service, protocol: string, port: number): boolean {
  return service.protocol === protocol && service.port === port;
}

function readForwarding(): string | undefined {
  try {
    return Deno.readTextFileSync("/proc/sys/net/ipv4/ip_forward");
  } catch {
    return undefined;
  }
}
