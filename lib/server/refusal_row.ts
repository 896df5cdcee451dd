/**
 * The shape of a row in the table of refusals (`refusals.ts`).
 *
 * @module
 */
import type { Severity } from "../errors/severity.ts";
import type { SpaErrorName } from "../spa/error.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { Step } from "./step.ts";

/** What a fact is: a text, a number, a name of `lib/spa/error.ts`, or one of the values listed. */
export type FactKind = "text" | "number" | "spa-error" | readonly (string | number)[];

/** Facts by name, in the order of JSON; a name that ends in `?` may be absent. */
export type FactKinds = Readonly<Record<string, FactKind>>;

/** The facts of a code, or of each of its variants. */
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

/** Where a log line of a refusal begins. */
export interface LineStart {
  /** `[192.0.2.9] (stanza #1)`; without the stanza for refusals that concern none. */
  readonly who: string;
  /** `(stanza #1)` alone. */
  readonly stanza: string;
  readonly packet: PacketFacts;
}

/** Writes a log line. The facts come quoted: they are safe in a line. */
export type LineText<F> = (facts: F, start: LineStart) => string;

/** A text, or how it is made from the facts, which come quoted. */
export type Text<F> = string | ((facts: F, packet: PacketFacts) => string);

/** All there is to say about one code. `F` is the type of its facts, `S` describes them. */
export interface RefusalRow<F, S extends FactShape = FactShape> {
  readonly step: Step;
  /** A later step that refuses with the same code, and what it means there. */
  readonly again?: { readonly step: Step; readonly means: string };
  readonly facts: S;
  /** What the code means, for `docs/log-format.md`. */
  readonly means: string;
  readonly severity: Severity;
  /** The log line, in the C daemon's words where it has one (`docs/spec/server.md` 7 and 8). */
  readonly line: LineText<F>;
  /** Where `fwknopd` logs it otherwise. */
  readonly inC?: {
    readonly severity?: Severity;
    readonly line?: LineText<F>;
    /** Set where no line before it says that the stanza's SOURCE matches. */
    readonly isAnnounced?: false;
  };
  /** For people: the fact that matters, in one clause. */
  readonly fact: Text<F>;
  /** For people: what to look at or to change; a question or a command. */
  readonly hint: Text<F>;
  /** Set where nothing was wrong with the packet: each is logged, and the trace shows the step as passed. */
  readonly isFault?: false;
}

/** One row; its texts are checked against the facts that it declares. */
export function row<const S extends FactShape>(
  row: RefusalRow<FactsOf<S>, S>,
): RefusalRow<FactsOf<S>, S> {
  return row;
}
