import { assert, assertEquals } from "../../assert.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";
import type { Firewall, OpenResult } from "../../../lib/firewall/firewall.ts";
import type { Grant } from "../../../lib/firewall/grant.ts";
import { parsePrefix, type Prefix } from "../../../lib/net/prefix.ts";
import { parseServices } from "../../../lib/net/service.ts";
import { refuseNames } from "../../../lib/server/look_up.ts";
import type { ServerSetup } from "../../../lib/server/server.ts";
import { warmUp } from "../../../lib/server/warm_up.ts";
import { aPlace, aStanza, NO_NAT } from "../../support/stanza.ts";

const NOW = 1_800_000_000;

/** A firewall that only takes notes; whatever else is asked of it fails the test. */
function noteTaker(grants: Grant[], more: Partial<Firewall> = {}): Firewall {
  return {
    name: "notes",
    open: (grant: Grant): Promise<OpenResult> => {
      grants.push(grant);
      return Promise.resolve({ added: [], present: [] });
    },
    release: () => Promise.resolve(),
    ...more,
  } as Firewall;
}

function aPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  assert(prefix !== undefined, text);
  return prefix;
}

/** Warms up a server with these stanzas: what was granted in earnest, what in pretence, and its setup. */
async function warm(
  stanzas: readonly Stanza[],
  ending: AbortSignal = new AbortController().signal,
): Promise<{ earnest: Grant[]; pretended: Grant[]; released: number; setup: ServerSetup }> {
  const [earnest, pretended]: [Grant[], Grant[]] = [[], []];
  let released = 0;
  const release = (): Promise<void> => {
    released++;
    return Promise.resolve();
  };
  const setup: ServerSetup = {
    capture: {
      description: "nothing",
      run: () => Promise.reject(new Error("the way in is not for a warm-up")),
      statistics: () => ({ received: 0, dropped: 0, refused: 0 }),
      close: () => {},
    },
    firewall: noteTaker(earnest, { pretend: () => noteTaker(pretended, { release }) }),
    commands: undefined,
    cycles: undefined,
    lookUp: refuseNames,
    placeOf: aPlace(),
    stanzas,
    policy: { maxAge: 120, http: undefined, nat: NO_NAT, destinationRule: false, testMode: false },
  };
  await warmUp(setup, () => NOW, ending);
  return { earnest, pretended, released, setup };
}

Deno.test("a warm-up grants in pretence only", async () => {
  const { earnest, pretended, released } = await warm([aStanza()]);
  assertEquals(earnest, []);
  assertEquals(pretended.length, 16);
  assertEquals(new Set(pretended.map(({ address }) => address.text)).size, 16);
  for (const { address, expires } of pretended) {
    assert(address.text.startsWith("198.18."), address.text);
    assertEquals(expires, NOW + 30);
  }
  assertEquals(released, 1);
});

Deno.test("a warm-up asks for what the stanza allows, whoever the stanza is for", async () => {
  const strict = aStanza({
    source: [aPrefix("203.0.113.0/24")],
    destination: [aPrefix("203.0.113.7")],
    openPorts: parseServices("udp/51820,tcp/443") ?? [],
    requireUsername: "alice",
    requireSourceAddress: true,
    encryptionMode: "legacy",
  });
  const { pretended } = await warm([strict]);
  assertEquals(pretended.length, 16);
  assertEquals(pretended[0]?.services, [{ protocol: "udp", port: 51820 }]);
});

Deno.test("a warm-up takes the first stanza whose packets the firewall is for", async () => {
  const { encryptionKey: _, ...gpgOnly } = aStanza();
  const cycle = aStanza({ cycle: { open: "/bin/true" } });
  const none = await warm([gpgOnly, cycle]);
  assertEquals([none.pretended, none.earnest], [[], []]);
  const { pretended } = await warm([gpgOnly, cycle, aStanza({ number: 3, accessTimeout: 77 })]);
  assertEquals(pretended[0]?.expires, NOW + 77);
  assertEquals(pretended[0]?.stanza, 3);
});

Deno.test("a server that is stopped stops warming up", async () => {
  assertEquals((await warm([aStanza()], AbortSignal.abort())).pretended, []);
});
