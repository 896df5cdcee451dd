import assert from "node:assert/strict";
import { doctor } from "../../cmd/doctor.ts";
import { fwFlush } from "../../cmd/fw_flush.ts";
import { fwList } from "../../cmd/fw_list.ts";
import type { Command } from "../../cmd/command.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { access, iptablesIn } from "../support/firewall.ts";
import { assertHarmless, HOSTILE } from "../support/hostile_text.ts";
import { withFolder } from "../support/folder.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

async function runIn(
  namespace: Namespace,
  command: Command["run"],
  given: {
    readonly names?: readonly string[];
    readonly lines?: readonly string[];
    readonly options?: Readonly<Record<string, string>>;
  } = {},
): Promise<{ code: number; out: string; err: string }> {
  const file = await Deno.makeTempFile();
  const entry = namespace.entry.join(" ");
  await Deno.writeTextFile(
    file,
    `FIREWALL_EXE ${entry} iptables\n${(given.lines ?? []).join("\n")}\n`,
  );
  let [out, err] = ["", ""];
  const options = new GivenOptions([
    { name: "config-file", value: file },
    ...(given.names ?? []).map((name) => ({ name, value: "" })),
    ...Object.entries(given.options ?? {}).map(([name, value]) => ({ name, value })),
  ]);
  try {
    const code = await command(options, [], {
      out: (text) => out += text,
      err: (text) => err += text,
      isTerminal: false,
      isErrorTerminal: false,
      usesColor: false,
      env: () => undefined,
    });
    return { code, out, err };
  } finally {
    await Deno.remove(file);
  }
}

const needs = { programs: ["iptables"] };

namespaceTest(
  "fw-list shows addresses, services and seconds, in both families",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    assert.deepEqual(await runIn(server, fwList.run), {
      code: 0,
      out: "No rules of fwknop are in force\n",
      err: "",
    });
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22,udp/53", 600) });
    await firewall.ask({ name: "open", grant: access("fd09::1", "tcp/22", 300) });
    const table = await runIn(server, fwList.run);
    assert.equal(table.code, 0);
    const rows = table.out.trim().split("\n").map((line) => line.split(/\s{2,}/));
    assert.deepEqual(rows[0], ["ADDRESS", "SERVICE", "SECONDS", "STANZA", "NAME", "RULE"]);
    assert.deepEqual(rows.slice(1).map(([address, service]) => [address, service]), [
      ["fd09::1", "tcp/22"],
      ["10.9.0.1", "tcp/22"],
      ["10.9.0.1", "udp/53"],
    ]);
    assert.match(rows[1]?.[2] ?? "", /^(300|299)$/);
    assert.deepEqual(rows[1]?.slice(3), ["1", "-", "access in FWKNOP_INPUT"]);
    const [first] = JSON.parse((await runIn(server, fwList.run, { names: ["json"] })).out);
    assert.equal(first.address, "10.9.0.1");
    assert.ok(first.remaining > 590 && first.remaining <= 600);
    const all = await runIn(server, fwList.run, { names: ["all"] });
    assert.equal(all.out.split("10.9.0.1 ").length - 1, 2);
    assert.equal(all.out.split("fd09::1 ").length - 1, 1);
    assert.match(all.out, /^Listing all iptables rules in applicable tables\.\.\.\nChain INPUT/);
    assert.match(all.out, /num +pkts bytes target/);
    await firewall.ask({ name: "release" });
  },
);

namespaceTest(
  "fw-list and fw-flush continue without a setting that cannot be used, and warn",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.7", "tcp/22", 600) });
    await firewall.ask({ name: "release" });
    const lines = ["MAX_SPA_PACKET_AGE 2m", "PCAP_LOOP_SLEEP x"];
    const told = /value '2m' not in the range[^]*the configuration has errors; continuing/;
    const list = await runIn(server, fwList.run, { lines });
    assert.match(list.out, /\n10\.9\.0\.7 /);
    assert.match(list.err, told);
    const flush = await runIn(server, fwFlush.run, { lines });
    assert.equal(flush.code, 0);
    assert.match(flush.out, /^Removed 1 rule and the chains of fwknop\n/);
    assert.match(flush.err, told);
    assert.equal((await runIn(server, fwList.run)).out, "No rules of fwknop are in force\n");
  },
);

