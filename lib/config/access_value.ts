/**
 * Parses values of `access.conf` strictly into typed values (`docs/spec/server.md` 5.3 to 5.6).
 *
 * @module
 */
import { decodeKeyBase64 } from "../crypto/base64.ts";
import { parseDigestName } from "../crypto/digest.ts";
import { parseEncryptionMode } from "../crypto/encryption_mode.ts";
import { isUnspecified, parseAddress } from "../net/address.ts";
import { parsePrefix, type Prefix } from "../net/prefix.ts";
import { parsePort, type Service } from "../net/service.ts";
import { type Failure, failure, success } from "../errors/result.ts";
import type { ConfigFiles } from "./config_files.ts";
import {
  type ParsedValue,
  parseWithin,
  parseYesOrNo,
  PLACEHOLDER,
  type ValueError,
} from "./parsed_value.ts";
import { CLIENT_NAME_HINT, misfitOf } from "./client_name.ts";
import { MASK } from "./mask.ts";
import { parseNatTargets } from "./nat_targets.ts";
import type { AccessKinds, ForcedNatTarget } from "./access_kinds.ts";
import type { VariableRow } from "./variable.ts";

/** What messages say about the place of a value. */
export interface ValueContext {
  readonly files: Pick<ConfigFiles, "user" | "group" | "isFolder" | "exists">;
  /** SOURCE of the stanza, as written. */
  readonly source: string;
  readonly file: string;
}

/** The C daemon's limit, in bytes. */
const MAX_COMMAND_LENGTH = 255;

/** Parses the value of a variable by the kind of its row. Messages never contain the value of a secret. */
export function parseAccessValue(
  row: VariableRow<keyof AccessKinds>,
  text: string,
  context: ValueContext,
): ParsedValue<AccessKinds[keyof AccessKinds]> {
  if (row.secret === true && text.toUpperCase() === PLACEHOLDER) {
    return wrong(
      `[*] ${row.name} value is not properly set in stanza source '${context.source}' in access file: '${context.file}'`,
      "fwknop keygen makes keys",
    );
  }
  switch (row.kind) {
    case "boolean":
      return parseYesOrNo(row, text);
    case "integer":
      return parseSeconds(row, text);
    case "text":
      return success(text);
    case "client name": {
      const misfit = text === "" ? 0 : misfitOf(text);
      return misfit === undefined
        ? success(text)
        : wrong(`[*] Invalid ${row.name} '${text}' in access stanza`, CLIENT_NAME_HINT, misfit);
    }
    case "addresses":
      return inStanza(row, parseAddresses(text));
    case "services":
      return inStanza(row, parseServiceList(text));
    case "passphrase":
      return success(new TextEncoder().encode(text));
    case "base64":
      return parseKey(row, text);
    case "digest":
      return parseDigest(row, text);
    case "mode":
      return parseMode(text);
    case "date":
      return parseDate(text);
    case "epoch":
      return parseEpoch(text);
    case "user": {
      const value = context.files.user(text);
      return value !== undefined ? success(value) : wrong(
        `[*] Unable to determine UID for ${row.name}: Not a user on this system.`,
        `There is no user '${text}'`,
      );
    }
    case "group": {
      const value = context.files.group(text);
      return value !== undefined ? success(value) : wrong(
        `[*] Unable to determine GID for ${row.name}: Not a group on this system.`,
        `There is no group '${text}'` +
          (text === "nobody" && context.files.group("nogroup")
            ? "; here it is called nogroup"
            : ""),
      );
    }
    case "command":
      return new TextEncoder().encode(text).length <= MAX_COMMAND_LENGTH ? success(text) : wrong(
        `[*] ${row.name} command is too long: '${context.source}'`,
        `${MAX_COMMAND_LENGTH} bytes are allowed; put more into a script`,
      );
    case "nat target":
      return parseNatTarget(row, text);
    case "nat targets":
      return parseNatTargets(text);
    case "address": {
      const address = parseAddress(text);
      return address !== undefined && !isUnspecified(address)
        ? success(address)
        : wrong(`[*] Fatal: invalid ${row.name} IP '${text}'`, "Write one address");
    }
    case "folder":
      return context.files.isFolder(text) ? success(text) : wrong(
        (context.files.exists(text)
          ? ""
          : `[-] unable to lstat() path: ${text}: No such file or directory\n`) +
          `[*] ${row.name} directory '${text}' stat()/existence problem in stanza source ` +
          `'${context.source}' in access file: '${context.file}'`,
        "It must be a folder",
      );
    case "key ids":
      return parseKeyIds(row, text);
  }
}

