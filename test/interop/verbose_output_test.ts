import { textBytes } from "../../lib/crypto/bytes.ts";
import { assertEquals } from "../assert.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { ethernet, ipv4, udp } from "../support/frames.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";
import { pcapBytes } from "../support/pcap_bytes.ts";

namespaceTest(
  "with -v -v -v both daemons print the same settings and the same bytes of a packet",
  { programs: ["fwknopd", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const write = (name: string, content: Uint8Array): string => {
        Deno.writeFileSync(`${folder}/${name}`, content, { mode: 0o600 });
        return `${folder}/${name}`;
      };
      const { packetText } = seal();
      const frame = ethernet(0x0800, ipv4(17, udp(40000, 62201, textBytes(packetText))));
      const capture = write("knock.pcap", pcapBytes(1, [frame]));
      const access = write(
        "access.conf",
        textBytes("SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n"),
      );
      const outputs: string[][] = [];
      for (const program of [["fwknopd"], [...SOURCE_PROGRAM, "fwknopd"]]) {
        const run = `${folder}/${outputs.length}`;
        Deno.mkdirSync(run, { mode: 0o700 });
        const conf = write("fwknopd.conf", textBytes(`FWKNOP_RUN_DIR ${run}\n`));
        const files = ["-c", conf, "-a", access, "--pcap-file", capture];
        outputs.push(
          await printed(host, [...program, "-f", "-t", "-C", "1", "-v", "-v", "-v", ...files], run),
        );
      }
      const [theirs, ours] = outputs;
      assertEquals(ours, theirs);
      assertEquals(theirs?.includes("[+] candidate SPA packet payload:"), true);
      assertEquals(theirs?.includes("Current fwknopd config settings:"), true);
    }),
);

/** The lines on standard output, without the row in which `-c` also names an override file. */
async function printed(host: Namespace, words: readonly string[], run: string): Promise<string[]> {
  const { stdout } = await host.run(...words);
  return stdout.replaceAll(run, "RUN").split("\n").filter((line) =>
    !line.includes("OVERRIDE_CONFIG")
  );
}
