import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { type CycleValues, fillTemplate } from "../../../lib/command/cycle_template.ts";
import { CYCLE_VARIABLES } from "../../../lib/config/cycle_variables.ts";
import { addressFromBytes } from "../../../lib/net/address.ts";
import { anAddress } from "../../support/address.ts";

const VALUES: CycleValues = {
  address: anAddress("192.0.2.44"),
  packetSource: anAddress("203.0.113.9"),
  destination: anAddress("198.51.100.7"),
  service: { protocol: "tcp", port: 22 },
  seconds: 30,
  expires: 1_800_000_030,
};

Deno.test("every variable is replaced by its value", () => {
  const template = "x $IP $SRC $PKT_SRC $DST $PORT $PROTO $PROTO_NAME $TIMEOUT $CLIENT_TIMEOUT";
  assertEquals(fillTemplate(template, VALUES), [
    "x",
    "192.0.2.44",
    "192.0.2.44",
    "203.0.113.9",
    "198.51.100.7",
    "22",
    "6",
    "tcp",
    "1800000030",
    "30",
  ]);
});

Deno.test("variables may touch each other and other text", () => {
  const [, , , , member] = fillTemplate("ipset -exist add set $SRC,$PROTO:$PORT", VALUES);
  assertEquals(member, "192.0.2.44,6:22");
  assertEquals(fillTemplate("$PORTS$SRC$$DST x$", VALUES), ["22S192.0.2.44198.51.100.7", "x"]);
});

Deno.test("a dollar that begins no variable is removed, as in the C daemon", () => {
  assertEquals(fillTemplate("echo $HOME ${PORT} $port", VALUES), [
    "echo",
    "HOME",
    "{PORT}",
    "port",
  ]);
});

/** Values of the right types that no checked packet can hold. */
const hostile: fc.Arbitrary<CycleValues> = fc.record({
  address: fc.string({ unit: "binary" }).map((text) => ({ ...VALUES.address, text })),
  packetSource: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressFromBytes),
  destination: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressFromBytes),
  service: fc.record({
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    port: fc.integer({ min: 1, max: 65535 }),
  }),
  seconds: fc.nat(),
  expires: fc.nat(),
});

const template = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...CYCLE_VARIABLES.map((name) => `$${name}`),
      "$",
      " ",
      "\t",
      "-x",
      ";",
      "'",
      '"',
    ),
    fc.string(),
  ),
).map((parts) => parts.join(""));

Deno.test("for any values, the number of arguments is the number of words in the template", () => {
  fc.assert(fc.property(template, hostile, (text, values) => {
    const words = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
    assertEquals(fillTemplate(text, values).length, words.length);
  }));
});

Deno.test("a value that looks like a variable, an option or shell code stays one plain argument", () => {
  for (const text of ["$PORT", "-j ACCEPT", "`id`", "a\nb", "$(id)", "", "--", "x;y"]) {
    const values = { ...VALUES, address: { ...VALUES.address, text } };
    assertEquals(fillTemplate("cmd allow $SRC end", values), ["cmd", "allow", text, "end"]);
  }
});

Deno.test("words without a dollar are unchanged", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const plain = text.replaceAll("$", "");
    assert(fillTemplate(plain, VALUES).every((word) => plain.includes(word)));
  }));
});
