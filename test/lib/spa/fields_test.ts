import { assert, assertEquals, assertThrows } from "../../assert.ts";
import fc from "property-testing";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { digest } from "../../../lib/crypto/digest.ts";
import type { SpaErrorName } from "../../../lib/spa/error.ts";
import { encodeFields } from "../../../lib/spa/encode_fields.ts";
import { decodeFields, encodePlaintext } from "../../../lib/spa/fields.ts";
import type { MessageType, SpaMessage } from "../../../lib/spa/message.ts";
import { digestName, spaMessage } from "../../support/arbitrary.ts";

const MESSAGE: SpaMessage = {
  randomValue: "1234567890123456",
  username: "alice",
  timestamp: 1_800_000_000,
  version: "3.0.0",
  type: 1,
  message: "192.0.2.44,tcp/22",
};

function encodeError(changes: Partial<SpaMessage>): SpaErrorName | "encoded" {
  const result = encodeFields({ ...MESSAGE, ...changes });
  return result.ok ? "encoded" : result.error;
}

/** Decodes a fields text with its digest appended. */
function decode(fields: string) {
  return decodeFields(textBytes(`${fields}:${encodeBase64(digest("md5", textBytes(fields)))}`));
}

function decodeError(fields: string): SpaErrorName | "decoded" {
  const result = decode(fields);
  return result.ok ? "decoded" : result.error;
}

Deno.test("an encoded message decodes to itself, for every digest and type", () => {
  fc.assert(fc.property(spaMessage(150), digestName, (message, name) => {
    const encoded = encodePlaintext(message, name);
    assert(encoded.ok, JSON.stringify(encoded));
    const decoded = decodeFields(encoded.value.plaintext);
    assert(decoded.ok, JSON.stringify(decoded));
    const { digest, encodedData } = encoded.value;
    assertEquals(decoded.value, { message, digestName: name, digest, encodedData });
  }));
});

Deno.test("a message has one plaintext: a plaintext that decodes encodes to the same bytes", () => {
  const field = (good: string[], bad: string[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...bad));
  const encoded = (...texts: string[]) => texts.map((text) => encodeBase64(textBytes(text)));
  const parts = fc.tuple(
    field(["YWxpY2U", "YQ"], ["YR", "YQ==", "Y", ""]),
    field(["0", "1", "4294967295"], ["01", "4294967296", " 1", "1x", ""]),
    field(["3.0.0", "x"], ["123456789", ""]),
    field(["0", "1", "2", "3", "4", "5", "6"], ["7", "01", " 1", ""]),
    field(encoded("192.0.2.1,tcp/22", "192.0.2.1,tcp/00022,udp/1", "::1,tcp/22"), encoded("x")),
    fc.array(field(["MTAuMS4xLjUsODA", "30", "QUJD"], ["0", "030", "65537", "-1", ""]), {
      maxLength: 3,
    }),
  );
  let decodedCount = 0;
  fc.assert(
    fc.property(parts, (parts) => {
      const decoded = decode(["1234567890123456", ...parts.flat()].join(":"));
      if (!decoded.ok) return;
      decodedCount++;
      const encoded = encodeFields(decoded.value.message);
      assert(encoded.ok, JSON.stringify(encoded));
      assertEquals(encoded.value, decoded.value.encodedData);
    }),
    { numRuns: 1000 },
  );
  assert(decodedCount > 50, `only ${decodedCount} of the texts decoded`);
});

Deno.test("decodeFields accepts any bytes of any length without throwing", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => {
    assert(!decodeFields(bytes).ok);
  }));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123:aA=,/ "), maxLength: 200 }), (text) => {
      decode(text);
      decodeFields(textBytes(text));
    }),
  );
});

Deno.test("the encoder refuses user names with the C client's numbers", () => {
  assertEquals(encodeError({ username: "" }), "INVALID_DATA_USER_MISSING");
  assertEquals(encodeError({ username: "/alice" }), "INVALID_DATA_USER_FIRSTCHAR_VALIDFAIL");
  assertEquals(encodeError({ username: "\u00e9" }), "INVALID_DATA_USER_FIRSTCHAR_VALIDFAIL");
  assertEquals(encodeError({ username: "ali:ce" }), "INVALID_DATA_USER_REMCHAR_VALIDFAIL");
  assertEquals(encodeError({ username: "x".repeat(49) }), "INVALID_DATA_DECODE_USERNAME_TOOBIG");
  assertEquals(encodeError({ username: "x".repeat(48) }), "encoded");
  for (const character of '"/\\[]:;|=,+*?<>\t\x7f\0') {
    assertEquals(
      encodeError({ username: `a${character}` }),
      "INVALID_DATA_USER_REMCHAR_VALIDFAIL",
      character,
    );
  }
});

