import { lookUpHost, type LookUpRequest, refuseNames } from "../../../lib/server/look_up.ts";
import { assert, assertEquals } from "../../assert.ts";

function request(name: string, family: 4 | 6 = 4): LookUpRequest {
  return { name, family, stanza: 1, ending: new AbortController().signal };
}

Deno.test("a name has the first address of the family that the system knows", async () => {
  const found = await lookUpHost(request("localhost"));
  assert("text" in found, JSON.stringify(found));
  assertEquals(found.text, "127.0.0.1");
});

Deno.test("a name that the system does not know, or whose look-up was stopped, is a reason", async () => {
  // An empty label: no resolver has to be asked.
  const unknown = await lookUpHost(request("no..name"));
  assert("code" in unknown, JSON.stringify(unknown));
  assertEquals(unknown.code, "nat-host-unknown");
  const stopped = await lookUpHost({ ...request("localhost"), ending: AbortSignal.abort() });
  assert("code" in stopped, JSON.stringify(stopped));
});

Deno.test("where names are not looked up every name is refused", async () => {
  const refused = await refuseNames(request("localhost"));
  assert("code" in refused);
  assertEquals(refused.code, "nat-host-unknown");
});
