import { lookUpByDns } from "../../../lib/client/dns_lookup.ts";
import { parseAddress } from "../../../lib/net/address.ts";
import { assertEquals, assertRejects } from "../../assert.ts";

/** Looks a name up while the system's resolver gives these records, by type. */
async function lookUp(
  records: Readonly<Record<string, readonly string[]>>,
  family: 0 | 4 | 6,
): Promise<(string | undefined)[]> {
  const { resolveDns } = Deno;
  const answer = (_name: string, type: string) =>
    records[type] === undefined
      ? Promise.reject(new Deno.errors.NotFound("no records"))
      : Promise.resolve(records[type]);
  Object.assign(Deno, { resolveDns: answer });
  try {
    const found = await lookUpByDns("host.example", family);
    return found.map((bytes) => bytes.join("."));
  } finally {
    Object.assign(Deno, { resolveDns });
  }
}

Deno.test("the client looks up both families, IPv6 first, unless a family is given", async () => {
  const records = { A: ["192.0.2.1"], AAAA: ["2001:db8::1"] };
  const six = parseAddress("2001:db8::1")?.bytes.join(".");
  assertEquals(await lookUp(records, 0), [six, "192.0.2.1"]);
  assertEquals(await lookUp(records, 4), ["192.0.2.1"]);
  assertEquals(await lookUp(records, 6), [six]);
});

Deno.test("a family without records is skipped, and a name without any records is an error", async () => {
  assertEquals(await lookUp({ A: ["192.0.2.1"] }, 0), ["192.0.2.1"]);
  await assertRejects(() => lookUp({}, 0));
  await assertRejects(() => lookUp({ A: ["not an address"] }, 4));
});
