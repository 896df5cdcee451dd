/**
 * Shows the stanzas of an rc file, with or without their keys.
 *
 * @module
 */
import { type Fwknoprc, type FwknoprcLine, sameStanza } from "../config/fwknoprc.ts";
import { fwknoprcVariable } from "../config/client_rows.ts";

/** Replaces a key. */
const HIDDEN = "(hidden)";

/**
 * The lines of the stanzas with one name, or of all stanzas, with their comments.
 *
 * @param showKeys `false` replaces every value that may be a key with `(hidden)`.
 */
export function showStanzas(rc: Fwknoprc, name: string | undefined, showKeys: boolean): string {
  let inside = false;
  const shown = rc.lines.filter((line) => {
    if (line.kind === "header") inside = name === undefined || sameStanza(line.name, name);
    return inside;
  });
  const text = shown.map((line) => `${showKeys ? line.text : withoutSecret(line)}\n`).join("");
  // Comments after the last blank line belong to the next stanza.
  return text.replace(/\n\n(?:[#;].*\n|\n)*$/, "\n");
}

function withoutSecret(line: FwknoprcLine): string {
  switch (line.kind) {
    case "header":
      return line.text;
    case "parameter":
      return mayBeSecret(line.name)
        // The text after the value is left out too. It may be the rest of a key with a blank in it.
        ? `${line.text.slice(0, line.valueColumn - 1)}${HIDDEN}`
        : line.text;
    case "comment":
      return hideInText(line.text);
    case "malformed": {
      // It may be a key without a name, or a key after `=`.
      const [, start = "", word = ""] = /^(\s*)([^\s=:]*)/.exec(line.text) ?? [];
      return word === "" || word.startsWith("[") || !mayBeSecret(word)
        ? line.text
        : `${start}${fwknoprcVariable(word) === undefined ? "" : `${word} `}${HIDDEN}`;
    }
  }
}

/** An unknown variable may be a misspelt key. */
function mayBeSecret(name: string): boolean {
  const variable = fwknoprcVariable(name);
  return variable === undefined || variable.secret === true;
}

/** Hides keys in comments: a key that was commented out is still a key, and so is a secret of another program. */
function hideInText(text: string): string {
  return text.replace(
    /^([\s#;]*)([A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Za-z_0-9]*(?:KEY|PW|PASS)[A-Za-z_0-9]*)([\s:=]+)\S.*$/,
    (line, start: string, name: string, gap: string) =>
      mayBeSecret(name) ? `${start}${name}${gap}${HIDDEN}` : line,
  );
}
