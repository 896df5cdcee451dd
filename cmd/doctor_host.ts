/**
 * What `fwknop doctor` examines besides the firewall: the listeners, the clock, the files.
 *
 * @module
 */
import { interfaceNames, isSniffing } from "../lib/config/sniffed_interfaces.ts";
import { missingPcap } from "../lib/capture/pcap_presence.ts";
import { readClock } from "../lib/client/local_clock.ts";
import type { Diagnostic } from "../lib/errors/diagnostic.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import type { Finding } from "../lib/doctor/finding.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { ageWindow } from "../lib/server/policy.ts";

/** Examines the interfaces, libpcap and the clock, as far as the settings use them. */
export function examineHost(settings: ServerSettings): Finding[] {
  return [
    ...(isSniffing(settings)
      ? [...interfaceNames(settings).flatMap(examineInterface), ...examinePcap(settings)]
      : []),
    ...examineClock(ageWindow(settings)),
  ];
}

/** Whether a daemon runs with these settings. Without one the host has no fault, but a knock opens nothing. */
export function examineServer({ FWKNOP_PID_FILE }: ServerSettings): Finding[] {
  try {
    const pid = runningDaemon(FWKNOP_PID_FILE);
    if (pid !== undefined) return [{ state: "good", text: `The server runs (pid=${pid})` }];
    return [{
      state: "unclear",
      text: "No server runs with this configuration: a knock opens nothing",
      repair: "fwknop serve, or systemctl start fwknop",
    }];
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    const { message: text, hint: repair } = error;
    return [{ state: "unclear", text, ...(repair === undefined ? {} : { repair }) }];
  }
}

/** Whether an interface to sniff on exists and is up. */
function examineInterface(name: string): Finding[] {
  if (name === "any" || Deno.build.os !== "linux") return [];
  try {
    const state = Deno.readTextFileSync(`/sys/class/net/${name}/operstate`).trim();
    if (state !== "down") return [{ state: "good", text: `The interface ${name} is there` }];
    return [{
      state: "bad",
      text: `The interface ${name} is down`,
      repair: `ip link set ${name} up`,
    }];
  } catch {
    return [{
      state: "bad",
      text: `There is no interface ${name}`,
      repair: "Name one with PCAP_INTF: ip -brief link",
    }];
  }
}

function examinePcap(settings: ServerSettings): Finding[] {
  const missing = missingPcap();
  if (missing === undefined) return [{ state: "good", text: "libpcap is there" }];
  const falls = settings.ENABLE_PCAP_FALLBACK_UDP;
  return [{ state: falls ? "unclear" : "bad", text: missing.text, repair: missing.hint }];
}

/** Reports nothing if ages are not checked, or if the system does not say what sets its clock. */
function examineClock(limit: number | undefined): Finding[] {
  const isKept = limit === undefined ? undefined : readClock().isKept;
  if (isKept === undefined) return [];
  if (isKept) return [{ state: "good", text: "A time service sets this machine's clock" }];
  return [{
    state: "unclear",
    text: `No time service sets this machine's clock: packets more than ${limit} s off are refused`,
    repair: "timedatectl set-ntp true",
  }];
}

/** The findings about the permissions of files with keys. */
export function examineFiles(diagnostics: readonly Diagnostic[]): Finding[] {
  const findings = diagnostics.flatMap((diagnostic): Finding[] => {
    const { code, path = "" } = diagnostic;
    if (!isFileFinding(diagnostic)) return [];
    return [
      code === "owned-by-another"
        ? { state: "bad", text: `${path} belongs to another user`, repair: `chown root ${path}` }
        : { state: "bad", text: `Other users may read ${path}`, repair: `chmod 600 ${path}` },
    ];
  });
  return findings.length > 0
    ? findings
    : [{ state: "good", text: "No other user may read the files with keys" }];
}

/** Whether examineFiles reports this diagnostic. */
export function isFileFinding({ code }: Diagnostic): boolean {
  return code === "others-may-read" || code === "owned-by-another";
}
