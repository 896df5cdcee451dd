/**
 * The systemd of this host, as far as an installation needs it.
 *
 * @module
 */
import { bytesText } from "../crypto/bytes.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { runProgram } from "../exec/run.ts";
import { SERVICES } from "./contents.ts";

/**
 * Makes systemd read its service files again.
 *
 * @throws {HintedError} when systemctl fails.
 */
export async function reloadUnits(): Promise<void> {
  const failure = await systemctl(["daemon-reload"]);
  if (failure !== undefined) {
    throw new HintedError(`systemctl daemon-reload failed: ${failure}`, {
      hint: "The files are installed; systemd does not know them yet: systemctl daemon-reload",
    });
  }
}

/** The services of ours that run. */
export async function activeUnits(): Promise<string[]> {
  return await unitsThatAre("is-active");
}

/** The services of ours that start at boot. */
export async function enabledUnits(): Promise<string[]> {
  return await unitsThatAre("is-enabled");
}

/** Restarts a service and waits until it is ready; returns the reason if it does not become ready. */
export async function restartUnit(unit: string): Promise<string | undefined> {
  // With Type=notify, systemctl waits until the daemon says that it captures.
  return await systemctl(["restart", unit]) ?? await systemctl(["is-active", "--quiet", unit]);
}

async function unitsThatAre(question: "is-active" | "is-enabled"): Promise<string[]> {
  const units: string[] = [];
  for (const unit of Object.keys(SERVICES)) {
    if (await systemctl([question, "--quiet", unit]) === undefined) units.push(unit);
  }
  return units;
}

/** Runs systemctl; returns the reason of a failure. */
async function systemctl(words: readonly string[]): Promise<string | undefined> {
  const ended = await runProgram("system", ["systemctl", ...words]);
  if ("why" in ended) return ended.reason;
  if (ended.how === "late") return "it takes too long";
  if (ended.code === 0) return undefined;
  const [line = ""] = (bytesText(ended.stderr) ?? "").split("\n");
  return line || `exit status ${ended.code}`;
}
