import fc from "property-testing";
import type { OwnAddresses } from "../../../lib/client/own_addresses.ts";
import { type Move, settledPlan, weighMove } from "../../../lib/client/repeat.ts";
import { type Address, parseAddress } from "../../../lib/net/address.ts";
import { assert, assertEquals } from "../../assert.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import { knockPlan } from "../../support/knock_plan.ts";

function own(source: string, ...others: string[]): OwnAddresses {
  const parse = (text: string): Address => {
    const parsed = parseAddress(text);
    assert(parsed !== undefined);
    return parsed;
  };
  return { source: parse(source), all: [source, ...others].map(parse) };
}

function weigh(
  given: SettingsLevel,
  settled: SettingsLevel,
  before: OwnAddresses,
  now: OwnAddresses,
): Move {
  return weighMove(knockPlan(given), knockPlan(settled), before, now);
}

Deno.test("after a change of address, a looked-up address is looked up again, and a named one is reported as lost", () => {
  const admits = (text: string) => ({ allow: { kind: "address", text } } as const);
  const [home, road] = [own("10.0.0.2", "127.0.0.1"), own("192.168.1.9", "127.0.0.1")];
  assertEquals(
    weigh({ resolve: true }, { ...admits("203.0.113.4"), access: "tcp/22" }, home, road),
    {
      kind: "look up",
      plan: knockPlan({ access: "tcp/22", resolve: true }),
    },
  );
  assertEquals(weigh({}, admits("10.0.0.2"), home, road), {
    kind: "left",
    admitted: "10.0.0.2",
  });
  // It still belongs to this host, or never did, because of an address translation.
  assertEquals(weigh({}, admits("10.0.0.2"), home, own("192.168.1.9", "10.0.0.2")), {
    kind: "none",
  });
  assertEquals(weigh({}, admits("203.0.113.4"), home, road), { kind: "none" });
  assertEquals(weigh({}, { allow: { kind: "source" } }, home, road), { kind: "none" });
});

Deno.test("while this host keeps its address, the client looks nothing up and reports nothing", () => {
  const text = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
  fc.assert(
    fc.property(text, text, fc.array(text), fc.boolean(), (source, admitted, others, resolve) => {
      const settled = { allow: { kind: "address", text: admitted } } as const;
      return weigh({ resolve }, settled, own(source), own(source, ...others)).kind === "none";
    }),
  );
});

Deno.test("later knocks ask for nothing and open what the first one opened", () => {
  const key = new Uint8Array([1]);
  const hmac = { key: new Uint8Array([2]), type: "sha256" } as const;
  const request = {
    type: 2,
    admitted: "192.0.2.7",
    asked: "tcp/40001",
    message: "192.0.2.7,tcp/40001",
    natAccess: "10.0.0.1,22",
    randomNatPort: 40001,
  } as const;
  const plan = knockPlan({
    resolve: true,
    natRandomPort: true,
    natAccess: "10.0.0.1",
    access: "tcp/22",
    useHmac: true,
  });
  assertEquals(
    settledPlan(plan, request, { encryptionKey: key, hmac, cutToLegacy: false }),
    knockPlan({
      natAccess: "10.0.0.1",
      access: "tcp/22",
      useHmac: true,
      allow: { kind: "address", text: "192.0.2.7" },
      natPort: 40001,
      key: { kind: "bytes", bytes: key, variable: "KEY", written: "" },
      hmacKey: { kind: "bytes", bytes: hmac.key, variable: "HMAC_KEY", written: "" },
    }),
  );
});
