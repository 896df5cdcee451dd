/**
 * `knock --wait` against a server that opens, that closes, that has other keys and another time: what the client
 * reports.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { readClock } from "../../lib/client/local_clock.ts";
import { CLIENT_ADDRESS, FirstKnock, SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

const SHIFTED = new URL("../support/shifted_clock.ts", import.meta.url).pathname;

/** A knock from a client whose clock is late. */
function knockLate(stage: FirstKnock, seconds: number) {
  return stage.client.run(
    ...[Deno.execPath(), "run", "--quiet", "--cached-only", "--allow-all", SHIFTED],
    ...[String(seconds), "knock", "--rc-file", `${stage.options.folder}/fwknoprc`, "-n", "server"],
    ...["--wait-time", "1"],
  );
}

namespaceTest(
  "knock --wait reports an open port, a wrong key, a wrong clock, a very old clock and a stopped service, each with its exit status",
  { programs: ["iptables", "iptables-save"] },
  (lab) =>
    withFolder(async (folder) => {
      const stage = await FirstKnock.build({
        lab,
        folder,
        program: SOURCE_PROGRAM,
        accessTimeout: 3,
      });
      const daemon = await stage.serve();

      const wrongKey = await stage.knock("--key-rijndael", "wrong", "--wait-time", "1");
      assertEquals([wrongKey.code, wrongKey.stdout], [3, ""]);
      assertMatch(wrongKey.stderr, /^fwknop: tcp\/22 at 198\.51\.100\.7 did not answer for 1 s\n/);
      assertMatch(wrongKey.stderr, /the keys: one of the two is not the server's\n {5}compare: /);
      assertMatch(wrongKey.stderr, /fwknop explain knock\.pcap\n$/);

      // The client cannot distinguish this case.
      const hourLate = await knockLate(stage, 3600);
      assertEquals(hourLate.code, 3);
      const shown = new Date(Date.now() - 3600_000).toISOString().slice(0, 13).replace("T", " ");
      // Where a time server sets the clock, the client does not doubt the clock.
      const told = hourLate.stderr.includes(`the clock: this machine's shows ${shown}`);
      assertEquals(told, readClock().isKept !== true, hourLate.stderr);

      const yearsLate = await knockLate(stage, 20 * 365 * 86400);
      assertEquals(yearsLate.code, 6);
      assertMatch(yearsLate.stderr, /1\. the clock is wrong: the packet says 20/);

      const shifted = await stage.knock("--time-offset-minus", "1h", "--wait-time", "1");
      assertEquals(shifted.code, 3);
      assertMatch(shifted.stderr, /1\. the clock: the time stamp was shifted by -3600 s/);

      const other = await stage.knock("-a", "192.168.7.7", "--wait-time", "1");
      assertMatch(other.stderr, /1\. the address: .* admit 192\.168\.7\.7, which it never sees/);
      await daemon.line(/Added access rule to FWKNOP_INPUT for 192\.168\.7\.7/);

      const open = await stage.knock("--wait");
      assertEquals([open.code, open.stderr], [0, ""]);
      assertMatch(open.stdout, /^tcp\/22 at 198\.51\.100\.7 open after \d+ ms\n$/);
      await daemon.line(new RegExp(`Added .* for ${CLIENT_ADDRESS}`));

      const from = daemon.lines.length;
      const again = await stage.knock("--wait");
      assertEquals([again.code, again.stdout], [7, ""]);
      assertMatch(again.stderr, /was open before the knock/);

      // The later one of the two grants.
      const renewal = new RegExp(`(?:Added|Rule already) .* for ${CLIENT_ADDRESS}`);
      const added = await daemon.line(renewal, { from });
      const ends = /expires at (\d+)/.exec(added)?.[1];
      await daemon.line(new RegExp(`Removed rule .* of ${ends}$`), { from, seconds: 20 });
      await stage.service.stop();
      const refused = await stage.knock("--wait-time", "1");
      assertEquals(refused.code, 4);
      assertMatch(
        refused.stderr,
        /refuses connections\n {2}the firewall admits you now, but no program listens on port 22/,
      );
      await daemon.stop();
    }),
);

namespaceTest(
  "knock --wait has a separate exit status for an unreachable address, whether the packet left or not",
  { programs: ["iptables"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const reject = ["-j", "REJECT", "--reject-with", "icmp-host-unreachable"];
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", ...reject);
    const words = ["-s", "-A", "tcp/22", "--key-rijndael", "x", "--wait-time", "1", "-D"];
    const knock = [...SOURCE_PROGRAM, "knock", "--no-rc-file", ...words];
    const unreachable = await host.run(...knock, "127.0.0.1");
    assertEquals(unreachable.code, 5);
    assertMatch(unreachable.stderr, /^fwknop: tcp\/22 at 127\.0\.0\.1 cannot be reached: No route/);
    await host.must("ip", "route", "add", "unreachable", "203.0.113.0/24");
    const unsent = await host.run(...knock, "203.0.113.1");
    assertEquals(unsent.code, 5);
    const notWaited = await host.run(
      ...knock.filter((word) => !["--wait-time", "1"].includes(word)),
      "203.0.113.1",
    );
    assertEquals(notWaited.code, 1);
    assertMatch(
      unsent.stderr,
      /nothing is sent to 203\.0\.113\.1 udp port 62201: connect: No route/,
    );
  },
);

namespaceTest(
  "knock --wait reports a packet that left from another address than the one to admit",
  { programs: ["ip6tables"] },
  async (lab) => {
    const [server, client] = [await lab.namespace("server"), await lab.namespace("client")];
    await lab.cable(
      { namespace: server, device: "eth0", addresses: ["fd77::1/64"] },
      { namespace: client, device: "eth0", addresses: ["fd77::2/64", "fd77::3/64"] },
    );
    await server.must("ip6tables", "-A", "INPUT", "-p", "tcp", "-j", "DROP");
    await client.must("ip", "-6", "route", "add", "fd77::1/128", "dev", "eth0", "src", "fd77::3");
    const words = [
      "-A",
      "tcp/22",
      "--key-rijndael",
      "x",
      "--wait-time",
      "1",
      "-D",
      "fd77::1",
      "-a",
    ];
    const knock = [...SOURCE_PROGRAM, "knock", "--no-rc-file", ...words];
    const other = await client.run(...knock, "fd77::2");
    assertEquals(other.code, 3);
    assertMatch(
      other.stderr,
      /1\. the address: .* admit fd77::2, and this host reaches it from fd77::3\n {5}use -a fd77::3\n/,
    );
    const right = await client.run(...knock, "fd77::3");
    assertEquals(right.code, 3);
    assertMatch(right.stderr, /the address: the server was asked to admit fd77::3\n/);
  },
);
