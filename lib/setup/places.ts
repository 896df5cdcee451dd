/**
 * Where a set-up keeps its files. Until it is confirmed, all of them are in `/run`, which no reboot survives.
 *
 * @module
 */

/** The trial: the journal, and the configuration that the server reads until the set-up is confirmed. */
export const TRIAL_FOLDER = "/run/fwknop-setup";

/** The journal of a trial. */
export const TRIAL_JOURNAL = `${TRIAL_FOLDER}/journal.json`;

/** Held by the process that puts something in or takes it out. */
export const LOCK_FILE = "/run/fwknop-setup.lock";

/** The files of new clients, until a reboot or the confirmation. */
export const CLIENT_FOLDER = "/run/fwknop-client";

/** The journal of a set-up that is confirmed, or that is being confirmed. */
export const KEPT_FOLDER = "/var/lib/fwknop-setup";
export const KEPT_JOURNAL = `${KEPT_FOLDER}/journal.json`;

/** The server's configuration. */
export const CONFIG_FOLDER = "/etc/fwknop";
export const CONFIG_FILE = `${CONFIG_FOLDER}/fwknopd.conf`;
export const ACCESS_FILE = `${CONFIG_FOLDER}/access.conf`;

/** The same files of a trial. */
export const TRIAL_CONFIG = `${TRIAL_FOLDER}/fwknopd.conf`;
export const TRIAL_ACCESS = `${TRIAL_FOLDER}/access.conf`;

/** The service, and the one of a trial. */
export const SERVICE = "fwknop.service";
export const TRIAL_SERVICE = "fwknop-setup.service";

/** Unit files of the administrator, and units that are gone after a reboot (systemd.unit(5)). */
export const UNITS = "/etc/systemd/system";
export const TRIAL_UNITS = "/run/systemd/system";

/** The timer that ends a trial. */
export const TIMER = "fwknop-setup-end";
