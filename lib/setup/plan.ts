/**
 * The steps of a set-up: those of the trial, which no reboot survives, and those that keep it.
 *
 * @module
 */
import { systemdUnit, trialUnit, type UnitKind } from "../daemon/systemd_unit.ts";
import type { Service } from "../net/service.ts";
import { type ClosingChoice, closingRules } from "./closing.ts";
import {
  ACCESS_FILE,
  CONFIG_FILE,
  CONFIG_FOLDER,
  SERVICE,
  TRIAL_ACCESS,
  TRIAL_CONFIG,
  TRIAL_FOLDER,
  TRIAL_SERVICE,
  TRIAL_UNITS,
  UNITS,
} from "./places.ts";
import type { PlannedStep } from "./steps.ts";

/** One of the two files of the server. */
export interface ConfigText {
  /** The lines that the set-up adds. */
  readonly lines: string;
  /** The same without keys. */
  readonly shown: string;
  /** The whole file of the trial. */
  readonly trial: string;
  /** Whether the file is there. */
  readonly isThere: boolean;
}

/** How the server is started and kept running. */
export type ServerManager =
  | {
    readonly kind: "systemd";
    /** The absolute path of this program. */
    readonly program: string;
    readonly unit: UnitKind;
    /** Whether a unit is installed that can be used. */
    readonly isInstalled: boolean;
    /** Whether the service has state from before. */
    readonly hasState: boolean;
  }
  | {
    readonly kind: "none";
    /** Whether the folder of the server's state is there. */
    readonly hasState: boolean;
  };

/** All that the steps depend on. */
export interface SetupFacts {
  readonly services: readonly Service[];
  readonly choice: ClosingChoice;
  readonly config: ConfigText;
  readonly access: ConfigText;
  readonly hasConfigFolder: boolean;
  readonly manager: ServerManager;
}

/** The steps of a trial. The last one starts the server. */
export function trialSteps(facts: SetupFacts): PlannedStep[] {
  const { services, choice, config, access, manager } = facts;
  const { closing, firewall } = choice;
  const rules = closing.how === "rules" ? closingRules(services, closing.families) : [];
  return [
    { record: { kind: "file", path: TRIAL_CONFIG }, text: config.trial, shown: config.shown },
    { record: { kind: "file", path: TRIAL_ACCESS }, text: access.trial, shown: access.shown },
    { record: { kind: "grants", firewall } },
    ...rules.map((record) => ({ record })),
    ...(manager.kind === "none" ? [{ record: TRIAL_PROCESS }] : [
      {
        record: { kind: "unit", path: `${TRIAL_UNITS}/${TRIAL_SERVICE}` } as const,
        text: trialUnit(manager.unit, manager.program, TRIAL_FOLDER),
        shown: `(fwknop print unit, with the files of ${TRIAL_FOLDER})`,
      },
      { record: { kind: "tree", path: TRIAL_RUN_FOLDER } as const },
      { record: { kind: "service", name: TRIAL_SERVICE, hasState: true } as const },
    ]),
  ];
}

const TRIAL_PROCESS: PlannedStep["record"] = {
  kind: "process",
  marks: [TRIAL_CONFIG],
  options: [
    "--foreground",
    ...["--config-file", TRIAL_CONFIG, "--access-file", TRIAL_ACCESS],
    ...["--run-dir", `${TRIAL_FOLDER}/server`],
  ],
};

/** The steps that write what is kept. Nothing of it is in force yet. */
export function keptFileSteps(facts: SetupFacts): PlannedStep[] {
  const { services, choice: { closing }, config, access, hasConfigFolder, manager } = facts;
  const lines = (path: string, { lines: text, shown, isThere }: ConfigText): PlannedStep => ({
    record: { kind: "lines", path, wasThere: isThere },
    text,
    shown,
  });
  return [
    ...(hasConfigFolder ? [] : [{ record: { kind: "folder", path: CONFIG_FOLDER } as const }]),
    lines(CONFIG_FILE, config),
    lines(ACCESS_FILE, access),
    ...(manager.kind === "none" || manager.isInstalled ? [] : [{
      record: { kind: "unit", path: `${UNITS}/${SERVICE}` } as const,
      text: systemdUnit(manager.unit, manager.program),
      shown: `(fwknop print ${manager.unit === "hardened" ? "unit" : "unit-compatible"})`,
    }]),
    ...(manager.kind === "none" || closing.how !== "rules" ? [] : [
      { record: { kind: "folder", path: DROP_IN_FOLDER } as const },
      {
        record: { kind: "unit", path: `${DROP_IN_FOLDER}/fwknop-setup.conf` } as const,
        text: closingDropIn(services, closing.families),
      },
    ]),
  ];
}

const DROP_IN_FOLDER = `${UNITS}/${SERVICE}.d`;

/** The steps that put what is kept in force, in place of the trial's server. */
export function keptServiceSteps({ manager }: SetupFacts): PlannedStep[] {
  const folders = manager.kind === "none" ? [RUN_FOLDER] : [RUN_FOLDER, STATE_FOLDER];
  const made: PlannedStep[] = manager.hasState
    ? []
    : folders.map((path) => ({ record: { kind: "tree", path } }));
  if (manager.kind === "none") return [...made, { record: KEPT_PROCESS }];
  return [
    ...made,
    { record: { kind: "service", name: SERVICE, hasState: manager.hasState } },
    { record: { kind: "enabled", name: SERVICE } },
  ];
}

/** Where systemd puts the run folder of a trial's service, or a link to it. */
const TRIAL_RUN_FOLDER = "/run/fwknop-trial";

/** The state of the service, or a link to it: systemd keeps that of a user that it makes up elsewhere. */
export const STATE_FOLDER = "/var/lib/fwknop";

/** The run folder of the server. */
export const RUN_FOLDER = "/run/fwknop";

const KEPT_PROCESS: PlannedStep["record"] = {
  kind: "process",
  marks: ["--config-file", CONFIG_FILE],
  options: ["--config-file", CONFIG_FILE],
};

/** Whether the step starts the server of the trial. */
export function isTrialServer({ record }: PlannedStep): boolean {
  return record.kind === "service" ? record.name === TRIAL_SERVICE : record === TRIAL_PROCESS;
}

/**
 * A drop-in of the service that closes the ports before the server starts: at a boot, nothing else makes these rules. A
 * rule that is there stays where it is, below the server's jump.
 */
function closingDropIn(
  services: readonly Service[],
  families: Parameters<typeof closingRules>[1],
): string {
  const commands = closingRules(services, families).map(({ insert }) => {
    const check = insert.map((word) => word === "-I" ? "-C" : word);
    check.splice(check.indexOf("INPUT") + 1, 1);
    return `ExecStartPre=+/bin/sh -c "${check.join(" ")} || ${insert.join(" ")}"\n`;
  });
  return `# Written by fwknop setup\n[Service]\n${commands.join("")}`;
}
