/**
 * Parses values of `fwknopd.conf` strictly into typed values.
 *
 * @module
 */
import { parseAddress } from "../net/address.ts";
import { parseServices } from "../net/service.ts";
import { failure, success } from "../errors/result.ts";
import { parseChain } from "./chain.ts";
import type { FwknopdKinds } from "./fwknopd_variables.ts";
import { type ParsedValue, parseWithin, parseYesOrNo, PLACEHOLDER } from "./parsed_value.ts";
import type { VariableRow } from "./variable.ts";

type Value = FwknopdKinds[keyof FwknopdKinds] | undefined;

/** Parses the value of a variable as its row says. */
export function parseFwknopdValue(
  row: VariableRow<keyof FwknopdKinds>,
  text: string,
): ParsedValue<Value> {
  switch (row.kind) {
    case "boolean":
      return parseYesOrNo(row, text);
    case "integer":
      return parseInteger(row, text);
    case "absolute path":
      return text.startsWith("/") ? success(text) : failure({
        text: `Path '${text}' is not absolute.`,
        hint: `${row.name} must start with '/'`,
      });
    case "folder":
      return success(text.length > 1 && text.endsWith("/") ? text.slice(0, -1) : text);
    case "address":
      return parseIpv4(row, text);
    case "chain": {
      const parsed = parseChain(text);
      return parsed.ok ? parsed : failure({
        text: `Invalid ${row.name} specification, see fwknopd.conf comments`,
        hint: parsed.error,
      });
    }
    case "choice":
      return parseChoice(row, text);
    case "services":
      return parseServiceList(row, text);
    case "text":
    case "path":
      return success(text);
  }
}

function parseInteger(row: VariableRow, text: string): ParsedValue<number> {
  const range = row.range ?? [0, Infinity];
  const value = parseWithin(text, range);
  if (value !== undefined) return success(value);
  const [low, high] = range;
  return failure(
    high === Infinity
      ? {
        text: `[*] ${row.name} value '${text}' not in the range (>0)`,
        hint: `Write a whole number from ${low}, in digits alone`,
      }
      : {
        text: `[*] var ${row.name} value '${text}' not in the range ${low}-${high}`,
        hint: "Write a whole number, in digits alone",
      },
  );
}

function parseIpv4(row: VariableRow, text: string): ParsedValue<Value> {
  if (text === PLACEHOLDER) return success(undefined);
  const address = parseAddress(text);
  return address?.family === 4 ? success(address) : failure({
    text: `Invalid IPv4 addr for ${row.name}`,
    hint: `'${text}' is not four decimal numbers joined by dots`,
  });
}

function parseChoice(row: VariableRow, text: string): ParsedValue<string> {
  const choices = row.choices ?? [];
  const value = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  return value !== undefined ? success(value) : failure({
    text: `Invalid ${row.name} setting '${text}'`,
    hint: `Use one of ${choices.join(", ")}`,
  });
}

function parseServiceList(row: VariableRow, text: string): ParsedValue<Value> {
  const value = parseServices(text.replace(/[ \t]*,[ \t]*/g, ","));
  return value !== undefined ? success(value) : failure({
    text: `Invalid ${row.name} list '${text}'`,
    hint: "Write services as tcp/22 or udp/53, joined by commas",
  });
}
