import assert from "node:assert/strict";
import { ServiceManager } from "../../../lib/daemon/service_manager.ts";
import { LocalReceiver } from "../../support/local_receiver.ts";
import { testWhere } from "../../support/needs.ts";

testWhere(
  "systemd gets a message when the daemon is ready, reloads and stops",
  { system: "linux" },
  () => {
    const name = `@fwknop-test-${Deno.pid}`;
    using receiver = new LocalReceiver(name);
    using manager = new ServiceManager(name);
    assert.ok(manager.ready("UDP server on port 62201"));
    assert.equal(receiver.receive(), "READY=1\nSTATUS=UDP server on port 62201\n");
    assert.ok(manager.reloading());
    assert.equal(receiver.receive(), "RELOADING=1\n");
    assert.ok(manager.stopping());
    assert.equal(receiver.receive(), "STOPPING=1\n");
  },
);

Deno.test("without systemd nothing is sent and nothing fails", () => {
  for (const socket of [undefined, "", "vsock:2:1", "@fwknop-nobody", "/nonexistent/notify"]) {
    using manager = new ServiceManager(socket);
    assert.equal(manager.ready("x"), false);
  }
});
