/**
 * The shape of a row in the table of refusals (`refusals.ts`).
 *
 * @module
 */
import type { Severity } from "../errors/severity.ts";
import type { SpaErrorName } from "../spa/error.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { PacketStep } from "./step.ts";

/** The type of a fact: a text, a number, an error name of `lib/spa/error.ts`, or one of the listed values. */
export type FactKind = "text" | "number" | "spa-error" | readonly (string | number)[];

/** Fact types by name, in the order of the JSON members. A fact whose name ends in `?` may be absent. */
export type FactKinds = Readonly<Record<string, FactKind>>;

/** The fact types of a code, or of each variant of it. */
export type FactShape = FactKinds | readonly FactKinds[];

type Value<K> = K extends "text" ? string
  : K extends "number" ? number
  : K extends "spa-error" ? SpaErrorName
  : K extends readonly (infer V)[] ? V
  : never;

type Members<K> =
  & { readonly [N in keyof K as N extends `${string}?` ? never : N]: Value<K[N]> }
  & { readonly [N in keyof K as N extends `${infer M}?` ? M : never]?: Value<K[N]> };

/** The type of the facts that a shape describes. */
export type FactsOf<S> = S extends readonly (infer K)[] ? K extends FactKinds ? Members<K> : never
  : Members<S>;

/** The parts that begin a log line of a refusal. */
export interface LineStart {
  /** `[192.0.2.9] (stanza #1)`; without the stanza if the refusal concerns no stanza. */
  readonly who: string;
  /** `(stanza #1)` alone. */
  readonly stanza: string;
  readonly packet: PacketFacts;
}

/** Writes a log line. The facts are already quoted, so they are safe in a line. */
export type LineText<F> = (facts: F, start: LineStart) => string;

/** A text, or a function that makes it from the quoted facts. */
export type Text<F> = string | ((facts: F, packet: PacketFacts) => string);

/** Everything about one code. `F` is the type of its facts, and `S` describes them. */
export interface RefusalRow<F, S extends FactShape = FactShape> {
  readonly step: PacketStep;
  /** A later step that refuses with the same code, and the meaning of the code there. */
  readonly again?: { readonly step: PacketStep; readonly means: string };
  readonly facts: S;
  /** What the code means, for `docs/log-format.md`. */
  readonly means: string;
  readonly severity: Severity;
  /** The log line, in the C daemon's words if the C daemon has one (`docs/spec/server.md` 7 and 8). */
  readonly line: LineText<F>;
  /** What `fwknopd` logs instead. */
  readonly inC?: {
    readonly severity?: Severity;
    readonly line?: LineText<F>;
    /** `false` if no earlier line says that the stanza's SOURCE matches. */
    readonly isAnnounced?: false;
  };
  /** For the administrator: the important fact, in one clause. */
  readonly fact: Text<F>;
  /** For the administrator: what to check or to change, as a question or a command. */
  readonly hint: Text<F>;
  /** `false` if the packet was right: every such refusal is logged, and the trace shows the step as passed. */
  readonly isFault?: false;
}

/** Makes one row. The compiler checks its texts against the facts that it declares. */
export function row<const S extends FactShape>(
  row: RefusalRow<FactsOf<S>, S>,
): RefusalRow<FactsOf<S>, S> {
  return row;
}
