import assert from "node:assert/strict";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { access, iptablesIn } from "../../support/firewall.ts";
import { withFolder } from "../../support/folder.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";
import { testWhere } from "../../support/needs.ts";

const needs = { programs: ["iptables", "iptables-restore"] };

/** A folder with programs of the iptables family: the scripts given, otherwise the real ones. */
async function programs(
  namespace: Namespace,
  scripts: Readonly<Record<string, string>>,
  body: (command: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const name of ["iptables", "iptables-restore", "ip6tables", "ip6tables-restore"]) {
      const script = scripts[name] ?? `exec ${namespace.entry.join(" ")} ${name} "$@"`;
      if (script === "missing") continue;
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    await body(`${folder}/iptables`);
  });
}

async function ours(namespace: Namespace): Promise<string> {
  const { stdout } = await namespace.run("iptables", "-S");
  return stdout.split("\n").filter((line) => line.includes("_exp_")).join("\n");
}

const patience = {
  checkSeconds: 0,
  runner: { helperMilliseconds: 1000, commandMilliseconds: 2500 },
};

namespaceTest(
  "without iptables-restore single commands add and remove the same rules",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    await programs(server, { "iptables-restore": "missing" }, async (command) => {
      const { firewall, events } = iptablesIn(server, { settings: { command }, managed: patience });
      await firewall.ask({ name: "prepare" });
      assert.match(
        events.flatMap((event) => event.type === "warning" ? [event.text] : []).join(),
        /iptables-restore: not found: single commands are used in its place/,
      );
      const { error, added } = await firewall.ask({
        name: "open",
        grant: access("10.9.0.1", "tcp/22,udp/53", 60),
      });
      assert.equal(error, undefined);
      assert.equal(added.length, 2);
      assert.equal((await ours(server)).split("\n").length, 2);
      await firewall.ask({ name: "close" });
      assert.doesNotMatch((await server.run("iptables", "-S")).stdout, /FWKNOP/);
    });
  },
);

namespaceTest(
  "a single command that fails leaves no rule of its packet in force",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const fussy = `case "$*" in *"-A "*" 53 "*) echo "no udp today" >&2; exit 1;; esac
exec ${server.entry.join(" ")} iptables "$@"`;
    await programs(
      server,
      { "iptables-restore": "missing", "iptables": fussy },
      async (command) => {
        const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
        await firewall.ask({ name: "prepare" });
        const { error, added } = await firewall.ask({
          name: "open",
          grant: access("10.9.0.1", "tcp/22,udp/53", 60),
        });
        assert.match(error ?? "", /iptables failed with exit status 1: no udp today/);
        assert.deepEqual(added, []);
        assert.equal(await ours(server), "");
        await firewall.ask({ name: "close" });
      },
    );
  },
);

namespaceTest(
  "a single command that does its work and then hangs leaves no rule in force",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const iptables = `${server.entry.join(" ")} iptables "$@"`;
    const hangs = `case "$*" in *"-A FWKNOP_INPUT"*) ${iptables}; exec sleep 60;; esac
exec ${iptables}`;
    await programs(
      server,
      { "iptables-restore": "missing", "iptables": hangs },
      async (command) => {
        const { firewall, events } = iptablesIn(server, {
          settings: { command },
          managed: patience,
        });
        await firewall.ask({ name: "prepare" });
        const { error, added } = await firewall.ask({
          name: "open",
          grant: access("10.9.0.1", "tcp/22", 60),
        });
        assert.match(error ?? "", /no answer within 2500 ms/);
        assert.deepEqual(added, []);
        assert.equal(await ours(server), "");
        assert.deepEqual(await firewall.ask({ name: "held" }), []);
        assert.doesNotMatch(events.map(({ type }) => type).join(), /adopted/);
        await firewall.ask({ name: "close" });
      },
    );
  },
);

