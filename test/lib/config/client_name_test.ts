import fc from "property-testing";
import { assertEquals } from "../../assert.ts";
import { isClientName, misfitOf } from "../../../lib/config/client_name.ts";

Deno.test("a name has 1 to 32 of the allowed characters, and the first other one is found", () => {
  for (const name of ["a", "alice@laptop", "A.b_c-9", "-", "x".repeat(32)]) {
    assertEquals([isClientName(name), misfitOf(name)], [true, undefined], name);
  }
  const bad = [["al ice", 2], ["älice", 0], ["a\n", 1], ["x".repeat(33), 32], ["a#", 1]] as const;
  for (const [name, at] of bad) assertEquals([isClientName(name), misfitOf(name)], [false, at]);
  assertEquals(isClientName(""), false);
});

Deno.test("a text is a name exactly if a plain pattern takes it", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aZ09._-@ \n;#é/\\\"'"), maxLength: 40 });
  fc.assert(
    fc.property(text, (name) => assertEquals(isClientName(name), /^[\w.@-]{1,32}$/.test(name))),
  );
});
