import { findKey } from "../../../lib/client/key_file.ts";
import { assertEquals } from "../../assert.ts";

/** The key of `host` as text. */
function find(text: string, destination = "host"): string | undefined {
  const key = findKey(new TextEncoder().encode(text), destination);
  return key === undefined ? undefined : new TextDecoder().decode(key);
}

Deno.test("a key file has lines of destination:key, and the last match wins", () => {
  assertEquals(find("other: a\nhost: b\nhost:c\nlast:d"), "c");
  assertEquals(find("host:b"), "b");
  assertEquals(find("hos:b\nhost.x:c\n"), undefined);
});

Deno.test("blanks, tabs and equals signs are skipped before the name and after the colon", () => {
  assertEquals(find(" \t=host: =\tkey"), "key");
  assertEquals(find("host :key"), undefined);
});

Deno.test("comments and empty lines are skipped", () => {
  assertEquals(find("#host:a\n;host:b\n\nhost:c\n#"), "c");
});

Deno.test("the key is the rest of the line, with trailing blanks and colons", () => {
  assertEquals(find("host:a b:c \r\n"), "a b:c \r");
});

Deno.test("the key is the bytes of the line, in whatever encoding", () => {
  const file = Uint8Array.from([...new TextEncoder().encode("host:"), 0xff, 0xe9, 0x0a]);
  assertEquals(findKey(file, "host"), Uint8Array.from([0xff, 0xe9]));
});
