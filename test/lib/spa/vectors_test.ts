import { assert, assertEquals } from "../../assert.ts";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";
import { DIGESTS } from "../../../lib/crypto/digest.ts";
import { ENCRYPTION_MODES } from "../../../lib/crypto/encryption_mode.ts";
import { deriveKey } from "../../../lib/crypto/key_derivation.ts";
import { SPA_ERRORS, type SpaErrorName, type SpaResult } from "../../../lib/spa/error.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { encodeHttpRequest } from "../../../lib/spa/http.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { type OpenedPacket, openPacket, sealPacket } from "../../../lib/spa/packet.ts";
import { packetReplayDigest } from "../../../lib/spa/replay_digest.ts";
import { parseRequest } from "../../../lib/spa/request.ts";
import { screenPacket } from "../../../lib/spa/screen.ts";
import {
  hexBytes,
  type NegativeVector,
  type PositiveVector,
  type QuirkVector,
  readVectors,
  toPacketOptions,
  type VectorFields,
  vectorPayload,
} from "../../support/vectors.ts";

/** Vectors that our checks refuse earlier than the check that made the C daemon refuse, and why. */
const EARLIER_CHECKS: Readonly<Record<string, { name: SpaErrorName; why: string }>> = {
  N009: { name: "SPA_MSG_NOT_SPA_DATA", why: "a canonical packet text holds no '='" },
  N026: {
    name: "INVALID_DATA_ENCRYPT_CIPHERLEN_DECODEFAIL",
    why: "ciphertext and mac together are not canonical base64",
  },
  N038: { name: "DECRYPTION_FAILURE", why: "padding is required and the last block is damaged" },
  N041: {
    name: "INVALID_DATA_ENCRYPT_CIPHERLEN_DECODEFAIL",
    why: "the cut leaves a last character with low bits set",
  },
  N062: {
    name: "INVALID_DATA_DECODE_USERNAME_DECODEFAIL",
    why: "what decodes to nothing is not canonical base64",
  },
  N136: { name: "DECRYPTION_FAILURE", why: "padding is required" },
  N137: { name: "DECRYPTION_FAILURE", why: "padding is required" },
  N138: { name: "DECRYPTION_FAILURE", why: "padding is required" },
};

/** Vectors that the C daemon refuses and this project accepts, and why. */
const ACCEPTED_HERE: Readonly<Record<string, string>> = {
  N069: "times from 2038 on: docs/spec/wire.md 14",
  N097: "an IPv6 address in the message is our extension",
};

function receive(vector: NegativeVector | QuirkVector): SpaResult<OpenedPacket> {
  const overHttp = vector.server.fwknopd_conf["ENABLE_SPA_OVER_HTTP"] === "Y";
  const http = overHttp ? { anyUserAgent: false, forwardedFor: false } : undefined;
  const screened = screenPacket(vectorPayload(vector), { http });
  return screened.ok ? openPacket(screened.value.text, toPacketOptions(vector.server)) : screened;
}

function toMessage(fields: VectorFields): SpaMessage {
  const type = fields.message_type as SpaMessage["type"];
  return {
    randomValue: fields.random_value,
    username: fields.username,
    timestamp: fields.timestamp,
    version: fields.version,
    type,
    message: fields.message,
    ...(fields.nat_access === null ? {} : { natAccess: fields.nat_access }),
    ...(fields.server_auth === null ? {} : { serverAuth: fields.server_auth }),
    ...([3, 4, 6].includes(type) ? { clientTimeout: fields.client_timeout } : {}),
  };
}

function assertDecodes(result: SpaResult<OpenedPacket>, fields: VectorFields): void {
  assert(result.ok, `refused: ${JSON.stringify(result)}`);
  const { value } = result;
  assertEquals(value.message, toMessage(fields));
  assertEquals(DIGESTS[value.digestName].id, fields.digest_type);
  assertEquals(value.digest, fields.digest);
  assertEquals(value.encodedData, fields.encoded_data);
  assertEquals(value.mac ?? null, fields.hmac);
  assert(parseRequest(value.message).ok);
}

function assertReEncodes(vector: PositiveVector): void {
  const sealed = sealPacket(toMessage(vector.decoded), {
    ...toPacketOptions(vector.input),
    digestName: vector.input.digest_type,
    salt: hexBytes(vector.salt_hex),
    commandStanza: vector.requires_command_stanza ?? false,
  });
  assert(sealed.ok, `not sealed: ${JSON.stringify(sealed)}`);
  assertEquals(sealed.value.packetText, vector.packet);
  assertEquals(sealed.value.mac ?? null, vector.decoded.hmac);
  assertEquals(sealed.value.digest, vector.decoded.digest);
}

