import assert from "node:assert/strict";
import { lineReader } from "./line_reader.ts";
import { namespaceTest } from "./namespace.ts";
import { connect, echoService, reach } from "./tcp.ts";

namespaceTest("a cable joins two namespaces, and a session works over it", {}, async (lab) => {
  const a = await lab.namespace("a");
  const b = await lab.namespace("b");
  await lab.cable(
    { namespace: a, device: "eth0", addresses: ["10.9.0.1/24", "fd09::1/64"] },
    { namespace: b, device: "eth0", addresses: ["10.9.0.2/24", "fd09::2/64"] },
  );
  const service = await echoService(b, "::", 7777, "welcome");
  const session = await connect(a, "10.9.0.2", 7777, 5);
  assert.equal(session?.banner, "welcome");
  assert.equal(await session?.say("still there?"), "still there?");
  await session?.stop();
  assert.equal(await reach(a, "fd09::2", 7777, 5), "welcome");
  assert.equal(await reach(a, "10.9.0.2", 7778, 1), undefined);
  await service.stop();
});

namespaceTest(
  "a namespace is removed with its processes, and a second removal does nothing",
  {},
  async (lab) => {
    const a = await lab.namespace("a");
    const child = a.spawn(["sh", "-c", "echo inside; exec sleep 60"], { stdout: "piped" });
    await lineReader(child.stdout)();
    lab.remove();
    lab.remove();
    assert.equal((await child.status).signal, "SIGKILL");
  },
);