namespaceTest(
  "a helper process that hangs is killed and reported, and no rule stays",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const flag = await Deno.makeTempFile();
    const hangs = `[ -s ${flag} ] && exec sleep 60
exec ${server.entry.join(" ")} iptables-restore "$@"`;
    try {
      await programs(server, { "iptables-restore": hangs }, async (command) => {
        const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
        await firewall.ask({ name: "prepare" });
        await firewall.ask({ name: "release" });
        await Deno.writeTextFile(flag, "hang");
        const second = iptablesIn(server, { settings: { command }, managed: patience });
        await assert.rejects(
          second.firewall.ask({ name: "prepare" }),
          /iptables-restore did not answer within 1000 ms and was stopped/,
        );
        await Deno.truncate(flag);
        const third = iptablesIn(server, { settings: { command }, managed: patience });
        await third.firewall.ask({ name: "prepare" });
        await third.firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
        await Deno.writeTextFile(flag, "hang");
        // The running helper process still works; its successor hangs.
        const ok = await third.firewall.ask({
          name: "open",
          grant: access("10.9.0.2", "tcp/22", 60),
        });
        assert.equal(ok.error, undefined);
        await server.must("iptables", "-F", "INPUT");
        const bad = await third.firewall.ask({
          name: "open",
          grant: access("10.9.0.3", "tcp/22", 60),
        });
        assert.match(bad.error ?? "", /did not answer/);
        assert.doesNotMatch(await ours(server), /10\.9\.0\.3/);
        await Deno.truncate(flag);
        const good = await third.firewall.ask({
          name: "open",
          grant: access("10.9.0.3", "tcp/22", 60),
        });
        assert.equal(good.error, undefined);
        assert.equal((await ours(server)).split("\n").length, 3);
        await third.firewall.ask({ name: "close" });
      });
    } finally {
      await Deno.remove(flag);
    }
  },
);

namespaceTest("rubbish that a program prints is not an answer", needs, async (lab) => {
  const server = await lab.namespace("server");
  const rubbish = `while read line; do echo "# fwknop done, trust me"; done`;
  await programs(server, { "iptables-restore": rubbish }, async (command) => {
    const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
    await assert.rejects(firewall.ask({ name: "prepare" }), /did not answer within 1000 ms/);
    await firewall.ask({ name: "release" });
  });
  await programs(server, { "iptables": "echo all is well" }, async (command) => {
    const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
    await assert.rejects(firewall.ask({ name: "prepare" }), /iptables printed no listing/);
    await firewall.ask({ name: "release" });
  });
});

namespaceTest("a helper process that was killed is started again", needs, async (lab) => {
  const server = await lab.namespace("server");
  const { firewall } = iptablesIn(server);
  await firewall.ask({ name: "prepare" });
  await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
  const pids = async () => (await lab.pids(server)).filter((pid) => pid !== Deno.pid);
  for (const pid of await pids()) Deno.kill(pid, "SIGKILL");
  await until("the helper process is gone", async () => (await pids()).length === 0);
  assert.equal(
    (await firewall.ask({ name: "open", grant: access("10.9.0.2", "tcp/22", 60) })).error,
    undefined,
  );
  assert.equal((await ours(server)).split("\n").length, 2);
  await firewall.ask({ name: "close" });
  assert.deepEqual(await pids(), []);
});

namespaceTest(
  "without the comment match the start fails and leaves no chain",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const old = `while read line; do
case "$line" in *__TMPCOMMENT__*) echo "Couldn't load match comment" >&2; exit 2;; *fwknop*) echo "$line";; esac
done`;
    await programs(server, { "iptables-restore": old }, async (command) => {
      const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
      await assert.rejects(firewall.ask({ name: "prepare" }), (error) => {
        assert.ok(error instanceof HintedError);
        assert.match(
          error.message,
          /Could not use the 'comment' match \(Couldn't load match comment\)/,
        );
        assert.match(error.hint ?? "", /xt_comment/);
        return true;
      });
      assert.doesNotMatch((await server.run("iptables", "-S")).stdout, /FWKNOP/);
      await firewall.ask({ name: "release" });
    });
  },
);

