/**
 * Stanzas of an rc file as people may see them.
 *
 * @module
 */
import { type Fwknoprc, type FwknoprcLine, sameStanza } from "../config/fwknoprc.ts";
import { fwknoprcVariable } from "../config/client_rows.ts";

/** What stands in the place of a key. */
const HIDDEN = "(hidden)";

/**
 * The lines of the stanzas of one name, or of all, comments included.
 *
 * @param showKeys `false` puts `(hidden)` in the place of every value that may be a key.
 */
export function showStanzas(rc: Fwknoprc, name: string | undefined, showKeys: boolean): string {
  let inside = false;
  const shown = rc.lines.filter((line) => {
    if (line.kind === "header") inside = name === undefined || sameStanza(line.name, name);
    return inside;
  });
  const text = shown.map((line) => `${showKeys ? line.text : withoutSecret(line)}\n`).join("");
  // Comments behind the last blank line introduce the stanza that follows.
  return text.replace(/\n\n(?:[#;].*\n|\n)*$/, "\n");
}

function withoutSecret(line: FwknoprcLine): string {
  switch (line.kind) {
    case "header":
      return line.text;
    case "parameter":
      return mayBeSecret(line.name)
        // What follows the value is left out too: it may be the rest of a key with a blank in it.
        ? `${line.text.slice(0, line.valueColumn - 1)}${HIDDEN}`
        : line.text;
    case "comment":
      return hideInText(line.text);
    case "malformed": {
      // Perhaps a key without a name, or one behind `=`.
      const [, start = "", word = ""] = /^(\s*)([^\s=:]*)/.exec(line.text) ?? [];
      return word === "" || word.startsWith("[") || !mayBeSecret(word)
        ? line.text
        : `${start}${fwknoprcVariable(word) === undefined ? "" : `${word} `}${HIDDEN}`;
    }
  }
}

/** A variable that is not known may be a misspelt key. */
function mayBeSecret(name: string): boolean {
  const variable = fwknoprcVariable(name);
  return variable === undefined || variable.secret === true;
}

/** A key that was commented out is a key all the same; so is a secret of another program. */
function hideInText(text: string): string {
  return text.replace(
    /^([\s#;]*)([A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Za-z_0-9]*(?:KEY|PW|PASS)[A-Za-z_0-9]*)([\s:=]+)\S.*$/,
    (line, start: string, name: string, gap: string) =>
      mayBeSecret(name) ? `${start}${name}${gap}${HIDDEN}` : line,
  );
}
