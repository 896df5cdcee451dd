import { findSshSession, parseSshConnection } from "../../../lib/setup/session.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("the session's ends are read from SSH_CONNECTION", () => {
  const ends = (text: string) => {
    const { client, server, port } = parseSshConnection(text) ?? {};
    return [client?.text, server?.text, port];
  };
  assertEquals(ends("198.51.100.44 50000 198.51.100.7 2222"), [
    "198.51.100.44",
    "198.51.100.7",
    2222,
  ]);
  assertEquals(ends("fe80::1%eth0 50000 fe80::7%eth0 22"), ["fe80::1", "fe80::7", 22]);
  for (const text of ["", "a b c d", "198.51.100.44 50000 198.51.100.7", "1.2.3.4 5 1.2.3.4 0"]) {
    assertEquals(parseSshConnection(text), undefined, text);
  }
});

Deno.test("the variable of this process comes first", () => {
  assertEquals(findSshSession("198.51.100.44 1 198.51.100.7 22")?.port, 22);
  assertEquals(findSshSession("nonsense"), undefined);
});
