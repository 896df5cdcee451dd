import assert from "node:assert/strict";
import { type LoggerOptions, openLogger, stderrIsJournal } from "../../../lib/daemon/logger.ts";
import { withFolder } from "../../support/folder.ts";
import { LocalReceiver } from "../../support/local_receiver.ts";

function written(options: Omit<LoggerOptions, "write">): string {
  let text = "";
  using logger = openLogger({ ...options, write: (more) => text += more });
  logger.log({ severity: "info", text: "one {text} %s {members}" });
  logger.log({ severity: "debug", text: "detail" });
  logger.log({ severity: "warning", text: "two\x1b", rest: ["lines\nof ours"] });
  logger.object({ event: "refused", code: "replay" });
  return text;
}

Deno.test("a text log has one line per entry, and braces have no meaning", () => {
  assert.equal(
    written({ verbose: false, format: "text" }),
    "one {text} %s {members}\ntwo\\x1b\nlines\\nof ours\n",
  );
  assert.match(written({ verbose: true, format: "text" }), /^detail$/m);
});

Deno.test("in the journal each line starts with its severity", () => {
  assert.equal(
    written({ verbose: true, format: "journal" }),
    "<6>one {text} %s {members}\n<7>detail\n<4>two\\x1b\n<4>lines\\nof ours\n",
  );
});

Deno.test("a JSON log has one object per line, with the time in seconds", () => {
  const now = Date.now() / 1000;
  const objects = written({ verbose: false, format: "json" }).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  for (const { time } of objects) assert.ok(time >= now - 1 && time < now + 5);
  assert.deepEqual(objects.map(({ time: _, ...rest }) => rest), [
    { event: "log", severity: "info", text: "one {text} %s {members}" },
    { event: "log", severity: "warning", text: "two\x1b\nlines\nof ours" },
    { event: "refused", code: "replay" },
  ]);
});

Deno.test("a JSON log contains no control character, and can be parsed to the same values", () => {
  let text = "";
  using logger = openLogger({ verbose: false, format: "json", write: (more) => text += more });
  logger.log({ severity: "info", text: "\x1b[2J\x9b\x7f" });
  assert.match(text, /^[\x20-\x7e]+\n$/);
  assert.equal(JSON.parse(text).text, "\x1b[2J\x9b\x7f");
});

Deno.test("a line goes to syslog and to standard error, and an object to neither as text", () =>
  withFolder((folder) => {
    const socket = `${folder}/log`;
    using receiver = new LocalReceiver(socket);
    const syslog = { identity: "fwknopd", facility: "LOG_DAEMON", socket };
    assert.equal(
      written({ verbose: false, format: "text", syslog }),
      written({ verbose: false, format: "text" }),
    );
    assert.match(receiver.receive() ?? "", /: one \{text\}/);
    assert.match(receiver.receive() ?? "", /: two\\x1b$/);
    assert.match(receiver.receive() ?? "", /: lines\\nof ours$/);
    assert.equal(receiver.receive(), undefined);
  }));

Deno.test("a failing writer does not make the caller fail", () => {
  using logger = openLogger({
    verbose: false,
    format: "text",
    write: () => {
      throw new Error("broken pipe");
    },
  });
  logger.log({ severity: "info", text: "into the void" });
});

Deno.test("standard error is the journal only if JOURNAL_STREAM has its device and inode", () => {
  const { dev, ino } = Deno.statSync("/dev/stderr");
  assert.equal(stderrIsJournal(undefined), false);
  assert.equal(stderrIsJournal(`${dev}:${ino}`), true);
  assert.equal(stderrIsJournal(`${dev}:${(ino ?? 0) + 1}`), false);
});

Deno.test("the logger in a bundle imports nothing from node", async () => {
  const entry = new URL("../../../lib/daemon/logger.ts", import.meta.url).pathname;
  await withFolder(async (folder) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "browser", "-o", `${folder}/out.js`, entry],
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.doesNotMatch(await Deno.readTextFile(`${folder}/out.js`), /["']node:/);
  });
});
