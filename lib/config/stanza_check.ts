/**
 * Findings about one stanza.
 *
 * @module
 */
import type { AccessName } from "./access_variables.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/** Collects the findings about one stanza. */
export class StanzaCheck {
  readonly diagnostics: Diagnostic[] = [];
  /** `'ANY'`, and `'ANY' (#1)`: the C daemon names a stanza like this. */
  readonly source: string;
  readonly sourceAndNumber: string;

  constructor(readonly draft: StanzaDraft, number: number) {
    this.source = `'${draft.source}'`;
    this.sourceAndNumber = `'${draft.source}' (#${number})`;
  }

  error(text: string, name: AccessName | undefined, hint: string): void {
    this.#add("error", text, name, hint);
  }

  /**
   * Reports an error of the whole stanza. The C daemon adds a line about the access file (`docs/spec/server.md` 5.4).
   * That line would be wrong if only a stanza with a key file is left out.
   */
  dataError(text: string, name: AccessName | undefined, hint: string): void {
    const { keyFile, position } = this.draft;
    const ofFile = keyFile === undefined
      ? `\n[*] Data error in access file: '${position.file}'`
      : "";
    this.error(`${text}${ofFile}`, name, hint);
  }

  /**
   * @param offset of the wrong part in the value, in characters.
   */
  warning(text: string, name: AccessName | undefined, hint: string, offset = 0): void {
    this.#add("warning", text, name, hint, offset);
  }

  #add(
    severity: Diagnostic["severity"],
    text: string,
    name: AccessName | undefined,
    hint: string,
    offset = 0,
  ): void {
    const position = this.draft.positionOf(name);
    const culprit = { ...position, column: position.column + offset };
    this.diagnostics.push({ severity, text, position: culprit, hint });
  }
}