/** The C daemon prints the reason, and the name in a second line. */
function inStanza<Value>(
  row: VariableRow,
  parsed: ParsedValue<Value>,
): ParsedValue<Value> {
  if (parsed.ok) return parsed;
  const { error } = parsed;
  return failure({
    ...error,
    text: `${error.text}\n[*] Fatal invalid ${row.name} in access stanza`,
  });
}

function wrong(text: string, hint: string, offset = 0): Failure<ValueError> {
  return failure({ text, hint, offset });
}

function parseSeconds(row: VariableRow, text: string): ParsedValue<number> {
  const [low, high] = row.range ?? [0, Infinity];
  const value = parseWithin(text, [low, high]);
  if (value !== undefined) return success(value);
  // The C daemon's text names the range only for CMD_CYCLE_TIMER, whose range does not start at 0.
  const range = low === 0 ? "" : ` [${low},${high}]`;
  return wrong(
    `[*] ${row.name} value not in range${range}.`,
    `'${text}' is not a whole number from ${low} to ${high}, in digits alone`,
  );
}

/** The items of a comma list, trimmed, and the offset of each. */
function listItems(text: string): { item: string; offset: number }[] {
  let start = 0;
  return text.split(",").map((part) => {
    const offset = start + part.length - part.trimStart().length;
    start += part.length + 1;
    return { item: part.trim(), offset };
  });
}

function parseAddresses(text: string): ParsedValue<AccessKinds["addresses"]> {
  const prefixes: Prefix[] = [];
  let any = false;
  for (const { item, offset } of listItems(text)) {
    const prefix = parsePrefix(item);
    if (item.toUpperCase() === "ANY") any = true;
    else if (prefix !== undefined) prefixes.push(prefix);
    else return addressFailure(item, offset);
  }
  return success(any ? "any" : prefixes);
}

function addressFailure(item: string, offset: number): Failure<ValueError> {
  const slash = item.indexOf("/");
  if (slash >= 0 && parseAddress(item.slice(0, slash)) !== undefined) {
    const mask = item.slice(slash + 1);
    if (mask === "") {
      return wrong(
        "[*] Missing mask value.",
        "Write a prefix length after the '/'",
        offset + slash,
      );
    }
    const hint = mask === "0"
      ? "Write ANY for every address"
      : "Write a prefix length after the '/'";
    const text = mask.includes(".") && parseAddress(mask) === undefined
      ? `[*] Fatal error parsing IP mask to int for: ${mask}`
      : `[*] Invalid IP mask str '${mask}'.`;
    return wrong(text, hint, offset + slash + 1);
  }
  return wrong(`[*] Fatal error parsing IP to int for: ${item}`, addressHint(item), offset);
}

function addressHint(item: string): string {
  if (item === "") return "An item between the commas is missing";
  if (item.startsWith("!")) return "Addresses cannot be excluded";
  if (item.includes("#")) return "A comment must stand on a line of its own";
  if (/\s/.test(item)) return "Put commas between the addresses";
  return "Write ANY, or addresses and prefixes such as 192.0.2.0/24, 2001:db8::/32";
}

function parseServiceList(text: string): ParsedValue<readonly Service[]> {
  const services: Service[] = [];
  for (const { item, offset } of listItems(text)) {
    const slash = item.indexOf("/");
    if (slash < 0) {
      return wrong(`[*] Parse error on access port entry: ${item}`, SERVICE_HINT, offset);
    }
    const protocol = item.slice(0, slash).toLowerCase();
    if (protocol !== "tcp" && protocol !== "udp") {
      return wrong(
        `[*] Invalid protocol in access port entry: ${item}`,
        "The order is protocol/port; the protocol is tcp or udp",
        offset,
      );
    }
    const port = parsePort(item.slice(slash + 1));
    if (port === undefined) {
      return wrong(
        `[*] Invalid port '${item}' in access request, must be in [1,65535]`,
        item.includes("#") ? "A comment must stand on a line of its own" : SERVICE_HINT,
        offset + slash + 1,
      );
    }
    services.push({ protocol, port });
  }
  return success(services);
}

