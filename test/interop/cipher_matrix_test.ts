import { assertEquals } from "../assert.ts";
import { textBytes } from "../../lib/crypto/bytes.ts";
import { MATRIX_CASES, matrixAccessConf, matrixOptions } from "../support/cipher_matrix.ts";
import { startOurs, startReference } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";

/** Sends each line of its input as a packet. */
const SEND = `
import dgram from "node:dgram";
import { createInterface } from "node:readline";
const socket = dgram.createSocket("udp4");
for await (const line of createInterface({ input: process.stdin })) {
  await new Promise((sent) => socket.send(line, 62201, "127.0.0.1", sent));
}
socket.close();`;

namespaceTest(
  `serve decodes the C client's packets in all ${MATRIX_CASES.length} combinations of digest, HMAC and mode`,
  { programs: ["fwknop"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await withFolder(async (folder) => {
      const files = { folder, accessConf: matrixAccessConf() };
      const daemon = await startOurs(host, files, "-t", "--log-format", "json");
      for (const [index, matrixCase] of MATRIX_CASES.entries()) {
        const to = ["-D", "127.0.0.1", "-a", "192.0.2.44", "-A", `tcp/${1000 + index}`];
        const words = ["--no-rc-file", "--no-save-args", ...to, ...matrixOptions(matrixCase)];
        await host.must("fwknop", ...words);
      }
      await daemon.line(new RegExp(`"test-mode".*tcp/${999 + MATRIX_CASES.length}"`));
      await daemon.stop();
      const granted = daemon.lines.flatMap((line) => {
        const { code, stanzas, facts } = JSON.parse(line);
        return code === "test-mode" ? [{ stanza: stanzas[0], services: facts.services }] : [];
      });
      const expected = MATRIX_CASES.map(({ stanza }, index) => ({
        stanza: stanza.number,
        services: `tcp/${1000 + index}`,
      }));
      assertEquals(granted, expected);
    });
  },
);

namespaceTest(
  `the C daemon decodes our packets in all ${MATRIX_CASES.length} combinations of digest, HMAC and mode`,
  { programs: ["fwknopd"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await withFolder(async (folder) => {
      const files = { folder, accessConf: matrixAccessConf() };
      const daemon = await startReference(host, files, "-t", "-v");
      const sender = host.spawn([Deno.execPath(), "eval", SEND], { stdin: "piped" });
      const input = sender.stdin.getWriter();
      const granted: number[] = [];
      for (const [index, { stanza, digest }] of MATRIX_CASES.entries()) {
        const { mode, hmacType, key, hmacKey } = stanza;
        const { packetText } = seal({ message: `192.0.2.44,tcp/${1000 + index}` }, {
          encryptionKey: textBytes(key),
          mode,
          digestName: digest,
          hmac: hmacType && { key: textBytes(hmacKey), type: hmacType },
        });
        // One at a time: the C daemon has the kernel's ordinary small buffer.
        const from = daemon.lines.length;
        await input.write(textBytes(`${packetText}\n`));
        const line = await daemon.line(/--test mode enabled/, { from });
        granted.push(Number(/stanza #([0-9]+)/.exec(line)?.[1]));
      }
      await input.close();
      await sender.status;
      await daemon.stop();
      const decoded = daemon.lines.flatMap((line) => {
        const [, port] = /Message String: 192\.0\.2\.44,tcp\/([0-9]+)$/.exec(line) ?? [];
        return port === undefined ? [] : [Number(port)];
      });
      assertEquals(decoded, MATRIX_CASES.map((_, index) => 1000 + index));
      assertEquals(granted, MATRIX_CASES.map(({ stanza }) => stanza.number));
    });
  },
);
