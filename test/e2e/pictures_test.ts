/** Runs the programs of `docs/pictures` again: a picture that differs from a fresh run is stale. */
import { loadPcap } from "../../ffi/pcap.ts";
import { drawPictures, PICTURE_PROGRAMS } from "../../scripts/pictures.ts";
import { ROOT } from "../../scripts/process.ts";
import { assertEquals } from "../assert.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";

function libpcapMissing(): string | undefined {
  try {
    loadPcap();
    return undefined;
  } catch {
    return "libpcap is missing";
  }
}

namespaceTest(
  "the pictures of serve and explain are those that a fresh run makes (deno task pictures)",
  { programs: PICTURE_PROGRAMS, unavailable: libpcapMissing },
  (lab) =>
    withFolder(async (folder) => {
      const drawn = await drawPictures(lab, folder);
      assertEquals([...drawn.keys()], ["serve.svg", "explain.svg"]);
      for (const [name, text] of drawn) {
        assertEquals(text, await Deno.readTextFile(`${ROOT}docs/pictures/${name}`), name);
      }
    }),
);