Deno.test("the encoder refuses messages with the C client's numbers", () => {
  const cases: [Partial<SpaMessage>, SpaErrorName][] = [
    [{ message: "" }, "INVALID_ALLOW_IP"],
    [{ message: ",tcp/22" }, "INVALID_ALLOW_IP"],
    [{ message: "300.1.1.1,tcp/22" }, "INVALID_ALLOW_IP"],
    [{ message: "010.1.1.1,tcp/22" }, "INVALID_ALLOW_IP"],
    [{ message: "host,tcp/22" }, "INVALID_ALLOW_IP"],
    [{ message: "1.2.3.4" }, "INVALID_SPA_ACCESS_MSG"],
    [{ message: "1.2.3.4," }, "INVALID_SPA_ACCESS_MSG"],
    [{ message: "1.2.3.4,TCP/22" }, "INVALID_SPA_ACCESS_MSG"],
    [{ message: "1.2.3.4,none/0" }, "INVALID_SPA_ACCESS_MSG"],
    [{ type: 0, message: ",id" }, "INVALID_SPA_COMMAND_MSG"],
    [{ type: 0, message: "1.2.3.4" }, "INVALID_SPA_COMMAND_MSG"],
    [{ type: 0, message: "1.2.3.4," }, "INVALID_SPA_COMMAND_MSG"],
    [{ type: 0, message: "1.2.3.4,a\0b" }, "INVALID_SPA_COMMAND_MSG"],
    [{ type: 0, message: `1.2.3.4,${"x".repeat(248)}` }, "DATA_TOO_LARGE"],
    [{ type: 0, message: `1.2.3.4,${"x".repeat(185)}` }, "INVALID_DATA_DECODE_MESSAGE_TOOBIG"],
    [{ type: 2, natAccess: "10.1.1.1,0" }, "INVALID_SPA_NAT_ACCESS_MSG"],
    [{ type: 2, natAccess: ",22" }, "INVALID_SPA_NAT_ACCESS_MSG"],
    [{ type: 2, natAccess: "10.1.1.1,22,23" }, "INVALID_SPA_NAT_ACCESS_MSG"],
    [{ type: 2, natAccess: `${"h".repeat(71)},22` }, "INVALID_SPA_NAT_ACCESS_MSG"],
    [{ type: 2, natAccess: `${"h".repeat(128)},22` }, "DATA_TOO_LARGE"],
    [{ serverAuth: "x".repeat(64) }, "DATA_TOO_LARGE"],
    [{ randomValue: "123456789012345" }, "INVALID_DATA_RAND_LEN_VALIDFAIL"],
    [{ randomValue: "123456789012345a" }, "INVALID_DATA_RAND_LEN_VALIDFAIL"],
    [{ timestamp: 4294967296 }, "INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL"],
    [{ timestamp: -1 }, "INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL"],
    [{ timestamp: 1.5 }, "INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL"],
    [{ version: "" }, "INVALID_DATA_DECODE_VERSION_MISSING"],
    [{ version: "123456789" }, "INVALID_DATA_DECODE_VERSION_TOOBIG"],
    [{ version: "3:0" }, "INVALID_DATA_DECODE_NON_ASCII"],
    [{ type: 3, clientTimeout: 65537 }, "INVALID_DATA_DECODE_TIMEOUT_DECODEFAIL"],
  ];
  for (const [changes, error] of cases) {
    assertEquals(encodeError(changes), error, JSON.stringify(changes));
  }
  assertEquals(encodeError({ type: 0, message: `1.2.3.4,${"x".repeat(184)}` }), "encoded");
  assertEquals(encodeError({ message: "2001:db8::1,tcp/22" }), "encoded");
  assertEquals(encodeError({ timestamp: 4294967295 }), "encoded");
});

