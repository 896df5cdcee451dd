/** Checks each kind: it reads the text that it writes, and writes a read value in one form. */
import fc from "property-testing";
import { type KindName, kindOf, KINDS, type Reading } from "../../../lib/config/client_kinds.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";
import { assert, assertEquals } from "../../assert.ts";

const READING: Reading = {
  dialect: "native",
  range: [0, 65535],
  yes: 10,
  variable: "NAME",
  encode: textBytes,
};

const WORD = fc.stringMatching(/^[!-~]+$/);
const SWITCH = fc.constantFrom("Y", "y", "N", "n");
const NUMBER = fc.oneof(fc.nat(65535).map(String), fc.nat(9).map((digit) => `00${digit}`));
const TIME = fc.tuple(
  fc.nat(65536),
  fc.constantFrom("", "s", "m", "h", "d", "min", "hours", "Days"),
).map((parts) => parts.join(""));

function inAnyCase(...words: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...words), fc.boolean())
    .map(([word, isUpper]) => isUpper ? word.toUpperCase() : word);
}

/** Texts that a kind accepts. */
const TEXTS: Readonly<Record<KindName, fc.Arbitrary<string>>> = {
  text: WORD,
  command: fc.array(WORD, { minLength: 1 }).map((words) => words.join(" ")),
  // Of several trailing slashes one is dropped, as in the C client.
  folder: fc.stringMatching(/^(\/[!-.0-~]+)+\/?$/),
  switch: SWITCH,
  "contrary switch": SWITCH,
  port: NUMBER,
  number: NUMBER,
  seconds: NUMBER,
  bytes: NUMBER,
  descriptor: NUMBER,
  verbosity: fc.oneof(SWITCH, NUMBER),
  wait: fc.oneof(SWITCH, NUMBER),
  digest: inAnyCase("md5", "sha256", "sha3_512"),
  "hmac digest": inAnyCase("sha1", "sha384", "sha512"),
  transport: inAnyCase("udp", "tcp", "http", "udpraw", "tcpraw", "icmp"),
  mode: inAnyCase("cbc", "ecb", "cfb", "ofb", "ctr", "legacy", "asymmetric"),
  "time offset": fc.tuple(fc.constantFrom("", "-"), TIME).map((parts) => parts.join("")),
  "time ahead": TIME,
  "time back": TIME,
  allow: fc.oneof(fc.ipV4(), fc.ipV6(), inAnyCase("source", "resolve")),
  "allow address": WORD,
  "key text": WORD,
  "key base64": fc.uint8Array({ minLength: 1, maxLength: 128 }).map(encodeBase64),
  "key file": WORD,
};

/** The largest number of a time. With a unit it may stand for more seconds, which are not written in that form. */
const LONGEST_TIME = 65536;

Deno.test("every kind reads the text that it writes, and writes the same text again", () => {
  assertEquals(Object.keys(TEXTS).sort(), Object.keys(KINDS).sort());
  for (const [name, texts] of Object.entries(TEXTS)) {
    const kind = kindOf(name as KindName);
    fc.assert(fc.property(texts, fc.constantFrom("native", "c"), (text, dialect) => {
      const yes = name === "verbosity" ? 1 : READING.yes;
      const reading: Reading = { ...READING, yes, dialect: dialect as Reading["dialect"] };
      const value = kind.parse(text, reading);
      if (value === undefined) return;
      if (name.startsWith("time") && Math.abs(Number(value)) > LONGEST_TIME) return;
      const written = kind.format(value, READING.variable);
      assert(written !== undefined, `${name}: ${text}`);
      // A key remembers its written text, which is in one form already.
      const again = kind.parse(written, reading);
      assertEquals(again, value, `${name}: ${text} is written ${written}`);
      assertEquals(kind.format(again, READING.variable), written, name);
    }));
  }
});

Deno.test("no text makes a kind throw, and a refused text is either ignored or explained", () => {
  for (const name of Object.keys(KINDS)) {
    const kind = kindOf(name as KindName);
    fc.assert(fc.property(fc.string(), fc.constantFrom("native", "c"), (text, dialect) => {
      const reading: Reading = { ...READING, dialect: dialect as Reading["dialect"] };
      if (kind.parse(text, reading) !== undefined) return;
      assert((kind.ignored ?? kind.advice?.(reading.range) ?? "") !== "", name);
    }));
  }
});

Deno.test("a key is not written under the name of another variable", () => {
  const key = kindOf("key text").parse("word", READING);
  assertEquals(kindOf("key text").format(key, "OTHER"), undefined);
});
