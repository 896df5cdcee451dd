import assert from "node:assert/strict";
import { examineFirewall, judgeForwarding } from "../../../lib/firewall/doctor.ts";
import { type Namespace, namespaceTest } from "../../support/namespace.ts";

const SSH = { protocol: "tcp", port: 22 } as const;

async function examine(server: Namespace): Promise<Record<string, string>> {
  const findings = await examineFirewall({
    command: [...server.entry, "iptables"].join(" "),
    services: [SSH],
    udpPort: 62201,
    forwarding: false,
  });
  return Object.fromEntries(findings.map(({ state, text }) => [text, state]));
}

const OPEN = "tcp/22 is open to everybody: knocking protects nothing";
const CLOSED = "tcp/22 is closed to those who do not knock";
const UNCLEAR = "Rules with other conditions decide about tcp/22";
const SESSIONS = "Open sessions outlive their grant";
const NO_SESSIONS =
  "Packets of established connections are not accepted: sessions die when a grant ends";

namespaceTest(
  "the doctor sees what a policy does to strangers",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const add = (...words: string[]) => server.must("iptables", ...words);
    assert.deepEqual(await examine(server), {
      [OPEN]: "bad",
      [SESSIONS]: "good",
      "Packets to udp/62201 arrive": "good",
    });
    await add("-P", "INPUT", "DROP");
    assert.deepEqual(await examine(server), {
      [CLOSED]: "good",
      [NO_SESSIONS]: "bad",
      "Packets to udp/62201 are dropped before the server sees them": "bad",
    });
    await add("-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
    await add("-A", "INPUT", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT");
    await add("-A", "INPUT", "-p", "udp", "--dport", "62000:63000", "-j", "ACCEPT");
    assert.deepEqual(await examine(server), {
      [CLOSED]: "good",
      [SESSIONS]: "good",
      "Packets to udp/62201 arrive": "good",
    });
    await add("-N", "web");
    await add("-A", "INPUT", "-p", "tcp", "-j", "web");
    await add("-A", "web", "-p", "tcp", "-m", "multiport", "--dports", "80,443", "-j", "ACCEPT");
    assert.equal((await examine(server))[CLOSED], "good");
    await add("-A", "web", "-s", "10.0.0.0/8", "-j", "ACCEPT");
    assert.equal((await examine(server))[UNCLEAR], "unclear");
    await add("-I", "web", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
    assert.equal((await examine(server))[OPEN], "bad");
    await add("-t", "nat", "-N", "DOCKER");
    await add(
      "-t",
      "nat",
      "-A",
      "DOCKER",
      "-p",
      "tcp",
      "--dport",
      "22",
      "-j",
      "DNAT",
      "--to",
      "172.17.0.2:22",
    );
    assert.equal(
      (await examine(server))["Docker publishes tcp/22: its traffic never passes INPUT"],
      "bad",
    );
  },
);

Deno.test("a switch that cannot be read is not taken for off", () => {
  assert.deepEqual(judgeForwarding("1\n").map(({ state }) => state), ["good"]);
  assert.deepEqual(judgeForwarding("0\n").map(({ mend }) => mend), [
    "sysctl -w net.ipv4.ip_forward=1",
  ]);
  assert.deepEqual(judgeForwarding(undefined).map(({ state }) => state), ["unclear"]);
});