Deno.test("fields that a type does not have are a programming error", () => {
  const wrong: Partial<SpaMessage>[] = [
    { natAccess: "10.1.1.1,22" },
    { type: 2 },
    { clientTimeout: 30 },
    { type: 3 },
    { type: 0, clientTimeout: 30, message: "1.2.3.4,id" },
    { serverAuth: "" },
  ];
  for (const changes of wrong) {
    assertThrows(() => encodeFields({ ...MESSAGE, ...changes }), TypeError);
  }
});

Deno.test("the first check that fails names the error, in the order of the fields", () => {
  const fields = (type: string, ...tail: string[]): string =>
    ["1234567890123456", "YQ", "1", "3.0.0", type, ...tail].join(":");
  const access = "MS4yLjMuNCx0Y3AvMjI";
  const nat = "MTAuMS4xLjUsODA";
  const cases: [string, SpaErrorName | "decoded"][] = [
    [fields("1", access), "decoded"],
    ["123456789012345:YQ:1:3.0.0:1:" + access, "INVALID_DATA_DECODE_RAND_MISSING"],
    ["12345678901234567:YQ:1:3.0.0:1:" + access, "INVALID_DATA_DECODE_RAND_MISSING"],
    [fields("1", ""), "INVALID_DATA_DECODE_MESSAGE_MISSING"],
    [fields("1", "A".repeat(257)), "INVALID_DATA_DECODE_MESSAGE_TOOBIG"],
    [fields("2", access, "A".repeat(257)), "INVALID_DATA_DECODE_NATACCESS_TOOBIG"],
    [fields("1", access, "A".repeat(257)), "INVALID_DATA_DECODE_SRVAUTH_MISSING"],
    [fields("4", access, nat, "A".repeat(253), "30"), "INVALID_DATA_DECODE_EXTRA_DECODEFAIL"],
    [fields("4", access, nat, "A".repeat(254), "30"), "INVALID_DATA_DECODE_SRVAUTH_MISSING"],
    [fields("4", access, nat, "QUJD", "30"), "decoded"],
    [fields("4", access, nat, "QUJE", "30", "30"), "INVALID_DATA_DECODE_WRONG_NUM_FIELDS"],
    [fields("9", "", ""), "INVALID_DATA_DECODE_MSGTYPE_DECODEFAIL"],
    [fields("3", access, "QUJE", ""), "INVALID_DATA_DECODE_TIMEOUT_MISSING"],
    [fields("3", access, "AA", "30"), "INVALID_DATA_DECODE_EXTRA_DECODEFAIL"],
    [fields("1", access, "6Q"), "INVALID_DATA_DECODE_SRVAUTH_DECODEFAIL"],
    [fields("0", "MS4yLjMuNCzp"), "INVALID_DATA_DECODE_MESSAGE_VALIDFAIL"],
    [fields("0", "MS4yLjMuNCzDqQ"), "decoded"],
  ];
  for (const [text, error] of cases) assertEquals(decodeError(text), error, text);
});

Deno.test("a plaintext has 36 to 1499 bytes", () => {
  const lengthError = (length: number) => {
    const result = decodeFields(new Uint8Array(length).fill(0x41));
    return result.ok || result.error;
  };
  assertEquals(lengthError(35), "INVALID_DATA_DECODE_MSGLEN_VALIDFAIL");
  assertEquals(lengthError(36), "INVALID_DATA_DECODE_LT_MIN_FIELDS");
  assertEquals(lengthError(1499), "INVALID_DATA_DECODE_LT_MIN_FIELDS");
  assertEquals(lengthError(1500), "INVALID_DATA_DECODE_MSGLEN_VALIDFAIL");
});

Deno.test("every message type has its number of fields and no more", () => {
  const nat = { natAccess: "10.1.1.5,80" };
  const timeout = { clientTimeout: 30 };
  const optional: Record<MessageType, Partial<SpaMessage>> = {
    0: {},
    1: {},
    2: nat,
    3: timeout,
    4: { ...nat, ...timeout },
    5: nat,
    6: { ...nat, ...timeout },
  };
  const counts = Object.entries(optional).map(([type, fields]) => {
    const result = encodeFields({
      ...MESSAGE,
      ...fields,
      type: Number(type) as MessageType,
      serverAuth: "auth",
    });
    assert(result.ok);
    assertEquals(decodeError(result.value), "decoded");
    assertEquals(decodeError(`${result.value}:30`), "INVALID_DATA_DECODE_WRONG_NUM_FIELDS");
    return result.value.split(":").length - 5;
  });
  assertEquals(counts, [2, 2, 3, 3, 4, 3, 4]);
});
