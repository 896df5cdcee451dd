/**
 * The variables of CMD_CYCLE_OPEN and CMD_CYCLE_CLOSE (`docs/spec/server.md` 11).
 *
 * @module
 */

/** The names in the order of matching: a longer name comes before one that it begins with. */
export const CYCLE_VARIABLES = [
  "IP",
  "SRC",
  "PKT_SRC",
  "DST",
  "PORT",
  "PROTO_NAME", // ours: ufw and others want "tcp", not 6
  "PROTO",
  "TIMEOUT",
  "CLIENT_TIMEOUT",
] as const;

/** The name of a variable, without its `$`. */
export type CycleVariable = typeof CYCLE_VARIABLES[number];

/** A part of a template: text, a variable, or a `$` that begins no variable. */
export type TemplatePiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: CycleVariable }
  | { readonly kind: "unknown"; readonly offset: number };

/**
 * Splits a template, or one word of it, at its variables. As in the C daemon, the text after `$` is matched by prefix,
 * there is no escape, and a `$` that begins no variable is dropped while the rest stays.
 */
export function templatePieces(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let from = 0;
  for (let at = template.indexOf("$"); at >= 0; at = template.indexOf("$", from)) {
    if (at > from) pieces.push({ kind: "text", text: template.slice(from, at) });
    const name = CYCLE_VARIABLES.find((known) => template.startsWith(known, at + 1));
    pieces.push(name === undefined ? { kind: "unknown", offset: at } : { kind: "variable", name });
    from = at + 1 + (name?.length ?? 0);
  }
  if (from < template.length) pieces.push({ kind: "text", text: template.slice(from) });
  return pieces;
}

/** Whether the template contains one of the variables. */
export function usesVariable(template: string, ...names: readonly CycleVariable[]): boolean {
  return templatePieces(template).some((piece) =>
    piece.kind === "variable" && names.includes(piece.name)
  );
}
