import assert from "node:assert/strict";
import type { Grant } from "../../../lib/firewall/grant.ts";
import type { Firewall } from "../../../lib/firewall/firewall.ts";
import { anAddress } from "../../support/address.ts";
import { access, defaultChains, forward, iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Lab, type Namespace, namespaceTest } from "../../support/namespace.ts";
import {
  connect,
  echoService,
  reach,
  type RunningService,
  untilClosed,
} from "../../support/tcp.ts";

/** A kind of firewall, and how it is set up on the gateway. */
interface Backend {
  readonly name: string;
  readonly programs: readonly string[];
  make(gateway: Namespace): Firewall;
}

const ALL_ROLES = ["input", "forward", "dnat", "snat", "masquerade"] as const;

const BACKENDS: readonly Backend[] = [
  ...["iptables", "iptables-legacy"].map((program) => ({
    name: program,
    programs: [program],
    make: (gateway: Namespace) =>
      iptablesIn(gateway, { program, settings: { chains: defaultChains(...ALL_ROLES) } }).firewall,
  })),
  {
    name: "nft",
    programs: ["nft", "iptables"],
    make: (gateway) => nftIn(gateway, { settings: { nat: true } }).firewall,
  },
];

/** Addresses of the four machines in one family. */
const PLANS = {
  IPv4: {
    client: "10.9.0.1",
    gate: "10.9.0.2",
    gateInside: "192.168.7.1",
    host: "192.168.7.10",
    neighbour: "192.168.7.11",
    inside: "192.168.7.0/24",
    outside: "10.9.0.0/24",
    length: 24,
    any: "0.0.0.0",
  },
  IPv6: {
    client: "fd09::1",
    gate: "fd09::2",
    gateInside: "fd07::1",
    host: "fd07::10",
    neighbour: "fd07::11",
    inside: "fd07::/64",
    outside: "fd09::/64",
    length: 64,
    any: "::",
  },
} as const;

type AddressPlan = typeof PLANS[keyof typeof PLANS];

interface Site {
  readonly client: Namespace;
  readonly gateway: Namespace;
  readonly host: Namespace;
}