namespaceTest("fw-list does not list a rule whose time is over", needs, async (lab) => {
  const server = await lab.namespace("server");
  await server.must("iptables", "-N", "FWKNOP_INPUT");
  const rule = (expires: number, source: string): string[] => {
    const comment = ["-m", "comment", "--comment", `_exp_${expires}`];
    const words = ["-s", source, "-p", "tcp", "--dport", "22", ...comment, "-j", "ACCEPT"];
    return ["iptables", "-A", "FWKNOP_INPUT", ...words];
  };
  await server.must(...rule(1_700_000_000, "10.9.0.8"));
  const over = "1 rule whose time is over is still there: " +
    "a running server removes such rules, or fwknop fw-flush\n";
  assert.equal((await runIn(server, fwList.run)).out, `No rules of fwknop are in force\n${over}`);
  await server.must(...rule(Math.floor(Date.now() / 1000) + 600, "10.9.0.9"));
  const { out } = await runIn(server, fwList.run);
  assert.match(out, /^ADDRESS[^]*\n10\.9\.0\.9 /);
  assert.doesNotMatch(out, /10\.9\.0\.8/);
  assert.ok(out.endsWith(over));
  const json = JSON.parse((await runIn(server, fwList.run, { names: ["json"] })).out);
  assert.deepEqual(json.map(({ remaining }: { remaining: number }) => remaining > 0), [
    false,
    true,
  ]);
});

namespaceTest("fw-flush removes all rules of ours and nothing else", needs, async (lab) => {
  const server = await lab.namespace("server");
  await server.must("iptables", "-A", "INPUT", "-p", "icmp", "-j", "ACCEPT");
  const { firewall } = iptablesIn(server);
  await firewall.ask({ name: "prepare" });
  await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22,udp/53", 600) });
  await firewall.ask({ name: "release" });
  const flushed = await runIn(server, fwFlush.run);
  assert.deepEqual(flushed, {
    code: 0,
    out: "Removed 2 rules and the chains of fwknop\n",
    err: "",
  });
  const listing = await server.must("iptables", "-S");
  assert.deepEqual(listing.trim().split("\n").slice(3), ["-A INPUT -p icmp -j ACCEPT"]);
});

namespaceTest(
  "the doctor names each problem and the command that repairs it",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const access = `${folder}/access.conf`;
      await Deno.writeTextFile(
        access,
        "SOURCE ANY\nOPEN_PORTS tcp/22\nKEY secret-one\nHMAC_KEY secret-two\n",
      );
      const lines = ["ENABLE_UDP_SERVER Y", `ACCESS_FILE ${access}`];
      const before = await runIn(server, doctor.run, { lines });
      assert.equal(before.code, 1);
      assert.match(
        before.out,
        /WRONG {4}tcp\/22 is open to everybody[^]* iptables -A INPUT ! -i lo -p tcp/,
      );
      assert.match(
        before.out,
        /WRONG {4}Other users may read \S+access\.conf\n +chmod 600 \S+access\.conf/,
      );
      for (const program of ["iptables", "ip6tables"]) {
        const open = ["-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED"];
        await server.must(
          program,
          "-A",
          "INPUT",
          "-p",
          "tcp",
          "--dport",
          "22",
          ...open,
          "-j",
          "DROP",
        );
      }
      await Deno.chmod(access, 0o600);
      const after = await runIn(server, doctor.run, { lines });
      assert.match(after.out, /ok {7}tcp\/22 is closed/);
      assert.match(after.out, /ok {7}No other user may read the files with keys/);
      const json = await runIn(server, doctor.run, { lines, names: ["json"] });
      assert.ok(JSON.parse(json.out).every(({ state }: { state: string }) => state !== "bad"));
      assert.equal(after.code, 0);
    });
  },
);