Deno.test("a missing firewall program gives one line and a hint", async () => {
  const namespace = { entry: [] } as unknown as Namespace;
  const { firewall } = iptablesIn(namespace, { settings: { command: "/no/such/iptables" } });
  await assert.rejects(firewall.ask({ name: "prepare" }), (error) => {
    assert.ok(error instanceof HintedError);
    assert.equal(error.message, "/no/such/iptables: not found");
    assert.match(error.hint ?? "", /FIREWALL_EXE/);
    return true;
  });
  await firewall.ask({ name: "release" });
});

Deno.test("the start fails if the firewall program is /bin/false", async () => {
  const namespace = { entry: [] } as unknown as Namespace;
  const { firewall } = iptablesIn(namespace, { settings: { command: "/bin/false" } });
  await assert.rejects(firewall.ask({ name: "prepare" }), /\/bin\/false failed with exit status 1/);
  await firewall.ask({ name: "release" });
});

testWhere("without root the start fails", {
  system: "linux",
  root: true,
  programs: ["setpriv", "iptables"],
}, async () => {
  const namespace = { entry: ["setpriv", "--reuid", "65534", "--clear-groups"] };
  const { firewall } = iptablesIn(namespace as unknown as Namespace);
  await assert.rejects(
    firewall.ask({ name: "prepare" }),
    /iptables failed with exit status 4|Permission denied/,
  );
  await firewall.ask({ name: "release" });
});

namespaceTest(
  "a helper process that ends between applying a document and its answer causes no duplicate rule",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    const flag = await Deno.makeTempFile();
    const real = `${server.entry.join(" ")} iptables-restore`;
    const loses = `doc=""
while IFS= read -r line; do
case "$line" in
"#"*) if [ -s ${flag} ]; then : > ${flag}; exit 0; fi; echo "$line";;
*) doc="$doc$line
"; if [ "$line" = COMMIT ]; then printf '%s' "$doc" | ${real} --noflush || exit 1; doc=""; fi;;
esac
done`;
    try {
      await programs(server, { "iptables-restore": loses }, async (command) => {
        const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
        await firewall.ask({ name: "prepare" });
        await Deno.writeTextFile(flag, "lose one");
        const { error } = await firewall.ask({
          name: "open",
          grant: access("10.9.0.1", "tcp/22", 60),
        });
        assert.equal(error, undefined);
        assert.equal(
          (await Deno.stat(flag)).size,
          0,
          "the helper process ended without its answer",
        );
        assert.equal((await ours(server)).split("\n").length, 1);
        await firewall.ask({ name: "close" });
      });
    } finally {
      await Deno.remove(flag);
    }
  },
);

namespaceTest(
  "if removing one of two identical rules fails once, the other one still stays",
  needs,
  async (lab) => {
    const server = await lab.namespace("server");
    await withFolder(async (folder) => {
      const fails = `case "$*" in *"-D FWKNOP_INPUT"*)
[ -e ${folder}/failed ] || { : > ${folder}/failed; echo "not now" >&2; exit 1; };; esac
exec ${server.entry.join(" ")} iptables "$@"`;
      const scripts = { "iptables-restore": "missing", "iptables": fails };
      await programs(server, scripts, async (command) => {
        const { firewall } = iptablesIn(server, { settings: { command }, managed: patience });
        await firewall.ask({ name: "prepare" });
        await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
        const [rule = ""] = (await ours(server)).split("\n");
        await server.must("iptables", ...rule.split(" "));
        assert.equal((await ours(server)).split("\n").length, 2);
        await firewall.ask({ name: "check" });
        assert.ok(await Deno.stat(`${folder}/failed`));
        assert.equal(await ours(server), rule);
        await firewall.ask({ name: "close" });
      });
    });
  },
);
