import { assert, assertEquals } from "../../assert.ts";
import { DIGESTS } from "../../../lib/crypto/digest.ts";
import type { OpenedPacket } from "../../../lib/spa/packet.ts";
import { NO_NAT } from "../../support/stanza.ts";
import type { PacketEvent } from "../../../lib/server/event.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import type { Refusal } from "../../../lib/server/refusal.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { readTexts } from "../../support/config_files.ts";
import { datagram } from "../../support/packet.ts";
import { readVectors, type VectorFields } from "../../support/vectors.ts";

/** The server's files of a vector. */
interface ServerFiles {
  readonly access: readonly (readonly [string, string])[];
  readonly settings?: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly decoded: readonly OpenedPacket[];
  readonly refusals: readonly Refusal[];
}

function load({ access, settings = {} }: ServerFiles): ReturnType<typeof readTexts>["config"] {
  const lines = (pairs: Iterable<readonly [string, string]>): string =>
    Array.from(pairs, (pair) => `${pair.join(" ")}\n`).join("");
  return readTexts({ conf: lines(Object.entries(settings)), access: lines(access) }).config;
}

/** The result of a server with these files for a datagram. */
function outcome(packet: string, files: ServerFiles, now = 0): Outcome {
  const config = load(files);
  assert(config !== undefined, "the files are valid");
  const { settings, stanzas } = config;
  const ages = files.settings?.["ENABLE_SPA_PACKET_AGING"] === "Y";
  const events: PacketEvent[] = [];
  const processor = new PacketProcessor({
    stanzas: stanzas.map(({ stanza }) => stanza),
    policy: {
      maxAge: ages ? settings.MAX_SPA_PACKET_AGE : undefined,
      http: settings.ENABLE_SPA_OVER_HTTP
        ? { anyUserAgent: false, forwardedFor: false }
        : undefined,
      nat: NO_NAT,
      destinationRule: false,
      testMode: false,
    },
    replay: new ReplayCache({ window: undefined }),
    now: () => now,
    observe: (event) => events.push(event),
    act: () => {},
  });
  processor.process(datagram(packet), 1);
  return {
    decoded: events.flatMap((event) => event.kind === "decoded" ? [event.fields] : []),
    refusals: events.flatMap((event) => event.kind === "refused" ? [event.refusal] : []),
  };
}

/** The fields in the form of the vectors. */
function fieldsOf(fields: OpenedPacket): Partial<VectorFields> {
  const { message, digestName, encodedData, digest } = fields;
  return {
    random_value: message.randomValue,
    username: message.username,
    timestamp: message.timestamp,
    version: message.version,
    message_type: message.type,
    message: message.message,
    nat_access: message.natAccess ?? null,
    server_auth: message.serverAuth ?? null,
    client_timeout: message.clientTimeout ?? 0,
    digest_type: DIGESTS[digestName].id,
    encoded_data: encodedData,
    digest,
  };
}

/** The members of `expected` that {@link fieldsOf} returns. */
function selectFields(expected: VectorFields, like: Partial<VectorFields>): Partial<VectorFields> {
  return Object.fromEntries(
    Object.keys(like).map((name) => [name, expected[name as keyof VectorFields]]),
  );
}

/** Vectors that the server accepts on purpose, unlike the reference. */
const ACCEPTED: Readonly<Record<string, string>> = {
  N050: "a long symmetric packet is tried with the key there is: docs/spec/server.md 16, row 27",
  N069: "times from 2038 on: docs/spec/wire.md 14",
  N097: "an IPv6 address in the message is our extension",
};

/** Vectors whose server files are invalid, so that no server exists. */
const REFUSED_AT_LOAD = ["N027", "N028", "N029"];

const POLICY_CODES: Readonly<Record<string, Refusal["code"]>> = {
  POLICY_TIMESTAMP: "too-old",
  POLICY_USERNAME: "wrong-username",
  POLICY_SOURCE_REQUIRED: "source-address-required",
  POLICY_COMMAND_DISABLED: "command-not-allowed",
  POLICY_PORT_DENIED: "port-denied",
};

const vectors = readVectors();

for (const vector of vectors.positive) {
  Deno.test(`${vector.id} is decoded by the server with its stanza: ${vector.note}`, () => {
    const files = { access: vector.server_access_conf };
    for (const payload of [vector.packet, vector.http_request]) {
      if (payload === undefined) continue;
      const settings = payload === vector.packet ? {} : { ENABLE_SPA_OVER_HTTP: "Y" };
      const { decoded } = outcome(payload, { ...files, settings });
      const [fields] = decoded.map(fieldsOf);
      assert(fields !== undefined, "decoded");
      assertEquals(fields, selectFields(vector.decoded, fields));
    }
  });
}

for (const vector of vectors.negative) {
  const { access_conf: access, fwknopd_conf: settings } = vector.server;
  const { name, layer, log } = vector.error;
  const accepted = ACCEPTED[vector.id];
  const ending = accepted === undefined ? `refused: ${vector.note}` : `accepted: ${accepted}`;
  Deno.test(`${vector.id} is ${ending}`, () => {
    if (REFUSED_AT_LOAD.includes(vector.id)) {
      assertEquals(
        load({ access, settings }),
        undefined,
        "the server refuses a key of that length at the start",
      );
      return;
    }
    // The log line of an old packet contains its age, which depends on the clock.
    const [, late] = /too great \(([0-9]+) seconds\)/.exec(log) ?? [];
    const clock = late === undefined ? 0 : timeOf(vector.packet, access) + Number(late);
    const { decoded, refusals } = outcome(vector.packet, { access, settings }, clock);
    if (accepted !== undefined) {
      assertEquals(decoded.length, 1);
      return;
    }
    assertEquals(decoded.length, layer === "policy" ? 1 : 0);
    assertEquals(refusals.length, 1);
    if (layer === "policy") assertEquals(refusals[0]?.code, POLICY_CODES[name]);
  });
}

for (const vector of vectors.reference_quirks) {
  const { access_conf: access, fwknopd_conf: settings } = vector.server;
  const { recommendation, note } = vector;
  Deno.test(`${vector.id} is ${recommendation}d although the reference accepts it: ${note}`, () => {
    const { decoded } = outcome(vector.packet, { access, settings });
    assertEquals(decoded.length, recommendation === "accept" ? 1 : 0);
  });
}

/** The time in the packet. */
function timeOf(packet: string, access: ServerFiles["access"]): number {
  return outcome(packet, { access }).decoded[0]?.message.timestamp ?? 0;
}
