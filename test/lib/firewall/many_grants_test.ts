import type { FirewallEvent, OpenResult } from "../../../lib/firewall/firewall.ts";
import { assert, assertEquals } from "../../assert.ts";
import { access, iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const COUNT = 5000;

function addressOf(index: number): string {
  return `10.${2 + (index >> 16)}.${index >> 8 & 255}.${index & 255}`;
}

/** Writes a document to a program in the namespace. */
async function feed(namespace: Namespace, words: readonly string[], text: string): Promise<void> {
  const child = namespace.spawn(words, { stdin: "piped" });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  assert((await child.status).success, words.join(" "));
}

const KINDS = {
  iptables: {
    make: iptablesIn,
    load: (server: Namespace, expires: number) => {
      const rules = Array.from(
        { length: COUNT },
        (_, index) =>
          `-A FWKNOP_INPUT -s ${addressOf(index)} -p tcp -m tcp --dport 22 -m comment --comment ` +
          `_exp_${expires} -j ACCEPT`,
      );
      const document = ["*filter", ...rules, "COMMIT", ""].join("\n");
      return feed(server, ["iptables-restore", "--noflush"], document);
    },
  },
  nft: {
    make: nftIn,
    load: (server: Namespace, expires: number) => {
      const milliseconds = expires * 1000 - Date.now();
      const elements = Array.from(
        { length: COUNT },
        (_, index) =>
          `${addressOf(index)} . tcp . 22 timeout ${milliseconds}ms comment "_exp_${expires}"`,
      );
      const document = `add element inet fwknop access4 { ${elements.join(", ")} }\n`;
      return feed(server, ["nft", "-f", "-"], document);
    },
  },
} as const;

for (const [kind, { make, load }] of Object.entries(KINDS)) {
  namespaceTest(
    `${kind}: ${COUNT} grants in force are adopted, do not delay the next one, and end on time`,
    { programs: [kind] },
    async (lab) => {
      const server = await lab.namespace("server");
      const before = make(server);
      await before.firewall.ask({ name: "prepare" });
      await before.firewall.ask({ name: "release" });
      const expires = Math.floor(Date.now() / 1000) + 10;
      await load(server, expires);

      const { firewall, events } = make(server);
      await firewall.ask({ name: "prepare" });
      assertEquals(events.filter(({ type }) => type === "adopted").length, COUNT);
      assertEquals(
        (await firewall.ask({ name: "open", grant: access("10.99.0.1", "tcp/22", 600) })).error,
        undefined,
      );
      assertEquals((await firewall.ask({ name: "list" })).length, COUNT + 1);

      const removed = () => events.filter(({ type }) => type === "removed").length;
      await until("the end of each is reported", () => removed() === COUNT, 60);
      // nft ends them by its own clock, which started when the elements were added.
      await until("the firewall holds only the new grant", async () => {
        const left = await firewall.ask({ name: "list" });
        return left.length === 1 && left[0]?.address === "10.99.0.1";
      }, 60);
      assert(Date.now() / 1000 >= expires, "they do not end before their expiry");
      assertEquals(events.filter(({ type }) => type === "error"), []);
      await firewall.ask({ name: "close" });
    },
  );
}

namespaceTest(
  "iptables: a grant does not wait for the removal of expired rules, and a start does not either",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const before = iptablesIn(server);
    await before.firewall.ask({ name: "prepare" });
    await before.firewall.ask({ name: "release" });
    const now = Math.floor(Date.now() / 1000);
    const rules = [...Array(500).fill(now + 600), ...Array(100).fill(now - 1)].map(
      (expires, index) =>
        `-A FWKNOP_INPUT -s ${addressOf(index)} -m comment --comment _exp_${expires} -j ACCEPT`,
    );
    const document = ["*filter", ...rules, "COMMIT", ""].join("\n");
    await feed(server, ["iptables-restore", "--noflush"], document);

    const documents: string[] = [];
    let opened: Promise<OpenResult> | undefined;
    const onEvent = (event: FirewallEvent): void => {
      if (event.type !== "command") return;
      const [, kind] = /<<\n\*filter\n(-\w) FWKNOP_INPUT/.exec(event.text) ?? [];
      if (kind === undefined) return;
      documents.push(kind);
      // A knock while the first rules are removed.
      opened ??= firewall.ask({ name: "open", grant: access("10.99.0.1", "tcp/22", 600) });
    };
    const { firewall } = iptablesIn(server, { managed: { onEvent } });
    await firewall.ask({ name: "prepare" });
    assertEquals(documents, [], "nothing is removed before the server is ready");
    await until(
      "all expired rules are gone",
      async () => (await firewall.ask({ name: "list" })).length === 501,
      30,
    );
    assertEquals((await opened)?.error, undefined);
    assertEquals(documents.slice(0, 3), ["-D", "-A", "-D"]);
    assert(documents.filter((kind) => kind === "-D").length >= 5, documents.join());
    await firewall.ask({ name: "close" });
  },
);