/** An outside host, a gateway that drops all but ESTABLISHED, and an inside host with two addresses. */
async function site(lab: Lab, plan: AddressPlan, program: string): Promise<Site> {
  const client = await lab.namespace("client");
  const gateway = await lab.namespace("gateway");
  const host = await lab.namespace("host");
  const at = (address: string) => `${address}/${plan.length}`;
  await lab.cable(
    { namespace: client, device: "eth0", addresses: [at(plan.client)] },
    { namespace: gateway, device: "out", addresses: [at(plan.gate)] },
  );
  await lab.cable(
    { namespace: gateway, device: "in", addresses: [at(plan.gateInside)] },
    { namespace: host, device: "eth0", addresses: [at(plan.host), at(plan.neighbour)] },
  );
  await client.route(plan.inside, "via", plan.gate);
  const six = plan.length === 64;
  await gateway.must(
    "sysctl",
    "-q",
    "-w",
    six ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1",
  );
  const tables = six ? program.replace("iptables", "ip6tables") : program;
  for (const chain of ["INPUT", "FORWARD"]) {
    await gateway.must(
      tables,
      "-A",
      chain,
      "-m",
      "state",
      "--state",
      "ESTABLISHED",
      "-j",
      "ACCEPT",
    );
  }
  await gateway.must(tables, "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
  await gateway.must(tables, "-P", "FORWARD", "DROP");
  // The rule that an administrator adds for the nftables adapter; nothing else sets this mark.
  for (const chain of ["INPUT", "FORWARD"]) {
    await gateway.must(tables, "-I", chain, "-m", "mark", "--mark", "0x5fa", "-j", "ACCEPT");
  }
  return { client, gateway, host };
}

async function withFirewall(
  firewall: Firewall,
  services: Promise<RunningService>[],
  body: () => Promise<void>,
): Promise<void> {
  const running = await Promise.all(services);
  try {
    await firewall.ask({ name: "prepare" });
    await body();
  } finally {
    await firewall.ask({ name: "close" });
    for (const service of running) await service.stop();
  }
}

/** Kinds of the grant's rules, new or already in force, sorted by name. */
async function open(firewall: Firewall, grant: Grant): Promise<string[]> {
  const { added, present, error } = await firewall.ask({ name: "open", grant: grant });
  assert.equal(error, undefined);
  return [...added, ...present].map(({ kind }) => kind).sort();
}

for (const backend of BACKENDS) {
  for (const [family, plan] of Object.entries(PLANS)) {
    const test = (title: string, body: (site: Site, firewall: Firewall) => Promise<void>) =>
      namespaceTest(
        `${backend.name}, ${family}: ${title}`,
        { programs: backend.programs },
        async (lab) => {
          const program = backend.name.startsWith("iptables") ? backend.name : "iptables";
          const made = await site(lab, plan, program);
          await body(made, backend.make(made.gateway));
        },
      );

    test(
      "the client reaches the named inside host through another port, and not its neighbour",
      async (
        { client, gateway: _, host },
        firewall,
      ) => {
        await host.route("default", "via", plan.gateInside);
        const rdp = echoService(host, plan.any, 3389, "desktop");
        await withFirewall(firewall, [rdp], async () => {
          assert.equal(await reach(client, plan.gate, 33389, 0.3), undefined);
          const grant = forward(plan.client, "tcp/33389", `${plan.host} 3389`, 4);
          assert.deepEqual(await open(firewall, grant), ["DNAT", "FORWARD"]);
          const session = await connect(client, plan.gate, 33389, 3);
          assert.equal(session?.banner, "desktop");
          assert.equal(await reach(client, plan.neighbour, 3389, 0.3), undefined);
          await untilClosed(client, plan.gate, 33389, 10);
          assert.equal(await session?.say("after the end"), "after the end");
          await session?.stop();
        });
      },
    );

    test("without rewriting the client reaches the host by its own address", async (
      { client, host },
      firewall,
    ) => {
      await host.route("default", "via", plan.gateInside);
      await withFirewall(firewall, [echoService(host, plan.any, 3389)], async () => {
        const grant = forward(plan.client, "tcp/3389", `${plan.host} 3389`, 30, { rewrite: false });
        assert.deepEqual(await open(firewall, grant), ["FORWARD"]);
        assert.equal(await reach(client, plan.host, 3389, 3), "hello");
        assert.equal(await reach(client, plan.neighbour, 3389, 0.3), undefined);
      });
    });

    test("the client reaches a host without a route back by MASQUERADE and by SNAT", async (
      { client, host },
      firewall,
    ) => {
      await withFirewall(firewall, [echoService(host, plan.any, 3389)], async () => {
        const target = `${plan.host} 3389`;
        await open(firewall, forward(plan.client, "tcp/1001", target, 60));
        assert.equal(await reach(client, plan.gate, 1001, 0.3), undefined);
        const masquerade = { sourceNat: { kind: "masquerade" } } as const;
        assert.deepEqual(
          await open(firewall, forward(plan.client, "tcp/1002", target, 2, masquerade)),
          ["DNAT", "FORWARD", "SNAT"],
        );
        assert.equal(await reach(client, plan.gate, 1002, 3), "hello");
        // A second connection to the same port inside is another connection.
        assert.equal(await reach(client, plan.gate, 1002, 3), "hello");
        await untilClosed(client, plan.gate, 1002, 10);
        const snat = { sourceNat: { kind: "snat", address: anAddress(plan.gateInside) } } as const;
        assert.deepEqual(
          await open(firewall, forward(plan.client, "tcp/1003", target, 30, snat)),
          ["DNAT", "FORWARD", "SNAT"],
        );
        assert.equal(await reach(client, plan.gate, 1003, 3), "hello");
      });
    });

    test("a grant can open everything for one address", async ({ client, host }, firewall) => {
      await host.route("default", "via", plan.gateInside);
      const services = [echoService(host, plan.any, 80), echoService(host, plan.any, 443)];
      await withFirewall(firewall, services, async () => {
        const grant = forward(plan.client, "tcp/1", undefined, 30, { everything: true });
        assert.deepEqual(await open(firewall, grant), ["FORWARD ALL"]);
        for (const port of [80, 443]) {
          assert.equal(await reach(client, plan.host, port, 3), "hello");
        }
        const { added } = await firewall.ask({
          name: "open",
          grant: forward(plan.client, "tcp/1", undefined, 60, { everything: true }),
        });
        assert.deepEqual(added.map(({ services, service }) => [services, service]), [
          ["*/*", "*/*"],
        ]);
      });
    });

    test(
      "a ghost service: the client reaches ssh on the port where all others reach the web",
      async (
        { client, gateway },
        firewall,
      ) => {
        const services = [
          echoService(gateway, plan.any, 80, "web"),
          echoService(gateway, plan.any, 22, "ssh"),
        ];
        await withFirewall(firewall, services, async () => {
          assert.equal(await reach(client, plan.gate, 80, 3), "web");
          const { added, error } = await firewall.ask({
            name: "open",
            grant: {
              ...access(plan.client, "tcp/80", 3),
              kind: "local-nat",
              target: { address: anAddress(plan.gate), port: 22 },
              rewrite: true,
            },
          });
          assert.equal(error, undefined);
          assert.deepEqual(added.map(({ kind }) => kind), ["local NAT", "DNAT"]);
          assert.equal(await reach(client, plan.gate, 80, 3), "ssh");
          await gateway.must("ip", "route", "get", plan.client);
          const end = performance.now() + 10_000;
          while (await reach(client, plan.gate, 80, 2) !== "web") {
            assert.ok(performance.now() < end, "the client reaches the web again");
          }
        });
      },
    );
  }
}
