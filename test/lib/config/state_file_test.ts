import { examineStateFile } from "../../../lib/config/state_file.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const STRANGER = 65533;

function fileAt(path: string, mode = 0o600): string {
  Deno.writeTextFileSync(path, "", { mode: 0o600 });
  Deno.chmodSync(path, mode);
  return path;
}

function refusal(path: string): string {
  try {
    examineStateFile(path, "DIGEST_FILE");
  } catch (error) {
    assert(error instanceof HintedError && error.hint?.includes("DIGEST_FILE") === true);
    return error.message;
  }
  throw new Error(`${path} is taken`);
}

Deno.test("a state file that other users can read is a warning in the C daemon's words", () =>
  withFolder((folder) => {
    assertEquals(examineStateFile(fileAt(`${folder}/a`), "DIGEST_FILE"), []);
    assertEquals(examineStateFile(fileAt(`${folder}/b`, 0o644), "DIGEST_FILE"), [
      `[-] file: ${folder}/b permissions should only be user read/write (0600, -rw-------)`,
    ]);
    assertEquals(examineStateFile(`${folder}/absent`, "DIGEST_FILE"), []);
  }));

testWhere(
  "a state file that another user could change is refused: its owner, mode, links and folders",
  { system: "unix", root: true },
  () =>
    withFolder((folder) => {
      const foreign = fileAt(`${folder}/foreign`);
      Deno.chownSync(foreign, STRANGER, STRANGER);
      assertEquals(
        refusal(foreign),
        `[-] file: ${foreign} not owned by current effective user id: user ${STRANGER} owns ${foreign}`,
      );
      const open = fileAt(`${folder}/open`, 0o666);
      assertEquals(
        refusal(open),
        `The file ${open} can be changed by others: everybody can write to ${open}`,
      );
      const real = fileAt(`${folder}/real`);
      Deno.symlinkSync(real, `${folder}/link`);
      assertEquals(examineStateFile(`${folder}/link`, "DIGEST_FILE"), [], "root's own link");
      Deno.mkdirSync(`${folder}/theirs`);
      Deno.symlinkSync(real, `${folder}/theirs/link`);
      Deno.chownSync(`${folder}/theirs`, STRANGER, STRANGER);
      const through = `user ${STRANGER} owns ${folder}/theirs`;
      for (const name of ["link", "absent"]) {
        const path = `${folder}/theirs/${name}`;
        assertEquals(refusal(path), `The file ${path} can be changed by others: ${through}`);
      }
      assertEquals(
        refusal(folder),
        `[-] file: ${folder} is not a regular file or symbolic link.`,
      );
    }),
);

testWhere(
  "in a folder that every user can write to, a file of root is accepted, and a second link to a file is refused",
  { system: "unix", root: true },
  () =>
    withFolder((folder) => {
      Deno.mkdirSync(`${folder}/shared`);
      Deno.chmodSync(`${folder}/shared`, 0o1777);
      assertEquals(examineStateFile(fileAt(`${folder}/shared/own`), "DIGEST_FILE"), []);
      Deno.linkSync(fileAt(`${folder}/precious`), `${folder}/shared/second`);
      assertEquals(
        refusal(`${folder}/shared/second`),
        `The file ${folder}/shared/second can be changed by others: ` +
          `it has another name beside ${folder}/shared/second`,
      );
      Deno.chmodSync(`${folder}/shared`, 0o777);
      assertThrows(() => examineStateFile(`${folder}/shared/own`, "DIGEST_FILE"), HintedError);
    }),
);
