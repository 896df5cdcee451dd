/**
 * The timer that ends a trial. It runs outside the process of the set-up, so it also fires when that one is killed, and
 * on a clock that only goes forward.
 *
 * @module
 */
import { ownCommand, startDetached } from "../daemon/detach.ts";
import { isSystemdRunning } from "../daemon/service_manager.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { SetupHost } from "./host.ts";
import { TIMER } from "./places.ts";

/** The arguments with which the program ends the trial of that name, unless it is confirmed. */
function endingArguments(id: string): string[] {
  return ["setup", "--undo", "--unless-confirmed", id];
}

/**
 * The command that arms the timer of systemd. A timer without a time of day counts on the monotonic clock
 * (systemd.timer(5)), and the default accuracy of one minute would leave the port closed for so long. A transient unit is
 * gone after a reboot. If the program that takes the trial out is killed, it is started again.
 */
export function systemdTimer(id: string, seconds: number): string[] {
  return [
    ...["systemd-run", "--quiet", `--unit=${TIMER}`, `--on-active=${seconds}s`],
    ...["--timer-property=AccuracySec=100ms", "--property=Restart=on-failure"],
    ...["--property=RestartSec=1s", ...ownCommand(endingArguments(id))],
  ];
}

/**
 * Arms the timer, and checks that it is armed.
 *
 * @param seconds until the trial ends.
 * @throws {HintedError} if it is not armed; nothing may be changed then.
 */
export async function armTimer(id: string, seconds: number, host: SetupHost): Promise<void> {
  if (!isSystemdRunning()) {
    const words = [...endingArguments(id), "--after", String(seconds)];
    const outcome = await startDetached(ownCommand(words));
    if (outcome.started) return;
    throw new HintedError("The timer that takes everything out again does not start");
  }
  await disarmTimer(host);
  const words = systemdTimer(id, seconds);
  const armed = await host.run(words);
  const active = await host.run(["systemctl", "is-active", "--quiet", `${TIMER}.timer`]);
  if (armed.code === 0 && active.code === 0) return;
  throw new HintedError(
    `The timer that takes everything out again does not start: ${armed.stderr.trim()}`,
    { hint: "systemctl status says whether systemd works" },
  );
}

/** Stops the timer of systemd. A detached timer sees by itself that its trial is over. */
export async function disarmTimer(host: SetupHost): Promise<void> {
  if (!isSystemdRunning()) return;
  await host.run(["systemctl", "stop", `${TIMER}.timer`]);
  await host.run(["systemctl", "reset-failed", `${TIMER}.service`]);
}

/** The longest time that a trial may wait for its confirmation, in seconds. */
export const MAX_SECONDS = 3600;

/** Milliseconds between two looks at the trial. */
const LOOK = 500;

/**
 * Waits as a detached timer does: for seconds of the clock that only goes forward, or until the trial is over.
 *
 * @returns whether the time is up.
 */
export async function waitDetached(
  seconds: number,
  isOver: () => boolean,
): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (!isOver()) {
    const left = deadline - performance.now();
    if (left <= 0) return true;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK, left)));
  }
  return false;
}
