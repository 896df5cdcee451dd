/**
 * The names of the server's two files, for hints about an unknown name or a name in the wrong file.
 *
 * @module
 */
import { ACCESS_ROWS, RETIRED_ACCESS_NAMES } from "./access_variables.ts";
import { FWKNOPD_ROWS, RETIRED_FWKNOPD_NAMES } from "./fwknopd_variables.ts";
import type { KnownNames } from "./unknown_name.ts";

/** The names of `fwknopd.conf`. */
export const FWKNOPD_NAMES: KnownNames = {
  file: "fwknopd.conf",
  names: FWKNOPD_ROWS.map(({ name }) => name),
  retired: RETIRED_FWKNOPD_NAMES,
};

/** The names of `access.conf`. */
export const ACCESS_NAMES: KnownNames = {
  file: "access.conf",
  names: [...ACCESS_ROWS.map(({ name }) => name), "%include", "%include_folder", "%include_keys"],
  retired: RETIRED_ACCESS_NAMES,
};
