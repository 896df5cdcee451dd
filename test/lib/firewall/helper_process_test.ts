import { assert, assertEquals } from "../../assert.ts";
import { NFT_HANDSHAKE } from "../../../lib/firewall/nft/handshake.ts";
import { HelperProcess } from "../../../lib/firewall/helper_process.ts";
import { HOST_PROGRAMS } from "../../../lib/firewall/programs.ts";
import { access, nftIn } from "../../support/firewall.ts";
import { withFolder } from "../../support/folder.ts";
import { namespaceTest, until } from "../../support/namespace.ts";
import { testWhere } from "../../support/needs.ts";

/** Size and modification time of a file, or `absent`. */
function traceOf(path: string): string {
  try {
    const { size, mtime } = Deno.statSync(path);
    return `${size} bytes of ${mtime?.toISOString()}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "absent";
  }
}

namespaceTest(
  "nft keeps no history of its input, neither in / nor in the home folder",
  { programs: ["nft"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const histories = ["/.nft.history", `${Deno.env.get("HOME") ?? ""}/.nft.history`];
    const before = histories.map(traceOf);
    const { firewall } = nftIn(server);
    await firewall.ask({ name: "prepare" });
    const { error } = await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
    assertEquals(error, undefined);
    await firewall.ask({ name: "close" });
    assertEquals(histories.map(traceOf), before);
  },
);

/** A program that repeats its input on its error output, as nft does with lines that it does not know. */
const ECHO = `#!/bin/sh
echo $$ >> "$1"
while IFS= read -r line; do echo "$line" >&2; done
echo "$$ left" >> "$1"
`;

testWhere("a helper process of nft is replaced after a thousand documents, and none is lost", {
  system: "unix",
}, () =>
  withFolder(async (folder) => {
    const [program, log] = [`${folder}/echo`, `${folder}/log`];
    Deno.writeTextFileSync(program, ECHO, { mode: 0o700 });
    const kept = new HelperProcess({ words: [program, log], handshake: NFT_HANDSHAKE }, {
      milliseconds: 5000,
      programs: HOST_PROGRAMS,
    });
    const lines = (): string[] => Deno.readTextFileSync(log).trimEnd().split("\n");
    for (let count = 0; count < 1000; count++) assert((await kept.submit("list\n")).ok);
    // The next process starts before it is needed.
    await until("the first program has left", () => lines().length === 3, 10);
    assertEquals(lines().filter((line) => line.endsWith("left")).length, 1);
    assert((await kept.submit("list\n")).ok);
    await kept.close();
    await until("the second program has left", () => lines().length === 4, 10);
  }));
