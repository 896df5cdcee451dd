import { parseTcpTable, peerKey } from "../../../../lib/firewall/netfilter/connections.ts";
import { assertEquals } from "../../../assert.ts";

const TABLE = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
  "   1: 076433C6:0016 2C6433C6:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1",
  "   2: 076433C6:0016 2C6433C6:C351 03 00000000:00000000 00:00000000 00000000     0        0 2 1",
  "   3: 0000000000000000FFFF0000076433C6:0016 0000000000000000FFFF00002C6433C6:C352 08 0 0 0 0 0 0",
  "   4: B80D0120000000000000000007000000:0016 B80D0120000000000000000044000000:C353 06 0 0 0 0 0 0",
  "   5: 076433C6:0016 junk 01",
].join("\n");

Deno.test("connections are read from the kernel's list, mapped addresses as IPv4", () => {
  assertEquals(
    parseTcpTable(TABLE).map((
      it,
    ) => [it.state, it.remote.address.text, it.remote.port, it.local.port]),
    [
      ["listening", "0.0.0.0", 0, 22],
      ["open", "198.51.100.44", 50000, 22],
      ["other", "198.51.100.44", 50001, 22],
      ["open", "198.51.100.44", 50002, 22],
      ["open", "2001:db8::44", 50003, 22],
    ],
  );
});

Deno.test("two connections of a host are two", () => {
  const keys = parseTcpTable(TABLE).map(peerKey);
  assertEquals(new Set(keys).size, keys.length);
});
