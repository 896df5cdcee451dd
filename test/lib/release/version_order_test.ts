import fc from "property-testing";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { compareVersions, isVersion } from "../../../lib/release/version_order.ts";

/** In their order: the example of Semantic Versioning, section 11, without words that have a hyphen. */
const ORDERED = [
  "0.9.10",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0-rc.2",
  "1.0.0",
  "1.0.1-rc.1",
  "1.0.1",
  "1.2.0",
  "1.10.0",
  "2.0.0",
];

Deno.test("versions are in the order of Semantic Versioning", () => {
  for (const [i, one] of ORDERED.entries()) {
    for (const [j, two] of ORDERED.entries()) {
      assertEquals(Math.sign(compareVersions(one, two)), Math.sign(i - j), `${one} ${two}`);
    }
  }
});

Deno.test("a text that is not a version has no place in the order", () => {
  for (
    const text of ["", "1", "1.0", "v1.0.0", "1.0.0-", "01.0.0", "1.0.0-01", "1.0.0+1", "1.0.0-a-b"]
  ) {
    assert(!isVersion(text), text);
    assertThrows(() => compareVersions(text, "1.0.0"), /Not a version/);
  }
});

const version = fc.tuple(
  fc.nat(20),
  fc.nat(20),
  fc.nat(20),
  fc.array(fc.constantFrom("alpha", "rc", "1", "2", "10", "0", "a1"), { maxLength: 3 }),
).map(([a, b, c, words]) => `${a}.${b}.${c}${words.length === 0 ? "" : `-${words.join(".")}`}`);

Deno.test("the order is total: what comes before does not come after, and it carries over", () => {
  fc.assert(fc.property(version, version, version, (a, b, c) => {
    assert(isVersion(a));
    assertEquals(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
    assertEquals(compareVersions(a, b) === 0, a === b);
    if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
      assert(compareVersions(a, c) <= 0);
    }
  }));
});
