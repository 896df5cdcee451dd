import { assert, assertEquals } from "../../assert.ts";
import { CommandRunner } from "../../../lib/command/command_runner.ts";
import type { CommandOutcome } from "../../../lib/command/execute_command.ts";
import { COMMAND_LIMITS } from "../../support/command_limits.ts";

const runner = new CommandRunner(COMMAND_LIMITS, "/usr/bin/sudo", 0);
const alice = { name: "alice", uid: 1000, gid: 1001 };
const staff = { name: "staff", gid: 50 };

Deno.test("without further settings a command runs as it was sent", () => {
  assertEquals(runner.prepare("id  -u;\treboot", {}), {
    words: ["id", "-u;", "reboot"],
    text: "id -u; reboot",
  });
});

Deno.test("sudo gets the user and the group, each where it is set, and then only the command", () => {
  const words = (sudo: Parameters<typeof runner.prepare>[1]["sudo"]) =>
    runner.prepare("id -u", sudo === undefined ? {} : { sudo }).words.join(" ");
  assertEquals(words({}), "/usr/bin/sudo -- id -u");
  assertEquals(words({ user: alice }), "/usr/bin/sudo -u alice -- id -u");
  // The C daemon passes -g only where CMD_EXEC_GROUP is set as well.
  assertEquals(words({ group: staff }), "/usr/bin/sudo -g staff -- id -u");
  assertEquals(words({ user: alice, group: staff }), "/usr/bin/sudo -u alice -g staff -- id -u");
  const root = { name: "root", uid: 0, gid: 0 };
  assertEquals(words({ user: root }), "/usr/bin/sudo -- id -u");
});

Deno.test("a command cannot pass its own options to sudo", () => {
  const { words } = runner.prepare("-u root id", { sudo: { user: alice } });
  assertEquals(words.slice(0, 5), ["/usr/bin/sudo", "-u", "alice", "--", "-u"]);
});

Deno.test("the group is the user's own unless another is set, and a group alone keeps our own user", () => {
  const identity = (execution: Parameters<typeof runner.prepare>[1]) =>
    runner.prepare("id", execution).identity;
  assertEquals(identity({ user: alice }), { uid: 1000, gid: 1001, user: "alice", group: "alice" });
  const both = { uid: 1000, gid: 50, user: "alice", group: "staff" };
  assertEquals(identity({ user: alice, group: staff }), both);
  assertEquals(identity({ user: { name: "root", uid: 0, gid: 0 } }), undefined);
  assertEquals(identity({ group: staff }), { uid: 0, gid: 50, user: "0", group: "staff" });
});

Deno.test("a command without words is not run", async () => {
  let started = false;
  const outcome = await runner.run(runner.prepare(" \t", {}), 1, () => started = true);
  assertEquals([outcome, started], ["the command has no words", false]);
});

Deno.test("eight commands of a stanza run at once and sixteen in all; the next one is refused", async () => {
  const ending = new AbortController();
  const busy = new CommandRunner({ seconds: 20, ending: ending.signal }, "/usr/bin/sudo", 0);
  const command = busy.prepare("sleep 60", {});
  let started = 0;
  const run = (stanza: number): Promise<CommandOutcome | string> =>
    busy.run(command, stanza, () => started++);
  const first = Array.from({ length: 8 }, () => run(1));
  assertEquals(await run(1), "8 programs of this stanza are running");
  const second = Array.from({ length: 8 }, () => run(2));
  assertEquals(await run(3), "16 programs are running");
  assertEquals(started, 16);
  ending.abort();
  for (const outcome of await Promise.all([...first, ...second])) {
    assert(typeof outcome !== "string" && outcome.how === "stopped");
  }
  assertEquals(await run(1), "the daemon ends");
  const next = await runner.run(runner.prepare("true", {}), 1, () => {});
  assert(typeof next !== "string" && next.status === 0);
});
