import { assertEquals } from "../../assert.ts";
import { messageReplayDigest, packetReplayDigest } from "../../../lib/spa/replay_digest.ts";

Deno.test("replay digests are SHA-256 in 43 characters of base64", () => {
  assertEquals(packetReplayDigest("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
  assertEquals(messageReplayDigest("1:2").length, 43);
});