namespaceTest(
  "text of other programs in the firewall has no effect on the terminal of fw-list",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = iptablesIn(server);
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 600) });
    // NUL would end the text. Line feeds and tabs may belong to the program's own listing.
    const comment = HOSTILE.replaceAll(/[\0\n\t]/g, "");
    const rule = ["-s", "10.9.0.2", "-p", "tcp", "--dport", "22"];
    const match = ["-m", "comment", "--comment", comment];
    await server.must("iptables", "-A", "FWKNOP_INPUT", ...rule, ...match, "-j", "ACCEPT");
    const all = await runIn(server, fwList.run, { names: ["all"] });
    assertHarmless(all.out, "fw-list --all");
    for (const names of [[], ["json"]]) {
      const { out } = await runIn(server, fwList.run, { names });
      assert.match(out, /10\.9\.0\.1/);
      assert.doesNotMatch(out, /FORGED/);
    }
    await firewall.ask({ name: "release" });
  },
);

namespaceTest(
  "the name of a file has no effect on the terminal of the doctor",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const file = `${folder}/${HOSTILE.replace("\0", "")}`;
      await Deno.writeTextFile(file, "SOURCE ANY\nKEY secret-one\nHMAC_KEY secret-two\n");
      for (const names of [[], ["json"]]) {
        const { out, err } = await runIn(server, doctor.run, {
          names,
          lines: ["ENABLE_UDP_SERVER Y"],
          options: { "access-file": file },
        });
        assertHarmless(out, "doctor");
        assertHarmless(err, "doctor's warnings");
      }
    });
  },
);

namespaceTest(
  "the doctor lists the errors of a configuration as findings, and still examines the host",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const access = `${folder}/access.conf`;
      const write = (text: string) => Deno.writeTextFile(access, text, { mode: 0o600 });
      await write("SOURCE ANY\nOPEN_PORTS tcp/8443\nKEY secret-one\nHMAC_KEY secret-two\n");
      const examine = (...lines: string[]) =>
        runIn(server, doctor.run, {
          lines: ["ENABLE_UDP_SERVER Y", `ACCESS_FILE ${access}`, ...lines],
        });
      const OPEN = /WRONG {4}tcp\/8443 is open to everybody/;
      const value = await examine("MAX_SPA_PACKET_AGE 2m");
      assert.match(value.out, /WRONG {4}.*MAX_SPA_PACKET_AGE.*\(\S+:4:\d+\)\n/);
      assert.match(value.out, OPEN);
      assert.equal(value.code, 1);
      const contradiction = await examine("FIREWALL nft");
      assert.match(
        contradiction.out,
        /WRONG {4}FIREWALL_EXE .* is not a program for nft\n +Remove the line/,
      );
      assert.match(contradiction.out, /WRONG {4}tcp\/8443 |Neither iptables/);
      const target = await examine("IPT_INPUT_ACCESS ACEPT, filter, INPUT, 1, FWKNOP_INPUT, 1");
      assert.match(
        target.out,
        /WRONG {4}IPT_INPUT_ACCESS names the target "ACEPT".*\n +Set IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, /,
      );
      await write("SOURCE nonsense\nOPEN_PORTS tcp/8443\nKEY secret-one\n");
      const stanza = await examine();
      assert.match(stanza.out, /WRONG {4}.*nonsense.*\n/);
      assert.match(stanza.out, /(ok|WRONG|unclear) +tcp\/22 /);
      const options = new GivenOptions([{ name: "config-file", value: `${folder}/none.conf` }]);
      const context = new BufferContext();
      assert.equal(await doctor.run(options, [], context), 1);
      assert.match(context.stdout, /WRONG {4}.*none\.conf' was not found/);
      assert.match(context.stdout, /The firewall is /);
    });
  },
);
