import fc from "property-testing";
import {
  formatClientStanza,
  formatServerStanza,
  invitationTerms,
} from "../../../lib/client/invitation.ts";
import {
  isOfferedName,
  type OfferedStanza,
  readOffer,
  withStanza,
} from "../../../lib/client/offered_stanza.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { FWKNOPRC_VARIABLES } from "../../../lib/config/client_rows.ts";
import { parseFwknoprc, readStanza } from "../../../lib/config/fwknoprc.ts";
import { GivenOptions } from "../../../lib/config/option.ts";
import { generateKeys } from "../../../lib/crypto/key_generation.ts";
import { formatPosition } from "../../../lib/errors/position.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";

const KEYS = "KEY_BASE64 QUFBQQ==\nHMAC_KEY_BASE64 QkJCQg==\n";
const GOOD = `[gate]\nACCESS tcp/22\nSPA_SERVER gate.example\n${KEYS}`;

function offer(text: string): OfferedStanza | Problem {
  return readOffer(parseFwknoprc(text, "f"));
}

/** Position, text and hint of the problem. */
function refusal(text: string): string {
  const read = offer(text);
  if (!(read instanceof Problem)) return "taken";
  const { position, hint } = read.facts;
  return `${position === undefined ? "" : formatPosition(position)} ${read.text} | ${hint}`;
}

Deno.test("whatever invite can write for a client is taken as it is", () => {
  const option = (name: string, ...values: string[]) =>
    fc.option(fc.constantFrom(...values)).map((value) => value === null ? [] : [{ name, value }]);
  const given = fc.tuple(
    fc.constantFrom("gate.example", "192.0.2.7", "2001:db8::7")
      .map((value) => [{ name: "server", value }]),
    fc.constantFrom("tcp/22", "tcp/22,udp/53", "udp/1194")
      .map((value) => [{ name: "access", value }]),
    option("allow-ip", "source", "resolve", "192.0.2.44", "2001:db8::44"),
    option("server-port", "1", "65535"),
    option("server-proto", "tcp", "http", "udp"),
    option("hmac-digest-type", "sha512", "md5", "sha3_256"),
  );
  fc.assert(fc.property(given, (groups) => {
    const terms = invitationTerms("alice", new GivenOptions(groups.flat()));
    assert(!(terms instanceof Problem), JSON.stringify(terms));
    const keys = generateKeys();
    const text = formatClientStanza(terms, keys);
    const read = offer(`# For the client\n\n${text}`);
    assert(!(read instanceof Problem), refusal(text));
    assertEquals([read.name, read.server], [terms.client.server, terms.client.server]);
    const lines = text.split("\n").slice(1, -1).map((line) => line.split(/ +/));
    assertEquals(read.settings.map(({ name, value }) => [name, value]), lines);
    assertMatch(
      refusal(formatServerStanza(terms, keys, new Date())),
      /server's stanza, which stays/,
    );
  }));
});

