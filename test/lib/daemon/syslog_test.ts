import assert from "node:assert/strict";
import { hasSyslog, Syslog } from "../../../lib/daemon/syslog.ts";
import { withFolder } from "../../support/folder.ts";
import { LocalReceiver } from "../../support/local_receiver.ts";

function inFolder(body: (socket: string) => void): Promise<void> {
  return withFolder((folder) => body(`${folder}/log`));
}

Deno.test("a syslog line has facility and severity, identity, PID and text", () =>
  inFolder((socket) => {
    using receiver = new LocalReceiver(socket);
    using daemon = new Syslog({ identity: "fwknopd", facility: "LOG_DAEMON", socket });
    using local = new Syslog({ identity: "other", facility: "log_local7", socket });
    daemon.log({ severity: "info", text: "Starting fwknopd" });
    assert.equal(receiver.receive(), `<30>fwknopd[${Deno.pid}]: Starting fwknopd`);
    local.log({ severity: "error", text: "x" });
    assert.equal(receiver.receive(), `<187>other[${Deno.pid}]: x`);
    assert.equal(receiver.receive(), undefined);
  }));

Deno.test("control characters of a packet do not reach the log", () =>
  inFolder((socket) => {
    using receiver = new LocalReceiver(socket);
    using syslog = new Syslog({ identity: "f", facility: "LOG_DAEMON", socket });
    syslog.log({ severity: "debug", text: "a\x1b[2Jb\0c\x9bd\te\n<0>f" });
    assert.equal(receiver.receive(), `<31>f[${Deno.pid}]: a\\x1b[2Jb\\x00c\\x9bd\\te\\n<0>f`);
  }));

Deno.test("the daemon finds a syslog that starts late or again, and logs how many lines were lost", () =>
  inFolder((socket) => {
    using syslog = new Syslog({ identity: "f", facility: "LOG_DAEMON", socket });
    const log = (text: string) => syslog.log({ severity: "info", text });
    log("nobody listens");
    {
      using receiver = new LocalReceiver(socket);
      log("now");
      assert.match(receiver.receive() ?? "", /^<28>.*1 lines lost/);
      assert.match(receiver.receive() ?? "", /now$/);
    }
    Deno.removeSync(socket);
    log("gone");
    log("gone");
    using receiver = new LocalReceiver(socket);
    log("back");
    assert.match(receiver.receive() ?? "", /2 lines lost/);
    assert.match(receiver.receive() ?? "", /back$/);
  }));

Deno.test("the daemon does not wait for a slow syslog", () =>
  inFolder((socket) => {
    using receiver = new LocalReceiver(socket);
    using syslog = new Syslog({ identity: "f", facility: "LOG_DAEMON", socket });
    for (let number = 0; number < 1000; number++) syslog.log({ severity: "info", text: "more" });
    let taken = 0;
    while (receiver.receive() !== undefined) taken++;
    assert.ok(taken > 0 && taken < 1000, `${taken} lines fit`);
    syslog.log({ severity: "info", text: "last" });
    assert.match(receiver.receive() ?? "", new RegExp(`${1000 - taken} lines lost`));
  }));

Deno.test("an unknown facility is refused", () => {
  assert.throws(
    () => new Syslog({ identity: "f", facility: "LOG_MAIL" }),
    /Invalid SYSLOG_FACILITY setting 'LOG_MAIL'/,
  );
});

Deno.test("hasSyslog looks for the socket of syslog", () =>
  inFolder((socket) => {
    assert.equal(hasSyslog(socket), false);
    using _receiver = new LocalReceiver(socket);
    assert.equal(hasSyslog(socket), true);
  }));