const vectors = readVectors();

for (const vector of vectors.positive) {
  Deno.test(`${vector.id} decodes and re-encodes byte for byte: ${vector.note}`, () => {
    const { input, decoded } = vector;
    const screened = screenPacket(vectorPayload(vector));
    assert(screened.ok);
    const allowLong = vector.requires_command_stanza ?? false;
    assertDecodes(
      openPacket(screened.value.text, { ...toPacketOptions(input), allowLong }),
      decoded,
    );
    assertReEncodes(vector);
    assertEquals(ENCRYPTION_MODES[input.encryption_mode].id, decoded.encryption_mode);

    const key = hexBytes(input.encryption_key.bytes_hex);
    const derived = deriveKey(key, hexBytes(vector.salt_hex), input.encryption_mode);
    assertEquals(derived.key, hexBytes(vector.aes_key_hex));
    assertEquals(derived.iv, hexBytes(vector.aes_iv_hex));
  });
}

for (const vector of vectors.positive.filter((item) => item.requires_command_stanza)) {
  Deno.test(`${vector.id} is neither sent to nor accepted by a stanza without commands`, () => {
    const options = toPacketOptions(vector.input);
    const opened = openPacket(vector.packet, options);
    assert(!opened.ok);
    assertEquals(opened.error, "NO_ENCRYPTION_TYPE_MATCH");
    const sealed = sealPacket(toMessage(vector.decoded), {
      ...options,
      digestName: vector.input.digest_type,
      salt: hexBytes(vector.salt_hex),
    });
    assert(!sealed.ok);
    assertEquals(sealed.error, "INVALID_DATA_ENCRYPT_TYPE_UNKNOWN");
  });
}

for (const vector of vectors.positive.filter((item) => item.http_request !== undefined)) {
  Deno.test(`${vector.id} decodes from the C client's HTTP request`, () => {
    const request = encodeHttpRequest(vector.packet, { host: vector.input.destination });
    assertEquals(request, vector.http_request);
    const http = { anyUserAgent: false, forwardedFor: false };
    const screened = screenPacket(textBytes(request), { http });
    assertEquals(screened, { ok: true, value: { text: vector.packet } });
  });
}

for (const vector of vectors.negative) {
  const { layer } = vector.error;
  const acceptedBecause = layer === "policy"
    ? "the codec does not check policy"
    : ACCEPTED_HERE[vector.id];
  if (acceptedBecause !== undefined) {
    Deno.test(`${vector.id} decodes (${acceptedBecause}): ${vector.note}`, () => {
      assert(receive(vector).ok);
    });
    continue;
  }
  Deno.test(`${vector.id} is refused: ${vector.note}`, () => {
    const theirs = vector.error.name.replace(/^FKO_ERROR_/, "") as SpaErrorName;
    const earlier = EARLIER_CHECKS[vector.id];
    const result = receive(vector);
    assert(!result.ok);
    assertEquals(result.error, earlier?.name ?? theirs, earlier?.why);
    assertEquals(SPA_ERRORS[theirs].code ?? null, vector.error.code);
    assert(vector.error.log.includes(SPA_ERRORS[theirs].text), vector.error.log);
  });
}

for (const vector of vectors.reference_quirks) {
  const verb = vector.recommendation === "accept" ? "is taken" : "is refused";
  Deno.test(`${vector.id} ${verb}: ${vector.note} (${vector.reason})`, () => {
    const result = receive(vector);
    assertEquals(result.ok, vector.recommendation === "accept", JSON.stringify(result));
    if (result.ok) assertDecodes(result, vector.decoded);
  });
}

Deno.test("every vector is tested", () => {
  const { positive, negative, reference_quirks } = vectors;
  assertEquals([positive.length, negative.length, reference_quirks.length], [134, 143, 31]);
});

Deno.test("the worked example of the specification is reproduced digit by digit", () => {
  const [example] = vectors.positive;
  assert(example !== undefined);
  const sealed = sealPacket(toMessage(example.decoded), {
    ...toPacketOptions(example.input),
    digestName: "sha256",
    salt: hexBytes("5864c20b718f53e0"),
  });
  assert(sealed.ok);
  const { fullText, packetText } = sealed.value;
  assertEquals(fullText.length, 171);
  assertEquals(packetText.length, 204);
  assertEquals(fullText.slice(0, 10), encodeBase64(textBytes("Salted__")).slice(0, 10));
  assertEquals(packetReplayDigest(packetText), "KrMv1p2RzHWvGTxV+3GSeNiE+ZKHzuv0kQ9fOpP4R0k");
});
