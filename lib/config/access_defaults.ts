/**
 * The defaults of the variables of `access.conf`, parsed as a value in the file is.
 *
 * @module
 */
import { parseAccessValue, type ValueContext } from "./access_value.ts";
import { ACCESS_ROWS, type AccessValues, type DefaultedName } from "./access_variables.ts";

/** No default names a user, a group or a folder. */
const CONTEXT: ValueContext = {
  files: {
    user: () => undefined,
    group: () => undefined,
    isFolder: () => false,
    exists: () => false,
  },
  source: "",
  file: "",
};

const parsed = new Map<DefaultedName, unknown>();

/**
 * The default of a variable.
 *
 * @throws {TypeError} when the row's own default is not a value of its kind, which a test rules out.
 */
export function accessDefault<Name extends DefaultedName>(name: Name): AccessValues[Name] {
  if (!parsed.has(name)) parsed.set(name, parseDefault(name));
  return parsed.get(name) as AccessValues[Name];
}

function parseDefault(name: DefaultedName): unknown {
  const row = ACCESS_ROWS.find((known) => known.name === name);
  const result = row && parseAccessValue(row, row.default ?? "", CONTEXT);
  if (result?.ok !== true) throw new TypeError(`The default of ${name} is not one of its values`);
  return result.value;
}

/** Whether the row of a variable has a default. */
export function hasDefault(
  row: typeof ACCESS_ROWS[number],
): row is typeof ACCESS_ROWS[number] & { readonly name: DefaultedName } {
  return row.default !== undefined;
}