const BAD: readonly (readonly [text: string, refusal: RegExp])[] = [
  ["", /^f:1:1 there is no stanza \| FILE is what fwknop invite/],
  ["# nothing\n", /^f:1:1 there is no stanza/],
  ["SOURCE ANY\n" + GOOD, /^f:1:1 this line stands before .* server's stanza, which stays/],
  [KEYS, /^f:1:1 this line stands before the \[name\]/],
  ["-----BEGIN KEY-----\n", /^f:1:1 this line stands before/],
  [`${GOOD}\n[other]\n`, /^f:7:1 a second stanza begins here/],
  [GOOD.replace("[gate]", "[default]"), /^f:1:1 'default' cannot be the name/],
  [GOOD.replace("[gate]", "[a b]"), /^f:1:1 'a b' cannot be the name/],
  [GOOD.replace("[gate]", "[$(id)]"), /^f:1:1 '\$\(id\)' cannot be the name/],
  [GOOD.replace("[gate]", "[-x]"), /^f:1:1 '-x' cannot be the name/],
  [GOOD.replace("[gate]", "[a\u001b[2Jb]"), /^f:1:1 'a\\x1b\[2J?b?' cannot be the name|^f:1:1 /],
  [`${GOOD}KEY_COMMAND rm -rf /\n`, /^f:6:1 a stanza of another person may not set KEY_COMMAND/],
  [`${GOOD}KEY_FILE /etc/passwd\n`, /^f:6:1 a stanza of another person may not set KEY_FILE/],
  [`${GOOD}ACCES tcp/22\n`, /^f:6:1 .*ACCES.* \| did you mean ACCESS\?/],
  [`${GOOD}ACCESS tcp/23\n`, /^f:6:1 ACCESS is set twice/],
  [`${GOOD}word\n`, /^f:6:\d+ /],
  [GOOD.replace("tcp/22", "tcp/22 x"), /^f:2:15 .*what follows has no effect/],
  [GOOD.replace("tcp/22", "ssh"), /^f:2:8 /],
  [GOOD.replace("gate.example", "gate_1"), /^f:3:12 SPA_SERVER 'gate_1' is not a host name/],
  [GOOD.replace("gate.example", "$(id)"), /^f:3:12 /],
  [GOOD.replace("QUFBQQ==", "Q$Q"), /^f:4:12 /],
  [GOOD.replace(/ACCESS.*\n/, ""), /^f:1:1 the stanza has no ACCESS/],
  [GOOD.replace(/SPA_SERVER.*\n/, ""), /^f:1:1 the stanza has no SPA_SERVER/],
  [GOOD.replace(/^KEY_.*\n/m, ""), /^f:1:1 the stanza has no KEY_BASE64/],
];

Deno.test("a file that is no invitation is refused, with the place and what is wrong", () => {
  assertEquals(refusal(GOOD), "taken");
  for (const [text, expected] of BAD) assertMatch(refusal(text), expected);
});

Deno.test("no refusal shows a key", () => {
  for (const [text] of BAD) assert(!/QUFBQQ|QkJCQg/.test(refusal(text)), text);
});

Deno.test("a stanza of another person sets only what opens the port: no program, no file, no other address service", () => {
  for (const { variable } of FWKNOPRC_VARIABLES) {
    const harmless =
      /^(ACCESS|ALLOW_IP|SPA_SERVER(_PORT|_PROTO)?|USE_HMAC|HMAC_DIGEST_TYPE|(HMAC_)?KEY_BASE64)$/;
    const text = `${GOOD.replaceAll(new RegExp(`^${variable} .*\n`, "gm"), "")}${variable} x\n`;
    if (!harmless.test(variable)) assert(refusal(text) !== "taken", variable);
  }
});

Deno.test("no text makes the reader throw, and what it takes has a safe name and the needed settings", () => {
  const part = fc.constantFrom(
    ...[
      "[gate]",
      "[",
      "]",
      "\n",
      "\r\n",
      " ",
      "ACCESS tcp/22",
      "SPA_SERVER gate",
      "KEY_BASE64 QUFBQQ==",
      "#",
      "KEY x",
      "\0",
      "é",
    ],
  );
  fc.assert(fc.property(fc.array(fc.oneof(part, fc.string())), (parts) => {
    const read = offer(parts.join(""));
    if (read instanceof Problem) return;
    assert(isOfferedName(read.name));
    assert(
      ["ACCESS", "SPA_SERVER", "KEY_BASE64"].every((name) =>
        read.settings.some((setting) => setting.name === name)
      ),
    );
  }));
});

Deno.test("every byte of the rc file stays, and the new stanza is read back from its end", () => {
  const line = fc.constantFrom(
    ..."[home]|[default]|# a comment|;|SPA_SERVER a|KEY_BASE64 QUE=||   |\u00e9".split("|"),
  );
  const lines = fc.tuple(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean())
    .map(([all, end, isEnded]) => new TextEncoder().encode(all.join(end) + (isEnded ? end : "")));
  fc.assert(fc.property(fc.oneof(lines, fc.uint8Array()), (before) => {
    const read = offer(GOOD);
    if (read instanceof Problem) throw new Error(read.text);
    const after = withStanza(before, "new", read.settings);
    assertEquals(after.subarray(0, before.length), before);
    const text = new TextDecoder("latin1").decode(after);
    const rc = parseFwknoprc(text, "f");
    const own = readStanza(rc, "new").entries.slice(-read.settings.length);
    assertEquals(own.map(({ name, value }) => ({ name, value })), [...read.settings]);
    const added = text.slice(before.length);
    const usesCarriage = /^[^\n]*\r\n/.test(text.slice(0, before.length));
    if (before.length > 0) assertEquals(/\r\n/.test(added), usesCarriage);
    if (usesCarriage) assert(!/[^\r]\n/.test(added));
  }));
});
