/**
 * The rc file that a first run of the C client's command line leaves behind (`docs/spec/client.md` 4).
 *
 * @module
 */
import { sampleFwknoprc } from "../config/sample_fwknoprc.ts";
import { errorText } from "../errors/error_text.ts";
import { createPrivateFile } from "./private_file.ts";
import { Problem } from "./problem.ts";

/** Creates the file, readable by its owner alone; never replaces one. */
export async function createInitialRc(path: string): Promise<Problem | undefined> {
  try {
    await createPrivateFile(path, sampleFwknoprc());
    return undefined;
  } catch (error) {
    const reason = errorText(error);
    return new Problem(`cannot create ${path}: ${reason}`, {
      reference: `Unable to create initial rc file: ${path}: ${reason}`,
    });
  }
}
