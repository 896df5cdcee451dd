/**
 * Explains to the user why a message cannot be sealed.
 *
 * @module
 */
import { SPA_ERRORS, type SpaErrorName, type SpaFailure } from "../spa/error.ts";
import type { SpaMessage } from "../spa/message.ts";
import { libraryError, Problem, usageProblem } from "./problem.ts";

const TOO_LONG: readonly SpaErrorName[] = [
  "INVALID_DATA_ENCRYPT_TYPE_UNKNOWN",
  "NO_ENCRYPTION_TYPE_MATCH",
  "DATA_TOO_LARGE",
  "INVALID_DATA_DECODE_MESSAGE_TOOBIG",
];

/**
 * The sentence, the hint, and the C client's line.
 *
 * @param usernameFromEnvironment the user name comes from the environment, not from a setting.
 */
export function sealProblem(
  { error, detail }: SpaFailure,
  message: SpaMessage,
  usernameFromEnvironment: boolean,
): Problem {
  const call = callOf(error, usernameFromEnvironment);
  const { code, text } = SPA_ERRORS[error];
  const reference = code === undefined ? text : libraryError(call, code, text);
  if (error.includes("USER_") || error.includes("USERNAME")) {
    return usageProblem(`the user name '${message.username}' cannot be sent`, {
      hint:
        "use -U with 1 to 48 letters, digits, blanks or any of ! # $ % & ' ( ) - . @ ^ _ ` { } ~",
      reference,
    });
  }
  if (TOO_LONG.includes(error)) {
    const size = detail === undefined ? "" : ` (${detail})`;
    return usageProblem(`the request is too long: no server could read the packet${size}`, {
      hint: message.type === 0
        ? "shorten the command or the user name"
        : "ask for fewer services, or for a range through several knocks",
      reference,
    });
  }
  if (error === "INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL") {
    return usageProblem(`the time stamp ${message.timestamp} cannot be sent`, {
      hint: "use a smaller time offset",
      reference,
    });
  }
  const known = detail === undefined ? text : `${text}: ${detail}`;
  return new Problem(known, { reference });
}

/** The function of libfko that the C client names in its line. */
function callOf(error: SpaErrorName, usernameFromEnvironment: boolean): string {
  if (error.includes("_USER_")) return usernameFromEnvironment ? "fko_new" : "fko_set_username";
  if (error === "INVALID_SPA_NAT_ACCESS_MSG") return "fko_set_nat_access_str";
  if (error.startsWith("INVALID_SPA") || error === "INVALID_ALLOW_IP") return "fko_set_spa_message";
  return error === "DATA_TOO_LARGE" ? "fko_set_spa_message" : "fko_spa_data_final";
}
