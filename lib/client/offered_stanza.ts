/**
 * The stanza that a server's administrator hands over: what `fwknop invite` and `fwknop setup` write for a client. It
 * comes from outside, so it may set what these commands write and nothing else: another variable could name a program
 * to run or a file to overwrite. Pure.
 *
 * @module
 */
import type { Fwknoprc, FwknoprcEntry } from "../config/fwknoprc.ts";
import { readStanza, sameStanza } from "../config/fwknoprc.ts";
import { nearestWord } from "../config/did_you_mean.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { concatBytes, textBytes } from "../crypto/bytes.ts";
import { parseAddress } from "../net/address.ts";
import { isHostName } from "../net/host_name.ts";
import { parseServices, type Service } from "../net/service.ts";
import { oneLine } from "../one_line.ts";
import { levelFromRc } from "./level.ts";
import { Problem } from "./problem.ts";
import { formatRcLine, type RcSetting } from "./rc_text.ts";

/** A stanza that may be added to the rc file. */
export interface OfferedStanza {
  readonly name: string;
  /** Host name or address. */
  readonly server: string;
  readonly services: readonly Service[];
  /** In the order of the file. */
  readonly settings: readonly RcSetting[];
}

/** What `formatClientStanza` writes (`invitation.ts`). */
const OFFERED = [
  "ACCESS",
  "ALLOW_IP",
  "HMAC_DIGEST_TYPE",
  "HMAC_KEY_BASE64",
  "KEY_BASE64",
  "SPA_SERVER",
  "SPA_SERVER_PORT",
  "SPA_SERVER_PROTO",
  "USE_HMAC",
];

const AS_INVITED = "FILE is what fwknop invite --client-file or fwknop setup wrote on the server";

/**
 * Whether the text can be the name of an added stanza. Names become words of commands that a person copies into a
 * shell and into `~/.ssh/config`. `default` applies to every knock.
 */
export function isOfferedName(name: string): boolean {
  return /^[A-Za-z0-9_:][A-Za-z0-9._:@-]{0,252}$/.test(name) && !sameStanza(name, "default");
}

/** What such a name is, for hints. */
export const OFFERED_NAME_HINT =
  "a name has letters of ASCII, digits and . _ : @ -, and is not default";

/** Checks the parsed file. A problem has the position of what is wrong. */
export function readOffer(rc: Fwknoprc): OfferedStanza | Problem {
  const at = (line: number, column = 1): Position => ({ file: rc.file, line, column });
  const header = rc.lines.findIndex(({ kind }) => kind === "header");
  const before = rc.lines.slice(0, header < 0 ? undefined : header)
    .findIndex((line) => line.kind !== "comment" && line.text.trim() !== "");
  if (before >= 0) {
    return new Problem("this line stands before the [name] of a client's stanza", {
      hint: isOfServer(rc, before)
        ? `it is of the server's stanza, which stays on the server; ${AS_INVITED}`
        : AS_INVITED,
      position: at(before + 1),
    });
  }
  const first = rc.lines[header];
  if (first?.kind !== "header") {
    return new Problem("there is no stanza", { hint: AS_INVITED, position: at(1) });
  }
  const second = rc.lines.findIndex(({ kind }, index) => kind === "header" && index > header);
  if (second >= 0) {
    return new Problem("a second stanza begins here", {
      hint: "accept takes a file with one stanza",
      position: at(second + 1),
    });
  }
  if (!isOfferedName(first.name)) {
    return new Problem(`'${oneLine(first.name)}' cannot be the name of the stanza`, {
      hint: OFFERED_NAME_HINT,
      position: at(header + 1),
    });
  }
  return checkEntries(rc, first.name, at(header + 1));
}

function isOfServer(rc: Fwknoprc, index: number): boolean {
  return /^\s*(SOURCE|NAME|OPEN_PORTS|FW_ACCESS_TIMEOUT|REQUIRE_\w+)\b/.test(
    rc.lines[index]?.text ?? "",
  );
}

function checkEntries(rc: Fwknoprc, name: string, start: Position): OfferedStanza | Problem {
  const { entries, diagnostics } = readStanza(rc, name);
  const { level, diagnostics: found } = levelFromRc(entries, "native", textBytes);
  const [worst] = [...diagnostics, ...found, ...entries.flatMap(stray), ...repeated(entries)]
    .sort((a, b) => (a.position?.line ?? 0) - (b.position?.line ?? 0));
  if (worst !== undefined) {
    const { text, hint, position } = worst;
    return new Problem(text, { ...(hint && { hint }), ...(position && { position }) });
  }
  const missing = ["SPA_SERVER", "ACCESS", "KEY_BASE64"]
    .find((variable) => entries.every((entry) => entry.name !== variable));
  if (missing !== undefined) {
    return new Problem(`the stanza has no ${missing}`, { hint: AS_INVITED, position: start });
  }
  const valueOf = (variable: string): FwknoprcEntry | undefined =>
    entries.find((entry) => entry.name === variable);
  const server = valueOf("SPA_SERVER");
  const isHost = (text: string): boolean => parseAddress(text) !== undefined || isHostName(text);
  if (server === undefined || !isHost(server.value)) {
    return new Problem(
      `SPA_SERVER '${oneLine(server?.value ?? "")}' is not a host name or an address`,
      {
        hint: AS_INVITED,
        position: server?.valuePosition ?? start,
      },
    );
  }
  const access = valueOf("ACCESS");
  const services = parseServices(level.access ?? "");
  if (access === undefined || services === undefined) {
    return new Problem(`ACCESS '${oneLine(access?.value ?? "")}' is not a list such as tcp/22`, {
      hint: AS_INVITED,
      position: access?.valuePosition ?? start,
    });
  }
  const settings = entries.map(({ name, value }) => ({ name, value }));
  return { name, server: server.value, services, settings };
}

/** A variable that no command writes for a client. */
function stray({ name, position }: FwknoprcEntry): Diagnostic[] {
  if (OFFERED.includes(name)) return [];
  const nearest = nearestWord(name, OFFERED);
  return [{
    severity: "error",
    text: `a stanza of another person may not set ${name}`,
    position,
    hint: nearest === undefined
      ? "if you know why it is there, add the stanza to the rc file by hand"
      : `did you mean ${nearest}?`,
  }];
}

function repeated(entries: readonly FwknoprcEntry[]): Diagnostic[] {
  return entries.flatMap(({ name, position }, index) =>
    entries.findIndex((entry) => entry.name === name) === index ? [] : [{
      severity: "error" as const,
      text: `${name} is set twice`,
      position,
      hint: "remove one of the lines",
    }]
  );
}

/**
 * The file with the stanza at its end. Every byte of the file stays. New lines end as the first line of the file does.
 */
export function withStanza(
  file: Uint8Array,
  name: string,
  settings: readonly RcSetting[],
): Uint8Array {
  const LINE_FEED = 0x0a;
  const feed = file.indexOf(LINE_FEED);
  const end = feed > 0 && file[feed - 1] === 0x0d ? "\r\n" : "\n";
  const isEnded = file.length === 0 || file.at(-1) === LINE_FEED;
  const lines = [`[${name}]`, ...settings.map(formatRcLine)];
  const text = (isEnded ? "" : end) + (file.length === 0 ? "" : end) +
    lines.map((line) => line + end).join("");
  return concatBytes(file, textBytes(text));
}
