import { checkDigestFile, warnOfInvalidEntries } from "../../../lib/daemon/check_files.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";

type Log = Parameters<typeof checkDigestFile>[1];
type Settings = Parameters<typeof checkDigestFile>[0];

/** The log lines of a check of a file. */
function logged(check: (log: Log) => void): string[] {
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  check({ info: add, warning: add } as unknown as Log);
  return lines;
}

Deno.test("a replay file is checked line by line, and a missing one is allowed", () =>
  withFolder((folder) => {
    const path = `${folder}/digests`;
    const check = () => logged((log) => checkDigestFile({ DIGEST_FILE: path } as Settings, log));
    assertEquals(check(), ["Digest cache parsed, exiting."]);
    Deno.writeTextFileSync(path, "# <digest> <proto>\nno entry\n");
    assertEquals(check(), [
      `*Skipping invalid digest file entry in ${path} at line 2.`,
      "Digest cache parsed, exiting.",
    ]);
  }));

Deno.test("a replay file that cannot be read is an error with its reason", () =>
  withFolder((folder) => {
    assertThrows(
      () => logged((log) => checkDigestFile({ DIGEST_FILE: folder } as Settings, log)),
      { name: "HintedError", message: /^Cannot use the replay file .*Is a directory/ },
    );
  }));

Deno.test("only invalid lines cause a warning", () => {
  const content = { entries: [], invalidLines: [3, 7] } as unknown as Parameters<
    typeof warnOfInvalidEntries
  >[1];
  assertEquals(logged((log) => warnOfInvalidEntries("f", content, log)).length, 2);
});
