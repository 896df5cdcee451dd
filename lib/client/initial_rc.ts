/**
 * Creates the rc file that the first run under the C client's command line makes (`docs/spec/client.md` 4).
 *
 * @module
 */
import { sampleFwknoprc } from "../config/sample_fwknoprc.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { createPrivateFile } from "../files/private_file.ts";
import { Problem } from "./problem.ts";

/** Creates the file, readable only by its owner. Never replaces a file. */
export function createInitialRc(path: string): Problem | undefined {
  try {
    createPrivateFile(path, sampleFwknoprc());
    return undefined;
  } catch (error) {
    const reason = systemReasonOf(error);
    return new Problem(`cannot create ${path}: ${reason}`, {
      reference: `Unable to create initial rc file: ${path}: ${reason}`,
    });
  }
}
