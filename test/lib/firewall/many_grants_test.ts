import { assert, assertEquals } from "../../assert.ts";
import { access, iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const COUNT = 5000;

function addressOf(index: number): string {
  return `10.${2 + (index >> 16)}.${index >> 8 & 255}.${index & 255}`;
}

/** Hands a document to a program inside the namespace. */
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
    `${kind}: ${COUNT} live grants are adopted, do not hinder the next, and end on time`,
    { programs: [kind] },
    async (lab) => {
      const server = await lab.namespace("server");
      const before = make(server);
      await before.firewall.prepare();
      await before.firewall.release();
      const expires = Math.floor(Date.now() / 1000) + 10;
      await load(server, expires);

      const { firewall, events } = make(server);
      await firewall.prepare();
      assertEquals(events.filter(({ type }) => type === "adopted").length, COUNT);
      const begun = performance.now();
      assertEquals((await firewall.open(access("10.99.0.1", "tcp/22", 60))).error, undefined);
      assert(performance.now() - begun < 2000, "a grant in their midst is quick");
      assertEquals((await firewall.list()).length, COUNT + 1);

      const removed = () => events.filter(({ type }) => type === "removed").length;
      await until("all are over", () => removed() === COUNT, 30);
      assert(Date.now() / 1000 - expires < 10, "on time");
      assertEquals((await firewall.list()).map(({ address }) => address), ["10.99.0.1"]);
      assertEquals(events.filter(({ type }) => type === "error"), []);
      await firewall.close();
    },
  );
}
