import { assert, assertEquals } from "../../assert.ts";
import type { Decision } from "../../../lib/server/decision.ts";
import type { DecodedEvent } from "../../../lib/server/event.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { LineReporter } from "../../../lib/report/line_reporter.ts";
import { datagram } from "../../support/packet.ts";
import { gpgTest } from "../../support/gpg_home.ts";
import { readGpgVectors, vectorHome, vectorStanzas } from "../../support/gpg_vectors.ts";
import type { Stanza } from "../../../lib/config/stanza.ts";

const NO_NAT = { forwarding: false, localNat: false, sourceNat: { enabled: false } };

/** Gives the packet to a server with these stanzas and returns its reports and decisions. */
async function receive(
  stanzas: readonly Stanza[],
  packet: string,
  now: number,
): Promise<{ decisions: Decision[]; lines: string[]; decoded: DecodedEvent[] }> {
  const decisions: Decision[] = [];
  const lines: string[] = [];
  const decoded: DecodedEvent[] = [];
  const reporter = new LineReporter(
    ({ text, rest = [] }) => lines.push([text, ...rest].join("\n")),
    {
      dumpFields: true,
      everyStanza: true,
    },
  );
  const processor = new PacketProcessor({
    stanzas,
    policy: {
      maxAge: 120,
      http: undefined,
      nat: { ...NO_NAT, forwarding: true },
      destinationRule: false,
      testMode: false,
    },
    replay: new ReplayCache({ window: 120 }),
    now: () => now,
    observe: (event) => {
      if (event.kind === "decoded") decoded.push(event);
      reporter.observe(event);
    },
    act: (decision) => decisions.push(decision),
  });
  processor.process(datagram(packet, "127.0.0.1"), 1);
  await processor.settle();
  return { decisions, lines, decoded };
}

gpgTest("the server decodes every GnuPG vector as the C daemon does", async () => {
  const vectors = readGpgVectors();
  await using home = await vectorHome(vectors);
  for (const vector of vectors.positive) {
    const stanzas = vectorStanzas(vector, home);
    const { decoded, lines } = await receive(stanzas, vector.packet, vector.decoded.timestamp);
    const [event] = decoded;
    assertEquals(event?.fields.encodedData, vector.decoded.encoded_data, vector.id);
    const signature = event?.gpg?.signature;
    assertEquals(
      [signature?.id ?? null, signature?.fingerprint ?? null],
      [vector.gpg.signature_id, vector.gpg.signature_fingerprint],
      vector.id,
    );
    const { signature_id: id, signature_fingerprint: fingerprint } = vector.gpg;
    const signed = `Incoming SPA data signed by '${id}' (fingerprint '${fingerprint}').`;
    assertEquals(lines.some((line) => line.endsWith(signed)), id !== null, vector.id);
    const dump = lines.find((line) => line.includes("SPA Field Values:")) ?? "";
    assert(dump.includes(`\n           HMAC: ${vector.decoded.hmac ?? "<NULL>"}\n`), vector.id);
    assertEquals(
      [String(signature?.summary ?? -1), String(signature?.status ?? -1)],
      [vector.gpg.signature_summary, vector.gpg.signature_status],
      vector.id,
    );
  }
});

gpgTest(
  "the server refuses every GnuPG packet that the C daemon refuses, with the same line",
  async () => {
    const vectors = readGpgVectors();
    await using home = await vectorHome(vectors);
    for (const vector of vectors.negative) {
      const now = vectors.positive[0]?.decoded.timestamp ?? 0;
      const { decisions, lines } = await receive(vectorStanzas(vector, home), vector.packet, now);
      assertEquals(decisions, [], vector.id);
      // The reason of gpg follows the C daemon's words.
      assertEquals(lines.at(-1)?.replace(/ - GPG ERROR: .*/, ""), vector.error.log, vector.id);
    }
  },
);