const SERVICE_HINT = "Write services such as tcp/22, with commas between them";

function parseKey(row: VariableRow, text: string): ParsedValue<Uint8Array> {
  const value = decodeKeyBase64(text);
  return value !== undefined ? success(value) : wrong(
    `[*] ${row.name} argument '${MASK}' doesn't look like base64-encoded data.`,
    "Copy the whole line that fwknop keygen printed",
  );
}

function parseDigest(row: VariableRow, text: string): ParsedValue<AccessKinds["digest"]> {
  const value = parseDigestName(text);
  return value !== undefined ? success(value) : wrong(
    `[*] ${row.name} argument '${text}' must be one of {md5,sha1,sha256,sha384,sha512,sha3_256,sha3_512}`,
    "The client's HMAC_DIGEST_TYPE must be the same",
  );
}

function parseMode(text: string): ParsedValue<AccessKinds["mode"]> {
  const value = parseEncryptionMode(text);
  return value !== undefined ? success(value) : wrong(
    `[*] Unrecognized ENCRYPTION_MODE '${text}', use {CBC,CTR,legacy,Asymmetric}`,
    text.toUpperCase() === "PCBC" ? "PCBC was never implemented" : "ECB, CFB and OFB work too",
  );
}

/** Stricter than the C daemon, which turns day 45 of month 13 into a date of the next year. */
function parseDate(text: string): ParsedValue<number> {
  const parts = /^([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{2}|[0-9]{4})$/.exec(text);
  const [month = 0, day = 0, written = 0] = parts?.slice(1).map(Number) ?? [];
  const year = written < 100 ? written + 2000 : written;
  const midnight = new Date(year, month - 1, day);
  const real = midnight.getMonth() === month - 1 && midnight.getDate() === day;
  return parts !== null && real && midnight.getTime() > 0
    ? success(midnight.getTime() / 1000)
    : wrong(
      `[*] Fatal: invalid date value '${text}' (need MM/DD/YYYY) for access stanza expiration time`,
      "Write a day that exists, month first",
    );
}

function parseEpoch(text: string): ParsedValue<number> {
  const value = parseWithin(text, [0, Number.MAX_SAFE_INTEGER]);
  return value !== undefined ? success(value) : wrong(
    `[*] Fatal: invalid epoch seconds value '${text}' for access stanza expiration time`,
    "Write seconds since 1970, in digits alone",
  );
}

function parseNatTarget(row: VariableRow, text: string): ParsedValue<ForcedNatTarget> {
  const words = text.split(/[ \t\v\f]+/);
  const [host = "", digits = ""] = words;
  if (words.length !== 2 || !/^[0-9]/.test(digits)) {
    return wrong(
      `[*] Fatal: invalid ${row.name} arg '${text}', need <IP> <PORT>`,
      "Write the address and the port of one inside host, with a blank between them",
    );
  }
  const address = parseAddress(host);
  if (address === undefined) {
    return wrong(`[*] Fatal: invalid ${row.name} IP '${host}'`, "Write one address, not a name");
  }
  const port = parseWithin(digits, [0, 65535]);
  if (port === undefined) {
    return wrong(
      `[*] Fatal: invalid ${row.name} port '${digits}'`,
      "Write 1 to 65535",
      text.length - digits.length,
    );
  }
  return success({ address, port });
}

/** Number of hexadecimal digits of a fingerprint. */
const FINGERPRINT_LENGTH = 40;

function parseKeyIds(row: VariableRow, text: string): ParsedValue<readonly string[]> {
  const ids: string[] = [];
  for (const { item, offset } of listItems(text)) {
    // gpg prints ids with a leading 0x, and fingerprints in groups of four digits.
    const joined = item.replaceAll(/[ \t]/g, "");
    const id = joined.length === FINGERPRINT_LENGTH ? joined : item.replace(/^0x/i, "");
    if (!/^[0-9A-Fa-f]{8,40}$/.test(id)) {
      return wrong(
        `[*] Fatal invalid ${row.name} list in access stanza`,
        `'${item}' is not 8 to 40 hexadecimal digits, with 0x before them or without`,
        offset,
      );
    }
    ids.push(id);
  }
  return success(ids);
}
