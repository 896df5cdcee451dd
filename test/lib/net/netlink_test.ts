import { netlinkAttributes, netlinkMessages, netlinkText } from "../../../lib/net/netlink.ts";
import { assertEquals } from "../../assert.ts";

/** A message with a body of 5 bytes, padded to 24. */
const MESSAGE = [21, 0, 0, 0, 7, 1, ...Array(10).fill(0), 1, 2, 3, 4, 5, 0, 0, 0];

const messages = (bytes: readonly number[]) =>
  [...netlinkMessages(new Uint8Array(bytes))].map(({ type, body }) => [type, [...body]]);
const attributes = (bytes: readonly number[]) =>
  [...netlinkAttributes(new Uint8Array(bytes))].map(({ type, value }) => [type, [...value]]);

Deno.test("messages are read in order, each from a multiple of four", () => {
  const one = [0x107, [1, 2, 3, 4, 5]];
  assertEquals(messages([...MESSAGE, ...MESSAGE]), [one, one]);
  assertEquals(messages([...MESSAGE, ...MESSAGE.slice(0, 20)]), [one], "the second is cut off");
  assertEquals(messages([15, ...MESSAGE.slice(1)]), [], "shorter than a header");
  assertEquals(messages([]), []);
});

Deno.test("attributes are read without the flags of their type", () => {
  const one = [5, 0, 3, 0xc0, 9, 0, 0, 0];
  assertEquals(attributes([...one, ...one]), [[3, [9]], [3, [9]]]);
  assertEquals(attributes([...one, 9, 0, 3, 0]), [[3, [9]]], "the second is cut off");
  assertEquals(attributes([3, 0, 3, 0]), [], "shorter than a header");
});

Deno.test("a text ends at its first zero byte, or with its attribute", () => {
  assertEquals(netlinkText(new Uint8Array([97, 98, 0, 99])), "ab");
  assertEquals(netlinkText(new Uint8Array([97, 98])), "ab");
});
