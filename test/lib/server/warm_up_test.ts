import { assert, assertEquals } from "../../assert.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import type { Grant } from "../../../lib/firewall/grant.ts";
import { parsePrefix, type Prefix } from "../../../lib/net/prefix.ts";
import { parseServices } from "../../../lib/net/service.ts";
import { refuseNames } from "../../../lib/server/look_up.ts";
import type { ServerSetup } from "../../../lib/server/server.ts";
import { warmUp } from "../../../lib/server/warm_up.ts";
import { grantTaker } from "../../support/grant_taker.ts";
import { aPlace, aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

function aPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  assert(prefix !== undefined, text);
  return prefix;
}

/** Warms up a server with these stanzas. Returns the real grants, the grants of the dry run, and the setup. */
async function warm(
  stanzas: readonly Stanza[],
  ending: AbortSignal = new AbortController().signal,
): Promise<{ real: Grant[]; warmed: Grant[]; released: number; setup: ServerSetup }> {
  const [real, warmed]: [Grant[], Grant[]] = [[], []];
  let released = 0;
  const setup: ServerSetup = {
    capture: {
      description: "nothing",
      run: () => Promise.reject(new Error("a warm-up must not use the capture")),
      statistics: () => ({ received: 0, dropped: 0, refused: 0 }),
      close: () => {},
    },
    firewall: {
      ...grantTaker((grant) => void real.push(grant)),
      dryRun: () =>
        grantTaker((grant) => void warmed.push(grant), ({ name }) => {
          assertEquals(name, "release");
          released++;
        }),
    },
    commands: undefined,
    cycles: undefined,
    lookUp: refuseNames,
    placeOf: aPlace(),
    stanzas,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: false },
  };
  await warmUp(setup, () => NOW, ending);
  return { real, warmed, released, setup };
}

Deno.test("a warm-up grants only in a dry run", async () => {
  const { real, warmed, released } = await warm([aStanza()]);
  assertEquals(real, []);
  assertEquals(warmed.length, 16);
  assertEquals(new Set(warmed.map(({ address }) => address.text)).size, 16);
  for (const { address, expires } of warmed) {
    assert(address.text.startsWith("198.18."), address.text);
    assertEquals(expires, NOW + 30);
  }
  assertEquals(released, 1);
});

Deno.test("a warm-up asks for services that the stanza allows, for any source and destination of the stanza", async () => {
  const strict = aStanza({
    source: [aPrefix("203.0.113.0/24")],
    destination: [aPrefix("203.0.113.7")],
    openPorts: parseServices("udp/51820,tcp/443") ?? [],
    requireUsername: "alice",
    requireSourceAddress: true,
    encryptionMode: "legacy",
  });
  const { warmed } = await warm([strict]);
  assertEquals(warmed.length, 16);
  assertEquals(warmed[0]?.services, [{ protocol: "udp", port: 51820 }]);
});

Deno.test("a warm-up uses the first stanza whose packets need the firewall", async () => {
  const { encryptionKey: _, ...gpgOnly } = aStanza();
  const cycle = aStanza({ cycle: { open: "/bin/true" } });
  const none = await warm([gpgOnly, cycle]);
  assertEquals([none.warmed, none.real], [[], []]);
  const { warmed } = await warm([gpgOnly, cycle, aStanza({ number: 3, accessTimeout: 77 })]);
  assertEquals(warmed[0]?.expires, NOW + 77);
  assertEquals(warmed[0]?.stanza, 3);
});

Deno.test("a warm-up ends when the server is stopped", async () => {
  assertEquals((await warm([aStanza()], AbortSignal.abort())).warmed, []);
});
