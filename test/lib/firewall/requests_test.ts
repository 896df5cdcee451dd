import fc from "property-testing";
import type { FirewallRequest, RequestName } from "../../../lib/firewall/firewall.ts";
import { readRequest } from "../../../lib/firewall/requests.ts";
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { anAddress } from "../../support/address.ts";
import { access, forward, nftIn } from "../../support/firewall.ts";
import type { Namespace } from "../../support/namespace.ts";
import { aRule } from "../../support/rule.ts";

const NOW = Date.now();

const sourceNat = { kind: "snat", address: anAddress("192.0.2.9") } as const;
const localNat = {
  ...access("192.0.2.1", "tcp/33", 60),
  kind: "local-nat",
  rewrite: true,
  target: { address: anAddress("127.0.0.1"), port: 22 },
} as const;

/** Requests of each form. */
const FORMS: { readonly [N in RequestName]: readonly FirewallRequest<N>[] } = {
  prepare: [
    { name: "prepare" },
    { name: "prepare", inherited: [{ key: "a", summary: aRule("a", 5).summary }] },
    {
      name: "prepare",
      inherited: [{ key: "b", summary: { ...aRule("b", 5).summary, stanza: 3 } }],
    },
  ],
  open: [
    { name: "open", grant: access("192.0.2.1", "tcp/22,udp/53", 60) },
    {
      name: "open",
      grant: {
        ...access("fd09::1", "tcp/22", 60),
        destination: anAddress("fd09::2"),
        mostRules: 7,
      },
    },
    { name: "open", grant: localNat },
    { name: "open", grant: forward("192.0.2.1", "tcp/33", "10.0.0.1 22", 60, { sourceNat }) },
    { name: "open", grant: forward("192.0.2.1", "tcp/33", undefined, 60, { everything: true }) },
  ],
  list: [{ name: "list" }],
  show: [{ name: "show", all: true, family: 6 }],
  flush: [{ name: "flush", extent: "elsewhere", whole: false }],
  revoke: [{ name: "revoke" }],
  check: [{ name: "check" }],
  held: [{ name: "held" }],
  release: [{ name: "release" }],
  close: [{ name: "close" }],
};
const REQUESTS: readonly FirewallRequest[] = Object.values(FORMS).flat();

Deno.test("a request means the same after JSON carried it", () => {
  for (const request of REQUESTS) {
    const phase = request.name === "prepare" ? "new" : "ready";
    const crossed: FirewallRequest = JSON.parse(JSON.stringify(request));
    assertEquals(readRequest(crossed, phase, NOW), request);
  }
});

Deno.test("unknown members of a request do not reach the enforcer", () => {
  const [rule, grant] = [aRule("a", 5), access("192.0.2.1", "tcp/22", 60)];
  const read = (request: unknown, phase: "new" | "ready" = "ready") =>
    readRequest(request as FirewallRequest, phase, NOW);
  assertEquals(read({ name: "list", more: 1 }), { name: "list" });
  const { key, summary } = rule;
  assertEquals(read({ name: "prepare", inherited: [rule] }, "new"), {
    name: "prepare",
    inherited: [{ key, summary }],
  });
  assertEquals(read({ name: "open", grant: { ...grant, text: "-j ACCEPT" } }), {
    name: "open",
    grant,
  });
});

/** The value with one member replaced, at any depth. */
function change(value: unknown, choice: number, becomes: unknown): unknown {
  if (typeof value !== "object" || value === null) return becomes;
  const entries = Object.entries(value);
  const [name, inner] = entries[choice % Math.max(1, entries.length)] ?? [];
  if (name === undefined || choice % 5 === 0) return becomes;
  const changed = change(inner, Math.floor(choice / 7), becomes);
  return Array.isArray(value)
    ? value.map((item, index) => String(index) === name ? changed : item)
    : { ...value, [name]: changed };
}

Deno.test("no change of a request makes its reader throw, and a request that is read is read the same again", () => {
  const request = fc.constantFrom(...REQUESTS).map((one) => JSON.parse(JSON.stringify(one)));
  const changed = fc.tuple(request, fc.nat(), fc.anything({ maxDepth: 2 }))
    .map(([request, choice, becomes]) => change(request, choice, becomes));
  fc.assert(
    fc.property(changed, fc.constantFrom("new", "ready", "released"), (value, phase) => {
      const read = readRequest(value as FirewallRequest, phase, NOW);
      if (typeof read === "string") return;
      assertEquals(readRequest(JSON.parse(JSON.stringify(read)), phase, NOW), read);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("each member of a request is checked", () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /it is not known/],
    [{ name: "constructor" }, /it is not known/],
    [{ name: "open" }, /the stanza number is not one/],
    [{ name: "show", all: 1, family: 4 }, /the extent of the listing is unknown/],
    [{ name: "show", all: true, family: 5 }, /the address family is unknown/],
    [{ name: "flush", extent: "configured", whole: true }, /the extent of the flush is unknown/],
    [{ name: "flush", extent: "everywhere" }, /the extent of the flush is unknown/],
  ];
  for (const [request, reason] of bad) {
    const read = readRequest(request as FirewallRequest, "ready", NOW);
    assert(typeof read === "string" && reason.test(read), JSON.stringify([request, read]));
  }
  for (
    const inherited of [7, [{}], [{ key: "a", summary: { ...aRule("a", 5).summary, kind: 1 } }]]
  ) {
    const request = { name: "prepare", inherited } as unknown as FirewallRequest;
    assert(/predecessor/.test(String(readRequest(request, "new", NOW))), String(inherited));
  }
});

Deno.test("a request that is not allowed in the firewall's phase is refused", () => {
  const phases = ["new", "ready", "released"] as const;
  const allowed = (name: RequestName) => {
    const [request] = FORMS[name] as readonly FirewallRequest[];
    assert(request !== undefined);
    return phases.filter((phase) => typeof readRequest(request, phase, NOW) !== "string");
  };
  const expected: Readonly<Record<RequestName, readonly (typeof phases)[number][]>> = {
    prepare: ["new"],
    open: ["ready"],
    list: phases,
    show: phases,
    flush: phases,
    revoke: ["ready", "released"],
    check: ["ready", "released"],
    held: phases,
    release: phases,
    close: phases,
  };
  for (const name of Object.keys(expected) as RequestName[]) {
    assertEquals(allowed(name), expected[name], name);
  }
});

Deno.test("a firewall refuses grants before it is ready and after it was released", async () => {
  const { firewall, events } = nftIn({ entry: [] } as unknown as Namespace, {
    settings: { command: "/no/such/nft" },
  });
  const grant = access("192.0.2.1", "tcp/22", 60);
  const opened = await firewall.ask({ name: "open", grant });
  assertEquals(opened, { added: [], present: [], error: "The firewall is not ready" });
  await assertRejects(() => firewall.ask({ name: "check" }), Error, "The firewall is not ready");
  await firewall.ask({ name: "release" });
  const again = await firewall.ask({ name: "open", grant });
  assertEquals(again.error, "The firewall was released");
  await firewall.ask({ name: "check" });
  assertEquals(await firewall.ask({ name: "revoke" }), 0);
  assertEquals(events, []);
});
